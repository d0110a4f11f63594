-- The ADM database, version 1.
--
-- Tables named adm_… are the protocol's, with its column names in snake_case where a column carries
-- meaning here.  IPv4 addresses are integers in host byte order, times are milliseconds since 1970
-- (UTC), durations are seconds, 4294967295 is "unlimited".

-- ---------------------------------------------------------------- servers and what they define

CREATE TABLE adm_dhcp_servers (
    record_id       INTEGER PRIMARY KEY,             -- RecordId, given by the store
    name            TEXT NOT NULL UNIQUE CHECK (name <> ''), -- the agent's own name for the server
    driver          TEXT NOT NULL,                   -- adm: these rows are the server
    change_sequence INTEGER NOT NULL DEFAULT 1       -- grows with each change of what the server holds
) STRICT;

CREATE TABLE adm_dhcp_vendor_classes (
    record_id             INTEGER PRIMARY KEY,
    dhcp_server_record_id INTEGER NOT NULL
        REFERENCES adm_dhcp_servers ON DELETE CASCADE ON UPDATE CASCADE,
    name                  TEXT NOT NULL,             -- the option space: vendor-4491
    UNIQUE (dhcp_server_record_id, name)
) STRICT;

CREATE TABLE adm_dhcp_user_classes (
    record_id             INTEGER PRIMARY KEY,
    dhcp_server_record_id INTEGER NOT NULL
        REFERENCES adm_dhcp_servers ON DELETE CASCADE ON UPDATE CASCADE,
    name                  TEXT NOT NULL,
    UNIQUE (dhcp_server_record_id, name)
) STRICT;

CREATE TABLE adm_dhcp_option_definitions (
    record_id              INTEGER PRIMARY KEY,
    dhcp_server_record_id  INTEGER NOT NULL
        REFERENCES adm_dhcp_servers ON DELETE CASCADE ON UPDATE CASCADE,
    vendor_class_record_id INTEGER                   -- NULL: the standard options
        REFERENCES adm_dhcp_vendor_classes ON DELETE CASCADE ON UPDATE CASCADE,
    option_id              INTEGER NOT NULL CHECK (option_id BETWEEN 0 AND 65535), -- the code
    name                   TEXT NOT NULL,            -- canonical: routers, 224, vendor-4491.1
    option_type            INTEGER NOT NULL,         -- DhcpOptionType: 1 byte … 8 binary data
    option_collection_type INTEGER NOT NULL          -- 1 single value, 2 several
) STRICT;

CREATE UNIQUE INDEX adm_dhcp_option_definitions_key ON adm_dhcp_option_definitions
    (dhcp_server_record_id, ifnull(vendor_class_record_id, 0), option_id);
CREATE INDEX adm_dhcp_option_definitions_by_vendor_class ON adm_dhcp_option_definitions
    (vendor_class_record_id) WHERE vendor_class_record_id IS NOT NULL;

CREATE TABLE adm_dhcp_superscopes (
    record_id INTEGER PRIMARY KEY,
    server    INTEGER NOT NULL                       -- a superscope belongs to one server
        REFERENCES adm_dhcp_servers ON UPDATE CASCADE,
    name      TEXT NOT NULL,
    UNIQUE (server, name)
) STRICT;

-- ------------------------------------------------------------------------------------ scopes

CREATE TABLE adm_dhcp_scopes (
    record_id             INTEGER PRIMARY KEY,
    dhcp_server_record_id INTEGER NOT NULL           -- ParentDhcpServerRecordId
        REFERENCES adm_dhcp_servers ON DELETE CASCADE ON UPDATE CASCADE,
    scope_id              INTEGER NOT NULL CHECK (scope_id BETWEEN 0 AND 4294967295),
    prefix_length         INTEGER NOT NULL CHECK (prefix_length BETWEEN 0 AND 32),
    subnet_mask           INTEGER GENERATED ALWAYS AS
        ((4294967295 << (32 - prefix_length)) & 4294967295) VIRTUAL,
    subnet_id             INTEGER CHECK (subnet_id BETWEEN 1 AND 4294967294), -- Kea's number
    scope_name            TEXT NOT NULL DEFAULT '',
    description           TEXT NOT NULL DEFAULT '',
    status                INTEGER NOT NULL DEFAULT 1 CHECK (status IN (1, 2)), -- 1 activated, 2 not
    start_address         INTEGER,                   -- hull of the ranges; NULL without any
    end_address           INTEGER,
    total_number_of_addresses_in_scope          INTEGER NOT NULL DEFAULT 0, -- of the hull
    total_number_of_excluded_addresses_in_scope INTEGER NOT NULL DEFAULT 0, -- its gaps
    number_of_active_leases INTEGER,                 -- NULL: the server cannot tell
    lease_duration        INTEGER CHECK (lease_duration BETWEEN 0 AND 4294967295), -- NULL: server's
    lease_duration_type   INTEGER GENERATED ALWAYS AS (CASE
        WHEN lease_duration IS NULL THEN 0 WHEN lease_duration = 4294967295 THEN 2 ELSE 1 END) VIRTUAL,
    renew_time            INTEGER CHECK (renew_time BETWEEN 0 AND 4294967295),
    rebind_time           INTEGER CHECK (rebind_time BETWEEN 0 AND 4294967295),
    superscope_record_id  INTEGER                    -- SuperscopeId, of the same server
        REFERENCES adm_dhcp_superscopes ON DELETE SET NULL ON UPDATE CASCADE,
    failover_config_sync_status INTEGER NOT NULL DEFAULT 0
        CHECK (failover_config_sync_status IN (0, 1, 2)), -- 0 unknown, 1 in sync, 2 out of sync
    kea                   TEXT NOT NULL DEFAULT '{}', -- canonical JSON: what only Kea has
    UNIQUE (dhcp_server_record_id, scope_id),        -- as Windows: one subnet of an address
    UNIQUE (dhcp_server_record_id, subnet_id)
) STRICT;

CREATE INDEX adm_dhcp_scopes_by_superscope ON adm_dhcp_scopes
    (superscope_record_id) WHERE superscope_record_id IS NOT NULL;

CREATE TABLE adm_ip_ranges (
    scope_record_id  INTEGER NOT NULL
        REFERENCES adm_dhcp_scopes ON DELETE CASCADE ON UPDATE CASCADE,
    start_ip_address INTEGER NOT NULL CHECK (start_ip_address BETWEEN 0 AND end_ip_address),
    end_ip_address   INTEGER NOT NULL CHECK (end_ip_address <= 4294967295),
    settings         TEXT NOT NULL DEFAULT '',       -- canonical JSON of the pool's own settings
    PRIMARY KEY (scope_record_id, start_ip_address)
) STRICT, WITHOUT ROWID;

CREATE TABLE adm_dhcp_reservations (
    record_id             INTEGER PRIMARY KEY,
    scope_record_id       INTEGER NOT NULL
        REFERENCES adm_dhcp_scopes ON DELETE CASCADE ON UPDATE CASCADE,
    ip_address            INTEGER CHECK (ip_address BETWEEN 0 AND 4294967295), -- NULL: any
    identifier_type       TEXT NOT NULL,             -- mac, client-id, duid, circuit-id, flex-id
    reservation_client_id TEXT NOT NULL,             -- the identifier itself
    reservation_name      TEXT,                      -- label for people
    hostname              TEXT,                      -- given to the client
    kea                   TEXT,                      -- canonical JSON object
    UNIQUE (scope_record_id, ip_address),
    UNIQUE (scope_record_id, identifier_type, reservation_client_id)
) STRICT;

CREATE TABLE adm_dhcp_options (
    record_id                   INTEGER PRIMARY KEY,
    server_record_id            INTEGER NOT NULL
        REFERENCES adm_dhcp_servers ON DELETE CASCADE ON UPDATE CASCADE,
    scope_record_id             INTEGER              -- NULL: an option of the server
        REFERENCES adm_dhcp_scopes ON DELETE CASCADE ON UPDATE CASCADE,
    option_definition_record_id INTEGER NOT NULL     -- of the same server
        REFERENCES adm_dhcp_option_definitions ON UPDATE CASCADE,
    user_class_record_id        INTEGER              -- NULL: the default user class
        REFERENCES adm_dhcp_user_classes ON UPDATE CASCADE,
    reservation_id              INTEGER              -- NULL: of the scope as a whole
        REFERENCES adm_dhcp_reservations ON DELETE CASCADE ON UPDATE CASCADE,
    policy_id                   INTEGER,             -- NULL: of no policy
    option_reference_type       INTEGER GENERATED ALWAYS AS (CASE -- DhcpOptionOwnerType
        WHEN reservation_id IS NOT NULL THEN 4 WHEN policy_id IS NOT NULL THEN 3
        WHEN scope_record_id IS NULL THEN 2 ELSE 1 END) VIRTUAL,
    "values"                    TEXT NOT NULL,       -- canonical JSON array
    always_send                 INTEGER CHECK (always_send IN (0, 1)), -- NULL: not said
    never_send                  INTEGER CHECK (never_send IN (0, 1))
) STRICT;

-- The delegates' key names neither reservation nor policy, so two reservations with the same option
-- would overwrite each other; and a plain UNIQUE would not see two rows with a NULL as equal.
CREATE UNIQUE INDEX adm_dhcp_options_key ON adm_dhcp_options
    (server_record_id, ifnull(scope_record_id, 0), option_definition_record_id,
     ifnull(user_class_record_id, 0), ifnull(reservation_id, 0), ifnull(policy_id, 0));
CREATE INDEX adm_dhcp_options_by_scope ON adm_dhcp_options (scope_record_id, reservation_id);
CREATE INDEX adm_dhcp_options_by_reservation ON adm_dhcp_options
    (reservation_id) WHERE reservation_id IS NOT NULL;
CREATE INDEX adm_dhcp_options_by_definition ON adm_dhcp_options (option_definition_record_id);

-- Subnet ids that a server has used for a prefix: never given to another one.
CREATE TABLE retired_ids (
    server_record_id INTEGER NOT NULL
        REFERENCES adm_dhcp_servers ON DELETE CASCADE ON UPDATE CASCADE,
    subnet_id        INTEGER NOT NULL,
    scope_id         INTEGER NOT NULL,
    prefix_length    INTEGER NOT NULL,
    PRIMARY KEY (server_record_id, subnet_id, scope_id, prefix_length)
) STRICT, WITHOUT ROWID;

-- ----------------------------------------------------------------------------------- failover

CREATE TABLE adm_dhcp_failover_relations (
    record_id         INTEGER PRIMARY KEY,
    -- The protocol's key is (name, server 1, server 2), which lets equal rows in when a member is
    -- NULL, and a rename of a server could merge two.  Here, as in Git, the name alone is the key.
    relationship_name TEXT NOT NULL UNIQUE CHECK (relationship_name <> ''),
    server1_record_id INTEGER                        -- primary; NULL: not managed here
        REFERENCES adm_dhcp_servers ON UPDATE CASCADE,
    server2_record_id INTEGER                        -- secondary
        REFERENCES adm_dhcp_servers ON UPDATE CASCADE,
    server1_name      TEXT,                          -- members as the relationship itself names them
    server2_name      TEXT,
    mode              INTEGER NOT NULL DEFAULT 1 CHECK (mode IN (1, 2)), -- 1 load balance, 2 hot standby
    source            TEXT,                          -- where content comes from; NULL: server 1
    server1_percentage INTEGER NOT NULL DEFAULT 50,  -- load balance: share of server 1
    standby_percentage INTEGER NOT NULL DEFAULT 5,   -- hot standby: share kept for the standby
    mclt              INTEGER NOT NULL DEFAULT 3600,
    auto_state_transition INTEGER NOT NULL DEFAULT 1 CHECK (auto_state_transition IN (0, 1)),
    state_switch_interval INTEGER NOT NULL DEFAULT 3600,
    state             INTEGER NOT NULL DEFAULT 0,    -- of the pair, as last seen
    kea               TEXT NOT NULL DEFAULT '{}',    -- canonical JSON: what only Kea has
    CHECK (server1_record_id <> server2_record_id)
) STRICT;

CREATE INDEX adm_dhcp_failover_relations_by_server1 ON adm_dhcp_failover_relations
    (server1_record_id);
CREATE INDEX adm_dhcp_failover_relations_by_server2 ON adm_dhcp_failover_relations
    (server2_record_id);

CREATE TABLE adm_dhcp_scope_failover (
    record_id            INTEGER PRIMARY KEY,
    failover_relation_id INTEGER NOT NULL
        REFERENCES adm_dhcp_failover_relations ON DELETE CASCADE ON UPDATE CASCADE,
    scope_id             INTEGER NOT NULL UNIQUE     -- record id: a scope is in one relationship
        REFERENCES adm_dhcp_scopes ON DELETE CASCADE ON UPDATE CASCADE
) STRICT;

CREATE INDEX adm_dhcp_scope_failover_by_relation ON adm_dhcp_scope_failover (failover_relation_id);

-- ---------------------------------------------- the base: by name, it outlives what it describes

CREATE TABLE applied (
    base_id       INTEGER PRIMARY KEY,
    relationship  TEXT NOT NULL,
    server        TEXT NOT NULL,
    scope_id      INTEGER NOT NULL,
    prefix_length INTEGER NOT NULL,
    UNIQUE (server, scope_id, prefix_length)         -- one base, whatever the relationship
) STRICT;

CREATE INDEX applied_by_relationship ON applied (relationship, server);

CREATE TABLE applied_parts (
    base_id INTEGER NOT NULL REFERENCES applied ON DELETE CASCADE,
    part    TEXT NOT NULL,                           -- lease-time, options.routers
    value   TEXT NOT NULL,                           -- canonical JSON
    PRIMARY KEY (base_id, part)
) STRICT, WITHOUT ROWID;

-- Fields that Git stated at the last acting pass.
CREATE TABLE owned (
    relationship  TEXT NOT NULL,
    scope_id      INTEGER NOT NULL,
    prefix_length INTEGER NOT NULL,
    part          TEXT NOT NULL,                     -- lease-time, options, kea.allocator
    PRIMARY KEY (relationship, scope_id, prefix_length, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE applied_relations (
    relationship TEXT PRIMARY KEY,
    server1      TEXT,
    server2      TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE applied_relation_parts (
    relationship TEXT NOT NULL
        REFERENCES applied_relations ON DELETE CASCADE ON UPDATE CASCADE,
    part         TEXT NOT NULL,
    value        TEXT NOT NULL,
    PRIMARY KEY (relationship, part)
) STRICT, WITHOUT ROWID;

-- ----------------------------------------------------------------------- operations and events

CREATE TABLE operations (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice
    kind         TEXT NOT NULL,                      -- replicate-scope, …
    admin_operation_id INTEGER NOT NULL,             -- IpamAdminOperationId
    relationship TEXT NOT NULL,
    source       TEXT,                               -- content comes from
    partner      TEXT,                               -- and goes to
    revision     TEXT,
    actor        TEXT,
    digest       TEXT,                               -- of the relationship's plan
    status       INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3), -- OverallProgressStatus
    percent      INTEGER NOT NULL CHECK (percent BETWEEN 0 AND 100),
    started_ms   INTEGER NOT NULL,
    ended_ms     INTEGER,                            -- NULL: running, or cut off
    fault_outer  INTEGER NOT NULL DEFAULT 0,
    fault_inner  INTEGER NOT NULL DEFAULT 0,
    fault_message TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX operations_by_relationship ON operations (relationship, id);
CREATE INDEX operations_unfinished ON operations (id) WHERE ended_ms IS NULL;

CREATE TABLE sub_tasks (
    operation_id  INTEGER NOT NULL REFERENCES operations ON DELETE CASCADE,
    position      INTEGER NOT NULL,
    scope_id      INTEGER NOT NULL,
    prefix_length INTEGER NOT NULL,
    server1       TEXT,                              -- NULL: this side is not written
    before1       BLOB NOT NULL,                     -- hash of the row; zero: no row
    wanted1       BLOB NOT NULL,
    server2       TEXT,
    before2       BLOB NOT NULL,
    wanted2       BLOB NOT NULL,
    status        INTEGER NOT NULL CHECK (status BETWEEN 0 AND 6), -- SubTaskStatus
    reason        TEXT,                              -- why it was not applicable
    fault_outer   INTEGER NOT NULL DEFAULT 0,
    fault_inner   INTEGER NOT NULL DEFAULT 0,
    fault_message TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (operation_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    seq          INTEGER PRIMARY KEY AUTOINCREMENT,  -- without gaps
    time_ms      INTEGER NOT NULL,
    reason       TEXT NOT NULL,                      -- from the closed list
    relationship TEXT,
    subnet       TEXT,
    server       TEXT,
    operation_id INTEGER,                            -- no foreign key: the event outlives it
    revision     TEXT,
    actor        TEXT,
    message      TEXT,
    attributes   TEXT,                               -- canonical JSON object; NULL: {}
    hash         BLOB NOT NULL                       -- of the columns above and the hash before
) STRICT;

CREATE INDEX events_by_subject ON events (relationship, subnet, server, seq);

-- Counted beside the events, which are never changed.
CREATE TABLE event_repeats (
    seq     INTEGER PRIMARY KEY REFERENCES events ON DELETE CASCADE,
    count   INTEGER NOT NULL CHECK (count > 0),      -- further times it was seen
    last_ms INTEGER NOT NULL
) STRICT;

-- Where the chain begins: a number of this database's own, later the last event that was removed
-- for its age.
CREATE TABLE event_anchor (
    id   INTEGER PRIMARY KEY CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash BLOB NOT NULL
) STRICT;
INSERT INTO event_anchor VALUES (1, 0, randomblob(32));

-- ------------------------------------------------------------------------------------ steering

CREATE TABLE conditions (
    relationship TEXT NOT NULL,
    type         TEXT NOT NULL,                      -- Ready, …
    status       TEXT NOT NULL,                      -- True, False, Unknown
    reason       TEXT NOT NULL,                      -- from the closed list
    message      TEXT NOT NULL,
    since_ms     INTEGER NOT NULL,                   -- last change of status
    PRIMARY KEY (relationship, type)
) STRICT, WITHOUT ROWID;

CREATE TABLE held_plans (
    relationship TEXT PRIMARY KEY,
    digest       TEXT NOT NULL,
    plan_digest  TEXT NOT NULL,                      -- of the plan with all relationships
    guard        TEXT NOT NULL,                      -- the first that tripped
    reason       TEXT NOT NULL,                      -- all that tripped
    plan         TEXT NOT NULL,                      -- JSON
    since_ms     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE approvals (
    digest   TEXT PRIMARY KEY,
    actor    TEXT NOT NULL,
    reason   TEXT NOT NULL,
    given_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE suspensions (
    relationship TEXT PRIMARY KEY,
    actor        TEXT NOT NULL,
    reason       TEXT NOT NULL,
    since_ms     INTEGER NOT NULL,
    until_ms     INTEGER NOT NULL                    -- 0: until resumed
) STRICT, WITHOUT ROWID;

CREATE TABLE retries (
    relationship TEXT PRIMARY KEY,
    want_digest  TEXT NOT NULL,                      -- of the plan that failed
    attempts     INTEGER NOT NULL,
    next_ms      INTEGER NOT NULL,                   -- not before
    quiet_since_ms INTEGER NOT NULL,                 -- last failure
    stalled      INTEGER NOT NULL CHECK (stalled IN (0, 1)) -- waits for a change, not for the clock
) STRICT, WITHOUT ROWID;

CREATE TABLE heals (
    id            INTEGER PRIMARY KEY,
    relationship  TEXT NOT NULL,
    server        TEXT NOT NULL,
    scope_id      INTEGER NOT NULL,
    prefix_length INTEGER NOT NULL,
    part          TEXT NOT NULL,
    had           TEXT,                              -- the value found; NULL: absent
    healed        TEXT,                              -- the value put back
    time_ms       INTEGER NOT NULL
) STRICT;

CREATE INDEX heals_by_relationship ON heals (relationship, time_ms);

CREATE TABLE revisions (
    relationship TEXT NOT NULL,                      -- '': of the whole repository
    kind         TEXT NOT NULL,                      -- attempted, applied, verified
    commit_id    TEXT NOT NULL,
    time_ms      INTEGER NOT NULL,
    PRIMARY KEY (relationship, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE sightings (
    server         TEXT PRIMARY KEY,
    reachable      INTEGER NOT NULL CHECK (reachable IN (0, 1)),
    observed_at_ms INTEGER NOT NULL,                 -- last good read; 0: never
    reason         TEXT                              -- of the last failure
) STRICT, WITHOUT ROWID;

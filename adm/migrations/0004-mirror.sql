-- What was observed of servers that are not these tables: their rows stand beside the embedded
-- servers', and here is as of when.

CREATE TABLE mirrors (
    server_record_id INTEGER PRIMARY KEY
        REFERENCES adm_dhcp_servers ON DELETE CASCADE ON UPDATE CASCADE,
    sequence         TEXT,                           -- the server's own; NULL: the rows are not all
    unsaved          INTEGER NOT NULL DEFAULT 0      -- written by us, perhaps not on its disk yet
        CHECK (unsaved IN (0, 1))
) STRICT;

-- The relationships a server is in, in its own words and its own order.
CREATE TABLE peerings (
    server_record_id INTEGER NOT NULL
        REFERENCES adm_dhcp_servers ON DELETE CASCADE ON UPDATE CASCADE,
    position         INTEGER NOT NULL,
    self             TEXT NOT NULL,
    partner          TEXT NOT NULL,
    self_is_first    INTEGER NOT NULL CHECK (self_is_first IN (0, 1)),
    PRIMARY KEY (server_record_id, position)
) STRICT, WITHOUT ROWID;

-- What each server says of its pair, as last recorded.
CREATE TABLE pair_health (
    server_record_id INTEGER NOT NULL
        REFERENCES adm_dhcp_servers ON DELETE CASCADE ON UPDATE CASCADE,
    relationship     TEXT NOT NULL,
    pair_state       INTEGER NOT NULL,
    role             TEXT,                           -- in the server's words, as both states are
    state            TEXT,
    partner_state    TEXT,
    contact_age_s    INTEGER,                        -- NULL: not said
    unsent_updates   INTEGER,
    unacked_clients  INTEGER,
    in_touch         INTEGER NOT NULL CHECK (in_touch IN (0, 1)),
    interrupted      INTEGER NOT NULL CHECK (interrupted IN (0, 1)),
    seen_ms          INTEGER NOT NULL,
    PRIMARY KEY (server_record_id, relationship)
) STRICT, WITHOUT ROWID;

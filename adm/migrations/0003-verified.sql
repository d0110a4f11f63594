-- The ADM database, version 3: hashes beside what they are of, so that what is equal need not be
-- read part by part.  Emptying these tables and this column changes no plan.

-- Of the scope's content, as the program computes it; NULL: not known, the parts tell.
ALTER TABLE adm_dhcp_scopes ADD COLUMN hash BLOB;
-- All that is read of a row whose hash is as it was.
CREATE INDEX adm_dhcp_scopes_by_hash ON adm_dhcp_scopes
    (dhcp_server_record_id, scope_id, prefix_length, subnet_id, hash);

CREATE TABLE verified (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint TEXT NOT NULL,                       -- of program and configuration that said so
    verified_ms INTEGER NOT NULL                     -- last comparison of everything
) STRICT;

-- Scopes that were in step: both servers and both bases held the same, which was what Git wanted.
-- A row goes when one of its bases, or what Git owns of it, is written.
CREATE TABLE verified_scopes (
    scope_id      INTEGER NOT NULL,
    prefix_length INTEGER NOT NULL,
    relationship  TEXT NOT NULL,
    declared      BLOB NOT NULL,                     -- hash of what Git says and owns
    held          BLOB NOT NULL,                     -- hash of the row, the same on both servers
    file          TEXT NOT NULL,                     -- that declares it
    PRIMARY KEY (scope_id, prefix_length, relationship)
) STRICT, WITHOUT ROWID;

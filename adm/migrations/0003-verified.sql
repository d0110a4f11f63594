-- The ADM database, version 3: hashes beside what they are of, so that what is equal need not be
-- read part by part.  Emptying these tables and this column changes no plan.

-- Of the scope's content, as the program computes it; NULL: not known, the parts tell.
ALTER TABLE adm_dhcp_scopes ADD COLUMN hash BLOB;

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
    PRIMARY KEY (scope_id, prefix_length, relationship)
) STRICT, WITHOUT ROWID;

-- The ADM database, version 2: what was verified as in step, so that it need not be compared again.
-- Deleting these rows changes no plan: the next pass compares everything.

CREATE TABLE settled (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    commit_id   TEXT NOT NULL,                       -- what this commit wants is there
    fingerprint TEXT NOT NULL,                       -- of program and configuration that said so
    verified_ms INTEGER NOT NULL,                    -- last comparison of everything
    files       INTEGER NOT NULL,                    -- of the commit, and their bytes: for the limits
    bytes       INTEGER NOT NULL
) STRICT;

-- Scopes that were not in step: to be looked at by every pass.
CREATE TABLE settled_open (
    scope_id      INTEGER NOT NULL,
    prefix_length INTEGER NOT NULL,
    PRIMARY KEY (scope_id, prefix_length)
) STRICT, WITHOUT ROWID;

-- Files that declare relationships or scopes not in step: nothing has to be read from Git for them.
CREATE TABLE settled_files (
    path    TEXT PRIMARY KEY,
    content TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settled_relationships (
    relationship TEXT PRIMARY KEY,
    scopes       INTEGER NOT NULL                    -- wanted, verified and equal on both servers
) STRICT, WITHOUT ROWID;

CREATE TABLE settled_servers (
    server          TEXT PRIMARY KEY,
    change_sequence TEXT NOT NULL                    -- the driver's, when everything was in step
) STRICT, WITHOUT ROWID;

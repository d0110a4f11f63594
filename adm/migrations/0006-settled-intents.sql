-- Rows that were verified after an operation on them had been cut off or had failed: what operations
-- up to this one meant with them says nothing about them any more.

CREATE TABLE settled_intents (
    server        TEXT NOT NULL,
    scope_id      INTEGER NOT NULL,
    prefix_length INTEGER NOT NULL,
    operation_id  INTEGER NOT NULL REFERENCES operations ON DELETE CASCADE,
    PRIMARY KEY (server, scope_id, prefix_length)
) STRICT, WITHOUT ROWID;

CREATE INDEX settled_intents_by_operation ON settled_intents (operation_id);

-- What the scopes of a mirrored server rest on (inherited values, networks, definitions), as its
-- driver wrote it down: as of the mirror's sequence.  Deleting it costs one read of the server.

ALTER TABLE mirrors ADD COLUMN surroundings TEXT;

-- +goose Up

-- What is kept for signing in to other servers, encrypted under the
-- installation's key.
CREATE TABLE sealed (
  name TEXT PRIMARY KEY,
  version INTEGER NOT NULL CHECK (version > 0),
  data BLOB NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;

-- +goose Up

-- What is kept for signing in to other servers, encrypted under the
-- installation's key.
CREATE TABLE sealed (
  name TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  data BYTEA NOT NULL,
  updated_at BIGINT NOT NULL
);

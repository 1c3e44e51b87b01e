-- +goose Up

-- What of a lead was guessed rather than said.
ALTER TABLE lead ADD COLUMN guessed TEXT NOT NULL DEFAULT '';

-- Whose mail goes to the other mail.
CREATE TABLE sender_rule (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active')),
  address TEXT NOT NULL,
  reason TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE UNIQUE INDEX sender_rule_address_key ON sender_rule (address);

-- +goose Up

-- What bank files brought. key makes an entry the same one in another file.
CREATE TABLE bank_entry (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('unmatched', 'matched', 'ignored')),
  key TEXT NOT NULL,
  format TEXT NOT NULL,
  file TEXT NOT NULL,
  file_name TEXT NOT NULL,
  position TEXT NOT NULL,
  booking_date TEXT NOT NULL,
  value_date TEXT NOT NULL,
  currency TEXT NOT NULL,
  amount_minor BIGINT NOT NULL,
  reference TEXT,
  text TEXT NOT NULL,
  counterparty TEXT NOT NULL,
  counterparty_account TEXT NOT NULL,
  account TEXT NOT NULL,
  entry_id TEXT,
  unsure BIGINT NOT NULL CHECK (unsure IN (0, 1)),
  how TEXT NOT NULL,
  matches TEXT NOT NULL,
  suggestions TEXT NOT NULL,
  customer_id TEXT REFERENCES customer (id),
  reason TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE UNIQUE INDEX bank_entry_key_key ON bank_entry (key);
CREATE INDEX bank_entry_state ON bank_entry (state, id);
CREATE INDEX bank_entry_reference ON bank_entry (reference, id) WHERE reference IS NOT NULL;
CREATE INDEX bank_entry_customer_id ON bank_entry (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX bank_entry_file ON bank_entry (file, id);
CREATE INDEX bank_entry_entry_id ON bank_entry (entry_id, id) WHERE entry_id IS NOT NULL;

ALTER TABLE payment ADD COLUMN refund_of TEXT;
ALTER TABLE payment ADD COLUMN refunded_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE payment ADD COLUMN written_off_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE payment ADD COLUMN bank_entry_id TEXT;
CREATE INDEX payment_refund_of ON payment (refund_of, id) WHERE refund_of IS NOT NULL;
CREATE INDEX payment_bank_entry_id ON payment (bank_entry_id, id) WHERE bank_entry_id IS NOT NULL;

-- +goose Up

-- What the reports read by.
CREATE INDEX invoice_issue_date ON invoice (issue_date) WHERE state = 'issued';
CREATE INDEX credit_note_issue_date ON credit_note (issue_date);
CREATE INDEX lead_created_at ON lead (created_at);
CREATE INDEX opportunity_closed_at ON opportunity (closed_at) WHERE closed_at IS NOT NULL;

-- The catalogue. The state's check is renewed by a new column, so that columns
-- of other migrations stay.
ALTER TABLE product RENAME COLUMN state TO state_before;
ALTER TABLE product ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'archived'));
ALTER TABLE product DROP COLUMN state_before;
ALTER TABLE product ADD COLUMN names TEXT NOT NULL DEFAULT '';
ALTER TABLE product ADD COLUMN texts TEXT NOT NULL DEFAULT '';
ALTER TABLE product ADD COLUMN cost TEXT NOT NULL DEFAULT '0';
CREATE INDEX product_state ON product (state, id);
ALTER TABLE customer ADD COLUMN customer_group TEXT NOT NULL DEFAULT '';

CREATE TABLE price_list (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'archived')),
  name TEXT NOT NULL,
  currency TEXT NOT NULL,
  valid_from TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  customer_id TEXT REFERENCES customer (id),
  customer_group TEXT,
  prices TEXT NOT NULL,
  search TEXT NOT NULL
) STRICT;
CREATE INDEX price_list_currency ON price_list (currency, id);
CREATE INDEX price_list_customer_id ON price_list (customer_id, id) WHERE customer_id IS NOT NULL;

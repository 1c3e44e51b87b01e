-- +goose Up
ALTER TABLE customer ADD COLUMN payment_rule TEXT NOT NULL DEFAULT '';
ALTER TABLE customer ADD COLUMN no_reminders BIGINT NOT NULL DEFAULT 0 CHECK (no_reminders IN (0, 1));
ALTER TABLE invoice ADD COLUMN claims_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoice ADD COLUMN reminders TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN held BIGINT NOT NULL DEFAULT 0 CHECK (held IN (0, 1));
ALTER TABLE invoice ADD COLUMN held_until TEXT NOT NULL DEFAULT '';

CREATE TABLE subscription (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
  customer_id TEXT NOT NULL REFERENCES customer (id),
  contact_id TEXT REFERENCES contact (id),
  owner TEXT,
  title TEXT NOT NULL,
  recipient TEXT NOT NULL,
  language TEXT NOT NULL,
  currency TEXT NOT NULL,
  net_minor BIGINT NOT NULL,
  vat_minor BIGINT NOT NULL,
  gross_minor BIGINT NOT NULL,
  rounding_minor BIGINT NOT NULL,
  adjusted_minor BIGINT NOT NULL DEFAULT 0,
  rule TEXT NOT NULL,
  day BIGINT NOT NULL,
  cron TEXT NOT NULL,
  start_date TEXT NOT NULL,
  end_date TEXT NOT NULL,
  next_date TEXT NOT NULL,
  arrears BIGINT NOT NULL CHECK (arrears IN (0, 1)),
  issue BIGINT NOT NULL CHECK (issue IN (0, 1)),
  buyer_reference TEXT NOT NULL,
  customer_reference TEXT NOT NULL,
  prices TEXT NOT NULL,
  thread TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE INDEX subscription_state ON subscription (state, id);
CREATE INDEX subscription_customer_id ON subscription (customer_id, id);
CREATE INDEX subscription_contact_id ON subscription (contact_id, id) WHERE contact_id IS NOT NULL;
CREATE INDEX subscription_owner ON subscription (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX subscription_next_date ON subscription (next_date, id);
CREATE INDEX subscription_thread ON subscription (thread, id);

-- A period of a subscription is invoiced once.
ALTER TABLE invoice ADD COLUMN subscription_id TEXT REFERENCES subscription (id);
ALTER TABLE invoice ADD COLUMN period TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX invoice_subscription_id_period_key ON invoice (subscription_id, period) WHERE subscription_id IS NOT NULL;

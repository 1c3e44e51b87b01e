-- +goose Up

-- Times are microseconds UTC, 0 for none; *_minor are minor units of the row's
-- currency; quantities, prices, rates and dates are exact text; nested values
-- are JSON, '' for none. search is what Filter.Query looks through. What is
-- set before the row it names may exist (a lead's opportunity, a quote's order
-- and next revision) has no foreign key: emne verify looks after it.

CREATE TABLE user_account (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'disabled')),
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'sales', 'accounting', 'reader')),
  language TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE UNIQUE INDEX user_account_email_key ON user_account (email);
CREATE INDEX user_account_role ON user_account (role, id);

CREATE TABLE session (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  token_hash TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES user_account (id) ON DELETE CASCADE,
  expires_at BIGINT NOT NULL,
  address TEXT NOT NULL,
  user_agent TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE UNIQUE INDEX session_token_hash_key ON session (token_hash);
CREATE INDEX session_user_id ON session (user_id, id);

CREATE TABLE token (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active', 'revoked')),
  token_hash TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('owner', 'sales', 'accounting', 'reader')),
  expires_at BIGINT,
  search TEXT NOT NULL
);
CREATE UNIQUE INDEX token_token_hash_key ON token (token_hash);
CREATE INDEX token_name ON token (name, id);

CREATE TABLE link (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  token_hash TEXT NOT NULL,
  about_type TEXT NOT NULL,
  about_id TEXT,
  search TEXT NOT NULL
);
CREATE UNIQUE INDEX link_token_hash_key ON link (token_hash);
CREATE INDEX link_about_id ON link (about_id, id);

CREATE TABLE customer (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active')),
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('business', 'consumer')),
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  organisation_number TEXT,
  vat_number TEXT NOT NULL,
  address TEXT NOT NULL,
  e_invoice_address TEXT NOT NULL,
  language TEXT NOT NULL,
  domain TEXT,
  payment_days BIGINT NOT NULL,
  search TEXT NOT NULL
);
CREATE INDEX customer_email ON customer (email, id);
CREATE INDEX customer_organisation_number ON customer (organisation_number, id) WHERE organisation_number IS NOT NULL;
CREATE INDEX customer_domain ON customer (domain, id) WHERE domain IS NOT NULL;

CREATE TABLE contact (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active')),
  customer_id TEXT NOT NULL REFERENCES customer (id),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  title TEXT NOT NULL,
  language TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE INDEX contact_email ON contact (email, id);
CREATE INDEX contact_customer_id ON contact (customer_id, id);

CREATE TABLE lead (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('new', 'contacted', 'qualified', 'disqualified')),
  name TEXT NOT NULL,
  email TEXT NOT NULL,
  phone TEXT NOT NULL,
  company TEXT NOT NULL,
  organisation_number TEXT NOT NULL,
  address TEXT NOT NULL,
  subject TEXT NOT NULL,
  message TEXT NOT NULL,
  language TEXT NOT NULL,
  source TEXT NOT NULL,
  owner TEXT,
  customer_id TEXT REFERENCES customer (id),
  contact_id TEXT REFERENCES contact (id),
  opportunity_id TEXT,
  reason TEXT NOT NULL,
  thread TEXT NOT NULL,
  attachments TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE INDEX lead_state ON lead (state, id);
CREATE INDEX lead_email ON lead (email, id);
CREATE INDEX lead_thread ON lead (thread, id);
CREATE INDEX lead_source ON lead (source, id);
CREATE INDEX lead_owner ON lead (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX lead_customer_id ON lead (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX lead_contact_id ON lead (contact_id, id) WHERE contact_id IS NOT NULL;
CREATE INDEX lead_opportunity_id ON lead (opportunity_id, id) WHERE opportunity_id IS NOT NULL;

CREATE TABLE opportunity (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'won', 'lost')),
  title TEXT NOT NULL,
  customer_id TEXT NOT NULL REFERENCES customer (id),
  contact_id TEXT REFERENCES contact (id),
  lead_id TEXT REFERENCES lead (id),
  owner TEXT,
  currency TEXT NOT NULL,
  net_minor BIGINT NOT NULL,
  vat_minor BIGINT NOT NULL,
  gross_minor BIGINT NOT NULL,
  rounding_minor BIGINT NOT NULL,
  estimated_revenue_minor BIGINT NOT NULL,
  manual_revenue BIGINT NOT NULL CHECK (manual_revenue IN (0, 1)),
  estimated_close TEXT NOT NULL,
  probability BIGINT NOT NULL CHECK (probability BETWEEN 0 AND 100),
  actual_revenue_minor BIGINT,
  closed_at BIGINT,
  reason TEXT NOT NULL,
  competitor TEXT NOT NULL,
  thread TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE INDEX opportunity_state ON opportunity (state, id);
CREATE INDEX opportunity_customer_id ON opportunity (customer_id, id);
CREATE INDEX opportunity_contact_id ON opportunity (contact_id, id) WHERE contact_id IS NOT NULL;
CREATE INDEX opportunity_lead_id ON opportunity (lead_id, id) WHERE lead_id IS NOT NULL;
CREATE INDEX opportunity_owner ON opportunity (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX opportunity_thread ON opportunity (thread, id);

CREATE TABLE quote (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'active', 'won', 'closed')),
  closed_reason TEXT NOT NULL CHECK (closed_reason IN ('', 'lost', 'cancelled', 'revised')),
  number TEXT,
  revision BIGINT NOT NULL CHECK (revision >= 0),
  opportunity_id TEXT REFERENCES opportunity (id),
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
  introduction TEXT NOT NULL,
  terms TEXT NOT NULL,
  valid_until TEXT NOT NULL,
  customer_reference TEXT NOT NULL,
  sent_at BIGINT,
  sha256 TEXT NOT NULL,
  acceptance TEXT NOT NULL,
  reason TEXT NOT NULL,
  comment TEXT NOT NULL,
  order_id TEXT,
  previous_id TEXT REFERENCES quote (id),
  next_id TEXT,
  thread TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE INDEX quote_state ON quote (state, id);
CREATE INDEX quote_customer_id ON quote (customer_id, id);
CREATE INDEX quote_opportunity_id ON quote (opportunity_id, id) WHERE opportunity_id IS NOT NULL;
CREATE INDEX quote_contact_id ON quote (contact_id, id) WHERE contact_id IS NOT NULL;
CREATE INDEX quote_owner ON quote (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX quote_order_id ON quote (order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX quote_previous_id ON quote (previous_id, id) WHERE previous_id IS NOT NULL;
CREATE INDEX quote_thread ON quote (thread, id);
CREATE UNIQUE INDEX quote_number_revision_key ON quote (number, revision);
-- At most one revision of a number lives.
CREATE UNIQUE INDEX quote_live_key ON quote (number) WHERE state IN ('draft', 'active');

CREATE TABLE sales_order (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'on_hold', 'cancelled')),
  progress TEXT NOT NULL,
  number TEXT,
  quote_id TEXT REFERENCES quote (id),
  opportunity_id TEXT REFERENCES opportunity (id),
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
  customer_reference TEXT NOT NULL,
  delivery_date TEXT NOT NULL,
  thread TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE INDEX sales_order_state ON sales_order (state, id);
CREATE UNIQUE INDEX sales_order_number_key ON sales_order (number);
CREATE INDEX sales_order_customer_id ON sales_order (customer_id, id);
CREATE INDEX sales_order_quote_id ON sales_order (quote_id, id) WHERE quote_id IS NOT NULL;
CREATE INDEX sales_order_opportunity_id ON sales_order (opportunity_id, id) WHERE opportunity_id IS NOT NULL;
CREATE INDEX sales_order_contact_id ON sales_order (contact_id, id) WHERE contact_id IS NOT NULL;
CREATE INDEX sales_order_owner ON sales_order (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX sales_order_thread ON sales_order (thread, id);

CREATE TABLE invoice (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('draft', 'issued')) CHECK (state = 'draft' OR number IS NOT NULL),
  payment TEXT NOT NULL,
  disputed BIGINT NOT NULL CHECK (disputed IN (0, 1)),
  number TEXT,
  order_id TEXT REFERENCES sales_order (id),
  order_number TEXT NOT NULL,
  quote_id TEXT REFERENCES quote (id),
  opportunity_id TEXT REFERENCES opportunity (id),
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
  buyer_reference TEXT NOT NULL,
  customer_reference TEXT NOT NULL,
  issue_date TEXT NOT NULL,
  supply_date TEXT NOT NULL,
  due_date TEXT NOT NULL,
  payment_reference TEXT,
  sha256 TEXT NOT NULL,
  credited_minor BIGINT NOT NULL,
  paid_minor BIGINT NOT NULL,
  written_off_minor BIGINT NOT NULL,
  problems TEXT NOT NULL,
  thread TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE INDEX invoice_state ON invoice (state, id);
CREATE INDEX invoice_payment ON invoice (payment, id);
CREATE UNIQUE INDEX invoice_number_key ON invoice (number);
CREATE INDEX invoice_customer_id ON invoice (customer_id, id);
CREATE INDEX invoice_order_id ON invoice (order_id, id) WHERE order_id IS NOT NULL;
CREATE INDEX invoice_quote_id ON invoice (quote_id, id) WHERE quote_id IS NOT NULL;
CREATE INDEX invoice_opportunity_id ON invoice (opportunity_id, id) WHERE opportunity_id IS NOT NULL;
CREATE INDEX invoice_contact_id ON invoice (contact_id, id) WHERE contact_id IS NOT NULL;
CREATE INDEX invoice_owner ON invoice (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX invoice_payment_reference ON invoice (payment_reference, id) WHERE payment_reference IS NOT NULL;
CREATE INDEX invoice_thread ON invoice (thread, id);

CREATE TABLE credit_note (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('issued')),
  number TEXT NOT NULL,
  invoice_id TEXT NOT NULL REFERENCES invoice (id),
  invoice_number TEXT NOT NULL,
  customer_id TEXT NOT NULL REFERENCES customer (id),
  recipient TEXT NOT NULL,
  reason TEXT NOT NULL,
  reinvoice BIGINT NOT NULL CHECK (reinvoice IN (0, 1)),
  language TEXT NOT NULL,
  currency TEXT NOT NULL,
  net_minor BIGINT NOT NULL,
  vat_minor BIGINT NOT NULL,
  gross_minor BIGINT NOT NULL,
  rounding_minor BIGINT NOT NULL,
  issue_date TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  thread TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE UNIQUE INDEX credit_note_number_key ON credit_note (number);
CREATE INDEX credit_note_invoice_id ON credit_note (invoice_id, id);
CREATE INDEX credit_note_customer_id ON credit_note (customer_id, id);
CREATE INDEX credit_note_thread ON credit_note (thread, id);

CREATE TABLE payment (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('booked', 'reversed')),
  invoice_id TEXT REFERENCES invoice (id),
  customer_id TEXT REFERENCES customer (id),
  currency TEXT NOT NULL,
  amount_minor BIGINT NOT NULL,
  date TEXT NOT NULL,
  method TEXT NOT NULL,
  reference TEXT,
  note TEXT NOT NULL,
  thread TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE INDEX payment_state ON payment (state, id);
CREATE INDEX payment_invoice_id ON payment (invoice_id, id) WHERE invoice_id IS NOT NULL;
CREATE INDEX payment_customer_id ON payment (customer_id, id) WHERE customer_id IS NOT NULL;
CREATE INDEX payment_reference ON payment (reference, id) WHERE reference IS NOT NULL;
CREATE INDEX payment_thread ON payment (thread, id);

CREATE TABLE product (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active')),
  sku TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  unit TEXT NOT NULL,
  unit_price TEXT NOT NULL,
  currency TEXT NOT NULL,
  vat_category TEXT NOT NULL,
  vat_rate TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE UNIQUE INDEX product_sku_key ON product (sku);

CREATE TABLE task (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'done')),
  title TEXT NOT NULL,
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  due TEXT NOT NULL,
  owner TEXT,
  about_type TEXT NOT NULL,
  about_id TEXT,
  thread TEXT,
  search TEXT NOT NULL
);
CREATE INDEX task_state ON task (state, id);
CREATE INDEX task_owner ON task (owner, id) WHERE owner IS NOT NULL;
CREATE INDEX task_about_id ON task (about_id, id) WHERE about_id IS NOT NULL;
CREATE INDEX task_thread ON task (thread, id) WHERE thread IS NOT NULL;
CREATE INDEX task_reason ON task (reason, id);

CREATE TABLE delivery (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'accepted', 'retrying', 'failed', 'bounced', 'unknown')),
  kind TEXT NOT NULL,
  about_type TEXT NOT NULL,
  about_id TEXT,
  to_address TEXT NOT NULL,
  to_name TEXT NOT NULL,
  language TEXT NOT NULL,
  reason TEXT NOT NULL,
  data TEXT NOT NULL,
  subject TEXT NOT NULL,
  message_id TEXT,
  sha256 TEXT NOT NULL,
  in_reply_to TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  reply TEXT NOT NULL,
  next_at BIGINT,
  accepted_at BIGINT,
  thread TEXT,
  search TEXT NOT NULL
);
CREATE INDEX delivery_state ON delivery (state, id);
CREATE INDEX delivery_about_id ON delivery (about_id, id) WHERE about_id IS NOT NULL;
CREATE INDEX delivery_message_id ON delivery (message_id, id) WHERE message_id IS NOT NULL;
CREATE INDEX delivery_to_address ON delivery (to_address, id);
CREATE INDEX delivery_kind ON delivery (kind, id);
CREATE INDEX delivery_thread ON delivery (thread, id) WHERE thread IS NOT NULL;

CREATE TABLE message (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('filed', 'other', 'quarantined')),
  decision TEXT NOT NULL,
  detail TEXT NOT NULL,
  mailbox TEXT NOT NULL,
  message_id TEXT,
  content_hash TEXT NOT NULL,
  from_name TEXT NOT NULL,
  from_address TEXT NOT NULL,
  to_addresses TEXT NOT NULL,
  subject TEXT NOT NULL,
  sent_at BIGINT,
  received_at BIGINT NOT NULL,
  body TEXT NOT NULL,
  quoted TEXT NOT NULL,
  signature TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size BIGINT NOT NULL,
  about_type TEXT NOT NULL,
  about_id TEXT,
  customer_id TEXT REFERENCES customer (id),
  attachments TEXT NOT NULL,
  defects TEXT NOT NULL,
  automated BIGINT NOT NULL CHECK (automated IN (0, 1)),
  thread TEXT,
  search TEXT NOT NULL
);
CREATE INDEX message_state ON message (state, id);
CREATE UNIQUE INDEX message_message_id_content_hash_key ON message (message_id, content_hash);
CREATE INDEX message_content_hash ON message (content_hash, id);
CREATE INDEX message_from_address ON message (from_address, id);
CREATE INDEX message_thread ON message (thread, id) WHERE thread IS NOT NULL;
CREATE INDEX message_about_id ON message (about_id, id) WHERE about_id IS NOT NULL;
CREATE INDEX message_mailbox ON message (mailbox, id);
CREATE INDEX message_customer_id ON message (customer_id, id) WHERE customer_id IS NOT NULL;

CREATE TABLE quarantine (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('quarantined', 'filed', 'other')),
  kind TEXT NOT NULL,
  source TEXT NOT NULL,
  reason TEXT NOT NULL,
  detail TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size BIGINT NOT NULL,
  origin_type TEXT NOT NULL,
  origin_id TEXT,
  search TEXT NOT NULL
);
CREATE INDEX quarantine_state ON quarantine (state, id);
CREATE INDEX quarantine_source ON quarantine (source, id);
CREATE INDEX quarantine_origin_id ON quarantine (origin_id, id) WHERE origin_id IS NOT NULL;

CREATE TABLE submission (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'mapped', 'merged', 'quarantined', 'spam')),
  source TEXT NOT NULL,
  event_id TEXT,
  content_type TEXT NOT NULL,
  headers TEXT NOT NULL,
  address TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  size BIGINT NOT NULL,
  result_type TEXT NOT NULL,
  result_id TEXT,
  search TEXT NOT NULL
);
CREATE INDEX submission_state ON submission (state, id);
CREATE UNIQUE INDEX submission_source_event_id_key ON submission (source, event_id);
CREATE INDEX submission_result_id ON submission (result_id, id) WHERE result_id IS NOT NULL;
CREATE INDEX submission_sha256 ON submission (sha256, id);

-- Lines of opportunities, quotes, orders, invoices and credit notes.
CREATE TABLE line (
  document_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  id TEXT NOT NULL,
  product TEXT NOT NULL,
  description TEXT NOT NULL,
  quantity TEXT NOT NULL,
  unit TEXT NOT NULL,
  unit_price TEXT NOT NULL,
  discount_percent TEXT NOT NULL,
  allowance_minor BIGINT NOT NULL,
  vat_category TEXT NOT NULL,
  vat_rate TEXT NOT NULL,
  net_minor BIGINT NOT NULL,
  delivered TEXT NOT NULL,
  invoiced TEXT NOT NULL,
  source TEXT NOT NULL,
  PRIMARY KEY (document_id, position)
);

CREATE TABLE vat_group (
  document_id TEXT NOT NULL,
  position BIGINT NOT NULL,
  vat_category TEXT NOT NULL,
  vat_rate TEXT NOT NULL,
  base_minor BIGINT NOT NULL,
  vat_minor BIGINT NOT NULL,
  PRIMARY KEY (document_id, position)
);

-- The timeline. seq orders entries of the same moment.
CREATE TABLE activity (
  seq BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at BIGINT NOT NULL,
  type TEXT NOT NULL,
  about_type TEXT NOT NULL,
  about_id TEXT NOT NULL,
  thread TEXT,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  actor_role TEXT NOT NULL,
  actor_channel TEXT NOT NULL,
  from_state TEXT NOT NULL,
  to_state TEXT NOT NULL,
  why TEXT NOT NULL,
  data TEXT NOT NULL,
  related_type TEXT NOT NULL,
  related_id TEXT,
  search TEXT NOT NULL
);
CREATE INDEX activity_thread ON activity (thread, seq) WHERE thread IS NOT NULL;
CREATE INDEX activity_about ON activity (about_id, seq);
CREATE INDEX activity_type ON activity (type, seq);
CREATE INDEX activity_related ON activity (related_id, seq) WHERE related_id IS NOT NULL;

-- The audit chain: links are for ever, payloads can be erased.
CREATE TABLE audit_link (
  seq BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  kind TEXT NOT NULL,
  about_type TEXT NOT NULL,
  about_id TEXT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  payload_hash TEXT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL
);
CREATE INDEX audit_link_about ON audit_link (about_id, kind);
-- A payload is found by its salted hash.
CREATE TABLE audit_payload (
  hash TEXT PRIMARY KEY,
  salt BYTEA NOT NULL,
  payload BYTEA NOT NULL
);
CREATE TABLE audit_head (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL
);
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, '');

CREATE TABLE number_series (
  series TEXT PRIMARY KEY,
  first BIGINT NOT NULL,
  next BIGINT NOT NULL
);

CREATE TABLE settings_version (
  version BIGINT PRIMARY KEY,
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL,
  actor_id TEXT NOT NULL,
  actor_name TEXT NOT NULL,
  settings TEXT NOT NULL
);

CREATE TABLE snapshot (
  document_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  number TEXT NOT NULL,
  data TEXT NOT NULL
);

-- Content-addressed bytes. A blob is incomplete while its chunks are staged,
-- complete when they are all there, live when a record refers to it.
CREATE TABLE blob (
  id TEXT PRIMARY KEY,
  sha256 TEXT NOT NULL,
  size BIGINT NOT NULL,
  encoding TEXT NOT NULL CHECK (encoding IN ('', 'zstd')),
  complete BIGINT NOT NULL CHECK (complete IN (0, 1)),
  live BIGINT NOT NULL CHECK (live IN (0, 1)),
  staged_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX blob_sha256_key ON blob (sha256) WHERE complete = 1;
CREATE INDEX blob_orphan ON blob (staged_at) WHERE live = 0;
CREATE TABLE blob_chunk (
  blob_id TEXT NOT NULL REFERENCES blob (id) ON DELETE CASCADE,
  position BIGINT NOT NULL,
  data BYTEA NOT NULL,
  PRIMARY KEY (blob_id, position)
);

CREATE TABLE mailbox_uid (
  mailbox TEXT NOT NULL,
  uid_validity BIGINT NOT NULL,
  uid BIGINT NOT NULL,
  message_id TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (mailbox, uid_validity, uid)
);
CREATE INDEX mailbox_uid_message ON mailbox_uid (message_id);
-- How far a mailbox was read, and what was there at the first contact.
CREATE TABLE mailbox_cursor (
  mailbox TEXT NOT NULL,
  uid_validity BIGINT NOT NULL,
  uid BIGINT NOT NULL,
  backlog BIGINT NOT NULL DEFAULT 0,
  since BIGINT NOT NULL DEFAULT 0,
  started_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (mailbox, uid_validity)
);

CREATE TABLE idempotency (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  request TEXT NOT NULL,
  at BIGINT NOT NULL,
  status BIGINT,
  body BYTEA,
  PRIMARY KEY (scope, key)
);

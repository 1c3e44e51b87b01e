-- +goose Up

-- Time worked on lines of orders. What stands on an invoice names it.
CREATE TABLE time_entry (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL CHECK (version > 0),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'invoiced')),
  person TEXT NOT NULL,
  worked_on TEXT NOT NULL,
  order_id TEXT NOT NULL REFERENCES sales_order (id),
  line_id TEXT NOT NULL,
  quantity TEXT NOT NULL,
  note TEXT NOT NULL,
  invoice_id TEXT REFERENCES invoice (id),
  thread TEXT NOT NULL,
  search TEXT NOT NULL,
  CHECK ((state = 'invoiced') = (invoice_id IS NOT NULL))
) STRICT;
CREATE INDEX time_entry_state ON time_entry (state, id);
CREATE INDEX time_entry_person ON time_entry (person, (substr(worked_on, 1, 7)), id);
CREATE INDEX time_entry_worked_on ON time_entry (worked_on, id);
CREATE INDEX time_entry_month ON time_entry ((substr(worked_on, 1, 7)), id);
CREATE INDEX time_entry_order_id ON time_entry (order_id, id);
CREATE INDEX time_entry_line_id ON time_entry (line_id, id);
CREATE INDEX time_entry_invoice_id ON time_entry (invoice_id, id) WHERE invoice_id IS NOT NULL;
CREATE INDEX time_entry_thread ON time_entry (thread, id);

-- What is delivered and not invoiced is looked for among orders that are not completed.
CREATE INDEX sales_order_progress ON sales_order (progress, id) WHERE progress <> 'completed';

-- +goose Up

-- What the reports read by.
CREATE INDEX invoice_issue_date ON invoice (issue_date) WHERE state = 'issued';
CREATE INDEX credit_note_issue_date ON credit_note (issue_date);
CREATE INDEX lead_created_at ON lead (created_at);
CREATE INDEX opportunity_closed_at ON opportunity (closed_at) WHERE closed_at IS NOT NULL;

-- +goose Up

-- +goose StatementBegin
CREATE TRIGGER audit_link_no_update BEFORE UPDATE ON audit_link
BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_link_no_delete BEFORE DELETE ON audit_link
BEGIN SELECT RAISE(ABORT, 'the audit chain is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_payload_no_update BEFORE UPDATE ON audit_payload
BEGIN SELECT RAISE(ABORT, 'an audit payload is erased, never changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER snapshot_no_update BEFORE UPDATE ON snapshot
BEGIN SELECT RAISE(ABORT, 'an issued document is never changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER snapshot_no_delete BEFORE DELETE ON snapshot
BEGIN SELECT RAISE(ABORT, 'an issued document is never deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER settings_version_no_update BEFORE UPDATE ON settings_version
BEGIN SELECT RAISE(ABORT, 'the history of settings is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER settings_version_no_delete BEFORE DELETE ON settings_version
BEGIN SELECT RAISE(ABORT, 'the history of settings is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER invoice_no_delete BEFORE DELETE ON invoice
WHEN OLD.state = 'issued'
BEGIN SELECT RAISE(ABORT, 'an issued invoice is never deleted, only credited'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER invoice_no_update BEFORE UPDATE ON invoice
WHEN OLD.state = 'issued' AND (NEW.id IS NOT OLD.id OR
  NEW.state IS NOT OLD.state OR
  NEW.number IS NOT OLD.number OR
  NEW.customer_id IS NOT OLD.customer_id OR
  NEW.language IS NOT OLD.language OR
  NEW.currency IS NOT OLD.currency OR
  NEW.net_minor IS NOT OLD.net_minor OR
  NEW.vat_minor IS NOT OLD.vat_minor OR
  NEW.gross_minor IS NOT OLD.gross_minor OR
  NEW.rounding_minor IS NOT OLD.rounding_minor OR
  NEW.buyer_reference IS NOT OLD.buyer_reference OR
  NEW.customer_reference IS NOT OLD.customer_reference OR
  NEW.issue_date IS NOT OLD.issue_date OR
  NEW.supply_date IS NOT OLD.supply_date OR
  NEW.due_date IS NOT OLD.due_date OR
  NEW.payment_reference IS NOT OLD.payment_reference) OR
  OLD.state = 'issued' AND OLD.sha256 <> '' AND NEW.sha256 <> OLD.sha256
BEGIN SELECT RAISE(ABORT, 'an issued invoice is never changed, only credited'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER credit_note_no_delete BEFORE DELETE ON credit_note
BEGIN SELECT RAISE(ABORT, 'an issued credit note is never deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER credit_note_no_update BEFORE UPDATE ON credit_note
WHEN NEW.id IS NOT OLD.id OR
  NEW.state IS NOT OLD.state OR
  NEW.number IS NOT OLD.number OR
  NEW.invoice_id IS NOT OLD.invoice_id OR
  NEW.invoice_number IS NOT OLD.invoice_number OR
  NEW.customer_id IS NOT OLD.customer_id OR
  NEW.reason IS NOT OLD.reason OR
  NEW.language IS NOT OLD.language OR
  NEW.currency IS NOT OLD.currency OR
  NEW.net_minor IS NOT OLD.net_minor OR
  NEW.vat_minor IS NOT OLD.vat_minor OR
  NEW.gross_minor IS NOT OLD.gross_minor OR
  NEW.rounding_minor IS NOT OLD.rounding_minor OR
  NEW.issue_date IS NOT OLD.issue_date OR
  OLD.sha256 <> '' AND NEW.sha256 <> OLD.sha256
BEGIN SELECT RAISE(ABORT, 'an issued credit note is never changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER line_no_insert BEFORE INSERT ON line
WHEN EXISTS (SELECT 1 FROM invoice WHERE id = NEW.document_id AND state = 'issued') OR
  EXISTS (SELECT 1 FROM credit_note WHERE id = NEW.document_id)
BEGIN SELECT RAISE(ABORT, 'the lines of an issued document are never changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER line_no_update BEFORE UPDATE ON line
WHEN EXISTS (SELECT 1 FROM invoice WHERE id = OLD.document_id AND state = 'issued') OR
  EXISTS (SELECT 1 FROM credit_note WHERE id = OLD.document_id)
BEGIN SELECT RAISE(ABORT, 'the lines of an issued document are never changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER line_no_delete BEFORE DELETE ON line
WHEN EXISTS (SELECT 1 FROM invoice WHERE id = OLD.document_id AND state = 'issued') OR
  EXISTS (SELECT 1 FROM credit_note WHERE id = OLD.document_id)
BEGIN SELECT RAISE(ABORT, 'the lines of an issued document are never changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER vat_group_no_insert BEFORE INSERT ON vat_group
WHEN EXISTS (SELECT 1 FROM invoice WHERE id = NEW.document_id AND state = 'issued') OR
  EXISTS (SELECT 1 FROM credit_note WHERE id = NEW.document_id)
BEGIN SELECT RAISE(ABORT, 'the lines of an issued document are never changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER vat_group_no_update BEFORE UPDATE ON vat_group
WHEN EXISTS (SELECT 1 FROM invoice WHERE id = OLD.document_id AND state = 'issued') OR
  EXISTS (SELECT 1 FROM credit_note WHERE id = OLD.document_id)
BEGIN SELECT RAISE(ABORT, 'the lines of an issued document are never changed'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER vat_group_no_delete BEFORE DELETE ON vat_group
WHEN EXISTS (SELECT 1 FROM invoice WHERE id = OLD.document_id AND state = 'issued') OR
  EXISTS (SELECT 1 FROM credit_note WHERE id = OLD.document_id)
BEGIN SELECT RAISE(ABORT, 'the lines of an issued document are never changed'); END;
-- +goose StatementEnd

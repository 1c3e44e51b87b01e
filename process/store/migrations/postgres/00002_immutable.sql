-- +goose Up

-- +goose StatementBegin
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = 'restrict_violation'; END;
$$;
-- +goose StatementEnd
CREATE TRIGGER audit_link_no_update BEFORE UPDATE ON audit_link FOR EACH ROW
EXECUTE FUNCTION refuse('the audit chain is append-only');
CREATE TRIGGER audit_link_no_delete BEFORE DELETE ON audit_link FOR EACH ROW
EXECUTE FUNCTION refuse('the audit chain is append-only');
CREATE TRIGGER audit_payload_no_update BEFORE UPDATE ON audit_payload FOR EACH ROW
EXECUTE FUNCTION refuse('an audit payload is erased, never changed');
CREATE TRIGGER snapshot_no_update BEFORE UPDATE ON snapshot FOR EACH ROW
EXECUTE FUNCTION refuse('an issued document is never changed');
CREATE TRIGGER snapshot_no_delete BEFORE DELETE ON snapshot FOR EACH ROW
EXECUTE FUNCTION refuse('an issued document is never deleted');
CREATE TRIGGER settings_version_no_update BEFORE UPDATE ON settings_version FOR EACH ROW
EXECUTE FUNCTION refuse('the history of settings is append-only');
CREATE TRIGGER settings_version_no_delete BEFORE DELETE ON settings_version FOR EACH ROW
EXECUTE FUNCTION refuse('the history of settings is append-only');
CREATE TRIGGER invoice_no_delete BEFORE DELETE ON invoice FOR EACH ROW
WHEN (OLD.state = 'issued')
EXECUTE FUNCTION refuse('an issued invoice is never deleted, only credited');
CREATE TRIGGER invoice_no_update BEFORE UPDATE ON invoice FOR EACH ROW
WHEN (OLD.state = 'issued' AND (NEW.id IS DISTINCT FROM OLD.id OR
  NEW.state IS DISTINCT FROM OLD.state OR
  NEW.number IS DISTINCT FROM OLD.number OR
  NEW.customer_id IS DISTINCT FROM OLD.customer_id OR
  NEW.language IS DISTINCT FROM OLD.language OR
  NEW.currency IS DISTINCT FROM OLD.currency OR
  NEW.net_minor IS DISTINCT FROM OLD.net_minor OR
  NEW.vat_minor IS DISTINCT FROM OLD.vat_minor OR
  NEW.gross_minor IS DISTINCT FROM OLD.gross_minor OR
  NEW.rounding_minor IS DISTINCT FROM OLD.rounding_minor OR
  NEW.buyer_reference IS DISTINCT FROM OLD.buyer_reference OR
  NEW.customer_reference IS DISTINCT FROM OLD.customer_reference OR
  NEW.issue_date IS DISTINCT FROM OLD.issue_date OR
  NEW.supply_date IS DISTINCT FROM OLD.supply_date OR
  NEW.due_date IS DISTINCT FROM OLD.due_date OR
  NEW.payment_reference IS DISTINCT FROM OLD.payment_reference) OR
  OLD.state = 'issued' AND OLD.sha256 <> '' AND NEW.sha256 <> OLD.sha256)
EXECUTE FUNCTION refuse('an issued invoice is never changed, only credited');
CREATE TRIGGER credit_note_no_delete BEFORE DELETE ON credit_note FOR EACH ROW
EXECUTE FUNCTION refuse('an issued credit note is never deleted');
CREATE TRIGGER credit_note_no_update BEFORE UPDATE ON credit_note FOR EACH ROW
WHEN (NEW.id IS DISTINCT FROM OLD.id OR
  NEW.state IS DISTINCT FROM OLD.state OR
  NEW.number IS DISTINCT FROM OLD.number OR
  NEW.invoice_id IS DISTINCT FROM OLD.invoice_id OR
  NEW.invoice_number IS DISTINCT FROM OLD.invoice_number OR
  NEW.customer_id IS DISTINCT FROM OLD.customer_id OR
  NEW.reason IS DISTINCT FROM OLD.reason OR
  NEW.language IS DISTINCT FROM OLD.language OR
  NEW.currency IS DISTINCT FROM OLD.currency OR
  NEW.net_minor IS DISTINCT FROM OLD.net_minor OR
  NEW.vat_minor IS DISTINCT FROM OLD.vat_minor OR
  NEW.gross_minor IS DISTINCT FROM OLD.gross_minor OR
  NEW.rounding_minor IS DISTINCT FROM OLD.rounding_minor OR
  NEW.issue_date IS DISTINCT FROM OLD.issue_date OR
  OLD.sha256 <> '' AND NEW.sha256 <> OLD.sha256)
EXECUTE FUNCTION refuse('an issued credit note is never changed');

-- A trigger's WHEN cannot look into other tables.
-- +goose StatementBegin
CREATE FUNCTION refuse_issued_lines() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE document TEXT;
BEGIN
  IF TG_OP = 'INSERT' THEN document := NEW.document_id; ELSE document := OLD.document_id; END IF;
  IF EXISTS (SELECT 1 FROM invoice WHERE id = document AND state = 'issued') OR
     EXISTS (SELECT 1 FROM credit_note WHERE id = document) THEN
    RAISE EXCEPTION 'the lines of an issued document are never changed' USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END;
$$;
-- +goose StatementEnd
CREATE TRIGGER line_no_change BEFORE INSERT OR UPDATE OR DELETE ON line FOR EACH ROW
EXECUTE FUNCTION refuse_issued_lines();
CREATE TRIGGER vat_group_no_change BEFORE INSERT OR UPDATE OR DELETE ON vat_group FOR EACH ROW
EXECUTE FUNCTION refuse_issued_lines();

-- +goose Up
-- Deposit invoices: what an order was invoiced ahead, and the lines that deduct it.
ALTER TABLE sales_order ADD COLUMN deposited_minor BIGINT NOT NULL DEFAULT 0;
ALTER TABLE invoice ADD COLUMN deposit BIGINT NOT NULL DEFAULT 0 CHECK (deposit IN (0, 1));
ALTER TABLE line ADD COLUMN deposit TEXT NOT NULL DEFAULT '';
CREATE TRIGGER invoice_deposit_no_update BEFORE UPDATE ON invoice FOR EACH ROW
WHEN (OLD.state = 'issued' AND NEW.deposit IS DISTINCT FROM OLD.deposit)
EXECUTE FUNCTION refuse('an issued invoice is never changed, only credited');

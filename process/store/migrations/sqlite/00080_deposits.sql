-- +goose Up
-- Deposit invoices: what an order was invoiced ahead, and the lines that deduct it.
ALTER TABLE sales_order ADD COLUMN deposited_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invoice ADD COLUMN deposit INTEGER NOT NULL DEFAULT 0 CHECK (deposit IN (0, 1));
ALTER TABLE line ADD COLUMN deposit TEXT NOT NULL DEFAULT '';
-- +goose StatementBegin
CREATE TRIGGER invoice_deposit_no_update BEFORE UPDATE ON invoice
WHEN OLD.state = 'issued' AND NEW.deposit IS NOT OLD.deposit
BEGIN SELECT RAISE(ABORT, 'an issued invoice is never changed, only credited'); END;
-- +goose StatementEnd

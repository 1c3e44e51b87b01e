-- +goose Up
-- Discounts and charges on documents, prices with VAT, options and sections,
-- where orders are delivered, and rates of exchange.
ALTER TABLE opportunity ADD COLUMN adjusted_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE opportunity ADD COLUMN adjustments TEXT NOT NULL DEFAULT '';
ALTER TABLE opportunity ADD COLUMN prices_include_vat INTEGER NOT NULL DEFAULT 0 CHECK (prices_include_vat IN (0, 1));
ALTER TABLE quote ADD COLUMN adjusted_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quote ADD COLUMN adjustments TEXT NOT NULL DEFAULT '';
ALTER TABLE quote ADD COLUMN prices_include_vat INTEGER NOT NULL DEFAULT 0 CHECK (prices_include_vat IN (0, 1));
ALTER TABLE sales_order ADD COLUMN adjusted_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sales_order ADD COLUMN adjustments TEXT NOT NULL DEFAULT '';
ALTER TABLE sales_order ADD COLUMN prices_include_vat INTEGER NOT NULL DEFAULT 0 CHECK (prices_include_vat IN (0, 1));
ALTER TABLE invoice ADD COLUMN adjusted_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE invoice ADD COLUMN adjustments TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN prices_include_vat INTEGER NOT NULL DEFAULT 0 CHECK (prices_include_vat IN (0, 1));
ALTER TABLE credit_note ADD COLUMN adjusted_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE credit_note ADD COLUMN adjustments TEXT NOT NULL DEFAULT '';
ALTER TABLE credit_note ADD COLUMN prices_include_vat INTEGER NOT NULL DEFAULT 0 CHECK (prices_include_vat IN (0, 1));
ALTER TABLE line ADD COLUMN unit_price_with_vat TEXT NOT NULL DEFAULT '0';
ALTER TABLE line ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE line ADD COLUMN optional INTEGER NOT NULL DEFAULT 0 CHECK (optional IN (0, 1));
ALTER TABLE line ADD COLUMN ticked INTEGER NOT NULL DEFAULT 0 CHECK (ticked IN (0, 1));
ALTER TABLE sales_order ADD COLUMN delivery_address TEXT NOT NULL DEFAULT '';
ALTER TABLE sales_order ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN delivery_address TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN exchange TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN prepaid_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE quote ADD COLUMN prepayment TEXT NOT NULL DEFAULT '';
ALTER TABLE quote ADD COLUMN followed_up TEXT NOT NULL DEFAULT '';
ALTER TABLE sales_order ADD COLUMN payment_request TEXT NOT NULL DEFAULT '';
ALTER TABLE sales_order ADD COLUMN prepaid_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sales_order ADD COLUMN deducted_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payment ADD COLUMN order_id TEXT REFERENCES sales_order (id);
CREATE INDEX payment_order_id ON payment (order_id, id) WHERE order_id IS NOT NULL;
-- +goose StatementBegin
CREATE TRIGGER invoice_pricing_no_update BEFORE UPDATE ON invoice
WHEN OLD.state = 'issued' AND (NEW.adjusted_minor IS NOT OLD.adjusted_minor OR
  NEW.adjustments IS NOT OLD.adjustments OR
  NEW.prices_include_vat IS NOT OLD.prices_include_vat OR
  NEW.delivery_address IS NOT OLD.delivery_address OR
  NEW.prepaid_minor IS NOT OLD.prepaid_minor OR
  NEW.exchange IS NOT OLD.exchange)
BEGIN SELECT RAISE(ABORT, 'an issued invoice is never changed, only credited'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER credit_note_pricing_no_update BEFORE UPDATE ON credit_note
WHEN (NEW.adjusted_minor IS NOT OLD.adjusted_minor OR
  NEW.adjustments IS NOT OLD.adjustments OR
  NEW.prices_include_vat IS NOT OLD.prices_include_vat)
BEGIN SELECT RAISE(ABORT, 'an issued credit note is never changed'); END;
-- +goose StatementEnd

-- +goose Up

-- How a customer's invoices go out: mail, e_invoice, both, or as the settings say.
ALTER TABLE customer ADD COLUMN send_by TEXT NOT NULL DEFAULT '';
-- The company's own number for the customer.
ALTER TABLE customer ADD COLUMN number TEXT NOT NULL DEFAULT '';

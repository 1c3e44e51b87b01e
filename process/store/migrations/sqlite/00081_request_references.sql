-- +goose Up
-- A bank file's payment on a payment request is found by its reference.
ALTER TABLE sales_order ADD COLUMN payment_reference TEXT;
UPDATE sales_order SET payment_reference = json_extract(payment_request, '$.reference') WHERE payment_request LIKE '{%';
CREATE INDEX sales_order_payment_reference ON sales_order (payment_reference, id) WHERE payment_reference IS NOT NULL;

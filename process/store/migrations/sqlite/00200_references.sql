-- +goose Up

-- What documents are tied to (BT-11, BT-12), and the days that an invoice is for
-- (BG-14).
ALTER TABLE quote ADD COLUMN project TEXT NOT NULL DEFAULT '';
ALTER TABLE quote ADD COLUMN contract TEXT NOT NULL DEFAULT '';
ALTER TABLE sales_order ADD COLUMN project TEXT NOT NULL DEFAULT '';
ALTER TABLE sales_order ADD COLUMN contract TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN project TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN contract TEXT NOT NULL DEFAULT '';
ALTER TABLE subscription ADD COLUMN project TEXT NOT NULL DEFAULT '';
ALTER TABLE subscription ADD COLUMN contract TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN period_start TEXT NOT NULL DEFAULT '';
ALTER TABLE invoice ADD COLUMN period_end TEXT NOT NULL DEFAULT '';

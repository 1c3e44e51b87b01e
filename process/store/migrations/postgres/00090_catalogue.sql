-- +goose Up

-- The VAT of a product by country, and what a bundle holds.
ALTER TABLE product ADD COLUMN vat_by_country TEXT NOT NULL DEFAULT '';
ALTER TABLE product ADD COLUMN bundle TEXT NOT NULL DEFAULT '';
ALTER TABLE product ADD COLUMN show_parts BIGINT NOT NULL DEFAULT 0 CHECK (show_parts IN (0, 1));

-- What looked wrong when an invoice was issued, and did not stop it.
ALTER TABLE invoice ADD COLUMN warnings TEXT NOT NULL DEFAULT '';

-- Units of base for one of currency, on a day.
CREATE TABLE exchange_rate (
  id TEXT PRIMARY KEY,
  version BIGINT NOT NULL CHECK (version > 0),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('active')),
  base TEXT NOT NULL,
  currency TEXT NOT NULL,
  date TEXT NOT NULL,
  rate TEXT NOT NULL,
  source TEXT NOT NULL,
  search TEXT NOT NULL
);
CREATE UNIQUE INDEX exchange_rate_key ON exchange_rate (base, currency, date);

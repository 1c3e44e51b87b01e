-- +goose Up

-- A charge on a line, in percent of quantity × price (BG-28).
ALTER TABLE line ADD COLUMN charge_percent TEXT NOT NULL DEFAULT '0';
ALTER TABLE line ADD COLUMN charge_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE line ADD COLUMN charge_minor INTEGER NOT NULL DEFAULT 0;

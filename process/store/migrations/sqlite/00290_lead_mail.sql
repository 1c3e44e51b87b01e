-- +goose Up

-- The mail whose text is the lead's message: a long one is stored once.
ALTER TABLE lead ADD COLUMN mail_id TEXT;

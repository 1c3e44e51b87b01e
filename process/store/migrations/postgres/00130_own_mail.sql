-- +goose Up

-- From when on a user lets the own mailbox be read.
ALTER TABLE user_account ADD COLUMN own_mail_since BIGINT;

-- Which way a mail went, and which user wrote it.
ALTER TABLE message ADD COLUMN direction TEXT NOT NULL DEFAULT 'in';
ALTER TABLE message ADD COLUMN author TEXT NOT NULL DEFAULT '';
UPDATE message SET direction = 'out' WHERE decision = 'staff';

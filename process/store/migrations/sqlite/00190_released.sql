-- +goose Up
ALTER TABLE invoice ADD COLUMN released_minor INTEGER NOT NULL DEFAULT 0;

-- +goose Up
ALTER TABLE invoice ADD COLUMN released_minor BIGINT NOT NULL DEFAULT 0;

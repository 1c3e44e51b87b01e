-- +goose Up

-- The SHA-256 of the picture of a product that quotes show.
ALTER TABLE product ADD COLUMN picture TEXT NOT NULL DEFAULT '';

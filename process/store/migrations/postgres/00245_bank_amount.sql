-- +goose Up

-- Another file's entry of the same amount is looked for with each import.
CREATE INDEX bank_entry_amount ON bank_entry (amount_minor, id);

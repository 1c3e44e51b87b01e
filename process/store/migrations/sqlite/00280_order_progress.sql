-- +goose Up

-- The first page asks for the open orders that are not completed, by what is
-- left to do; a partial index is no help to a value that is only known later.
CREATE INDEX sales_order_state_progress ON sales_order (state, progress, id);

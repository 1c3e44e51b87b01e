-- +goose Up

-- A mail is known again by its Message-ID and its content, and by the content
-- alone only when it has no Message-ID: no other one needs a place among random
-- keys, which costs a page of its own for each mail.
DROP INDEX message_content_hash;
CREATE INDEX message_content_hash ON message (content_hash, id) WHERE message_id IS NULL;

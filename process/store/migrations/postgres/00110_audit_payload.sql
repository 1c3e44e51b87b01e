-- +goose Up

-- A payload stands under its link's number, not under its random hash: new ones
-- come to the end of the table, however many there are.
CREATE TABLE audit_payload_new (
  seq BIGINT PRIMARY KEY,
  salt BYTEA NOT NULL,
  payload BYTEA NOT NULL
);
INSERT INTO audit_payload_new (seq, salt, payload)
  SELECT l.seq, p.salt, p.payload FROM audit_link l JOIN audit_payload p ON p.hash = l.payload_hash ORDER BY l.seq;
DROP TABLE audit_payload;
ALTER TABLE audit_payload_new RENAME TO audit_payload;
CREATE TRIGGER audit_payload_no_update BEFORE UPDATE ON audit_payload FOR EACH ROW
EXECUTE FUNCTION refuse('an audit payload is erased, never changed');

-- Nothing looks links up by their record: the timeline does that.
DROP INDEX audit_link_about;

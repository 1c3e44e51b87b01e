-- +goose Up

-- Mails that are committed and wait for what is to be done with them on their
-- server.
CREATE TABLE mail_to_mark (
  mailbox TEXT NOT NULL,
  uid_validity BIGINT NOT NULL,
  uid BIGINT NOT NULL,
  PRIMARY KEY (mailbox, uid_validity, uid)
);

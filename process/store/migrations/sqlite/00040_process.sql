-- +goose Up

-- What an organisation decides about its process: answers to the questions of
-- qualifying, merged leads, stages. phone_key is the last eight digits of a
-- telephone number.
ALTER TABLE lead ADD COLUMN checks TEXT NOT NULL DEFAULT '';
ALTER TABLE lead ADD COLUMN merged_into TEXT;
ALTER TABLE lead ADD COLUMN phone_key TEXT NOT NULL DEFAULT '';
UPDATE lead SET phone_key = substr(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '.', ''), '+', ''), -8)
  WHERE length(replace(replace(replace(replace(phone, ' ', ''), '-', ''), '.', ''), '+', '')) >= 6;
CREATE INDEX lead_phone_key ON lead (phone_key, id);
CREATE INDEX lead_organisation_number ON lead (organisation_number, id);
ALTER TABLE opportunity ADD COLUMN stage TEXT NOT NULL DEFAULT '';
CREATE INDEX opportunity_stage ON opportunity (stage, id);

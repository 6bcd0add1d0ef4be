-- +goose Up

-- seq is ground.accounts as of the account's last change, so that a copy of the names in memory knows what it lacks.
ALTER TABLE account ADD COLUMN seq {int} NOT NULL DEFAULT 0;
ALTER TABLE account ADD COLUMN events {int} NOT NULL DEFAULT 0;
CREATE INDEX account_seq ON account (seq);

-- review_at is since when the decision in force waits for a person; 0 if it does not.
ALTER TABLE lead ADD COLUMN review_at {int} NOT NULL DEFAULT 0;
CREATE INDEX lead_review ON lead (review_at, id) WHERE review_at > 0;
-- Leads whose account a name that is alike could change: no stronger rule has decided.
CREATE INDEX lead_unsure ON lead (company) WHERE company <> '' AND rule IN ('UNMATCHED', 'NAME_FUZZY', 'REVIEW_NAME_MULTI', 'REVIEW_PERSON_MULTI');

ALTER TABLE match_decision ADD COLUMN decider {text} NOT NULL DEFAULT '';

-- Which lead joined which, when, what the survivor was before, and until when (0: it lasts).
CREATE TABLE lead_edge (
    absorbed {text} NOT NULL,
    merged_at {int} NOT NULL,
    survivor {text} NOT NULL,
    parted_at {int} NOT NULL,
    before {text} NOT NULL,
    PRIMARY KEY (absorbed, merged_at)
) {keyed};
CREATE INDEX lead_edge_survivor ON lead_edge (survivor);
INSERT INTO lead_edge (absorbed, merged_at, survivor, parted_at, before) SELECT absorbed, merged_at, survivor, 0, '' FROM lead_merge;
DROP TABLE lead_merge;

-- Two leads that may be one person, or that somebody said are two. The first is the older.
CREATE TABLE lead_pair (
    lead {text} NOT NULL,
    other {text} NOT NULL,
    evidence {int} NOT NULL,
    resolution {int} NOT NULL,
    found_at {int} NOT NULL,
    PRIMARY KEY (lead, other)
) {keyed};
CREATE INDEX lead_pair_other ON lead_pair (other);
CREATE INDEX lead_pair_open ON lead_pair (found_at, lead, other) WHERE resolution = 0;

-- +goose Down
DROP TABLE lead_pair;
CREATE TABLE lead_merge (
    absorbed {text} NOT NULL,
    survivor {text} NOT NULL,
    merged_at {int} NOT NULL,
    PRIMARY KEY (absorbed, survivor)
) {keyed};
CREATE INDEX lead_merge_survivor ON lead_merge (survivor);
INSERT INTO lead_merge (absorbed, survivor, merged_at) SELECT absorbed, survivor, max(merged_at) FROM lead_edge WHERE parted_at = 0 GROUP BY absorbed, survivor;
DROP TABLE lead_edge;
ALTER TABLE match_decision DROP COLUMN decider;
DROP INDEX lead_unsure;
DROP INDEX lead_review;
ALTER TABLE lead DROP COLUMN review_at;
DROP INDEX account_seq;
ALTER TABLE account DROP COLUMN events;
ALTER TABLE account DROP COLUMN seq;

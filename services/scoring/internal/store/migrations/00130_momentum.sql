-- +goose Up

-- What is about an account and nobody in particular has the account in place of a lead.
ALTER TABLE engagement ADD COLUMN account_id {text} NOT NULL DEFAULT '';
CREATE INDEX engagement_account ON engagement (account_id, occurred_at, id) WHERE account_id <> '';

-- The personas that a lead is, with commas between, and when the person did something last.
ALTER TABLE lead ADD COLUMN personas {text} NOT NULL DEFAULT '';
ALTER TABLE lead ADD COLUMN engaged_at {int} NOT NULL DEFAULT 0;
CREATE INDEX lead_committee ON lead (account_id, engaged_at, id) WHERE personas <> '';
CREATE INDEX match_decision_account ON match_decision (account_id, lead_id) WHERE account_id <> '';

-- What an account's events come to: the score (of people, and of its own), the surge, and when to look again. 0 is never.
CREATE TABLE momentum (
    account_id {text} NOT NULL PRIMARY KEY,
    people {int} NOT NULL,
    own {int} NOT NULL,
    score {int} NOT NULL,
    heard {int} NOT NULL,
    surging {int} NOT NULL,
    surges {int} NOT NULL,
    began_at {int} NOT NULL,
    ended_at {int} NOT NULL,
    due_at {int} NOT NULL,
    events {int} NOT NULL
) {strict};
CREATE INDEX momentum_score ON momentum (score, account_id);
CREATE INDEX momentum_surging ON momentum (account_id) WHERE surging = 1;
CREATE INDEX momentum_due ON momentum (due_at, account_id) WHERE due_at > 0;
INSERT INTO momentum (account_id, people, own, score, heard, surging, surges, began_at, ended_at, due_at, events)
    SELECT a.id, coalesce(p.points, 0), 0, coalesce(p.points, 0), CASE WHEN p.points > 0 THEN 1 ELSE 0 END, 0, 0, 0, 0, 0, 0
    FROM account a LEFT JOIN (SELECT account_id, sum(engagement_score) AS points FROM lead
        WHERE merged_into = '' AND partner = '' GROUP BY account_id) p ON p.account_id = a.id;

-- Every surge of every account.
CREATE TABLE account_surge (
    account_id {text} NOT NULL,
    number {int} NOT NULL,
    began_at {int} NOT NULL,
    ended_at {int} NOT NULL,
    PRIMARY KEY (account_id, number)
) {keyed};

-- +goose Down
DROP TABLE account_surge;
DROP TABLE momentum;
DROP INDEX match_decision_account;
DROP INDEX lead_committee;
DROP INDEX engagement_account;
ALTER TABLE lead DROP COLUMN engaged_at;
ALTER TABLE lead DROP COLUMN personas;
ALTER TABLE engagement DROP COLUMN account_id;

-- +goose Up

-- Who had a part in a deal, the handoff that it grew out of, and when it was closed; 0 for not yet.
ALTER TABLE opportunity ADD COLUMN handoff {text} NOT NULL DEFAULT '';
ALTER TABLE opportunity ADD COLUMN closed_at {int} NOT NULL DEFAULT 0;
CREATE INDEX opportunity_handoff ON opportunity (handoff) WHERE handoff <> '';
CREATE TABLE opportunity_contact (
    opportunity_id {text} NOT NULL,
    lead_id {text} NOT NULL,
    PRIMARY KEY (opportunity_id, lead_id)
) {keyed};
CREATE INDEX opportunity_contact_lead ON opportunity_contact (lead_id);

-- A model: what was asked for, as the API says it, and once it is done what came of it. One that could not be learnt is tried
-- again when it is due.
CREATE TABLE model (
    id {text} NOT NULL PRIMARY KEY,
    wanted {bytes} NOT NULL,
    state {int} NOT NULL,
    result {text} NOT NULL,
    hash {text} NOT NULL,
    test {int} NOT NULL,
    created_at {int} NOT NULL,
    finished_at {int} NOT NULL,
    events {int} NOT NULL,
    due_at {int} NOT NULL,
    tries {int} NOT NULL
) {strict};
CREATE INDEX model_running ON model (due_at, id) WHERE state = 1;

-- +goose Down
DROP TABLE model;
DROP TABLE opportunity_contact;
DROP INDEX opportunity_handoff;
ALTER TABLE opportunity DROP COLUMN closed_at;
ALTER TABLE opportunity DROP COLUMN handoff;

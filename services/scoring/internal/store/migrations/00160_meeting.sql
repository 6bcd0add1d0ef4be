-- +goose Up

-- A meeting that a partner brought with a lead. What is confidential stands in agreement alone; checks are how it does by the
-- playbook, and name what is in the way.
CREATE TABLE meeting (
    id {text} NOT NULL PRIMARY KEY,
    lead_id {text} NOT NULL,
    partner {text} NOT NULL,
    source {text} NOT NULL,
    source_id {text} NOT NULL,
    agreement {text} NOT NULL,
    meet_at {int} NOT NULL,
    playbook {int} NOT NULL,
    checks {text} NOT NULL,
    effect {int} NOT NULL,
    handoff {text} NOT NULL,
    disqualifier {text} NOT NULL,
    created_at {int} NOT NULL,
    CONSTRAINT meeting_source UNIQUE (partner, source, source_id)
) {strict};
CREATE INDEX meeting_lead ON meeting (lead_id, id);

-- +goose Down
DROP TABLE meeting;

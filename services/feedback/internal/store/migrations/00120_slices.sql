-- +goose Up
CREATE TABLE assignment (
    handoff_id {text} NOT NULL,
    number {int} NOT NULL,
    rep {text} NOT NULL,
    pool {text} NOT NULL,
    tier {text} NOT NULL,
    assigned_at {int} NOT NULL,
    PRIMARY KEY (handoff_id, number)
) {keyed};
CREATE INDEX assignment_first ON assignment (assigned_at) WHERE number = 1;

CREATE TABLE ending (
    handoff_id {text} NOT NULL PRIMARY KEY,
    step {int} NOT NULL,
    outcome {int} NOT NULL,
    ended_at {int} NOT NULL
) {keyed};

-- +goose Down
DROP TABLE ending;
DROP TABLE assignment;

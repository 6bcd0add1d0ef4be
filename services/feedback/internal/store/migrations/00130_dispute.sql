-- +goose Up

-- Disagreements over verdicts. Statements is what the teams hold, as JSON; due_at is when it lapses, 0 if it does not.
CREATE TABLE dispute (
    handoff_id {text} NOT NULL,
    assignment {int} NOT NULL,
    step {int} NOT NULL,
    rep {text} NOT NULL,
    state {int} NOT NULL,
    opener {int} NOT NULL,
    comment {text} NOT NULL,
    reason {int} NOT NULL,
    statements {text} NOT NULL,
    opened_at {int} NOT NULL,
    term_at {int} NOT NULL,
    due_at {int} NOT NULL,
    ruling {int} NOT NULL,
    ruled_reason {int} NOT NULL,
    settled_by {text} NOT NULL,
    settle_comment {text} NOT NULL,
    ended_at {int} NOT NULL,
    row_version {int} NOT NULL,
    PRIMARY KEY (handoff_id, assignment, step)
) {keyed};
CREATE INDEX dispute_opened ON dispute (opened_at, handoff_id, assignment, step);
CREATE INDEX dispute_open ON dispute (opened_at, handoff_id, assignment, step) WHERE state = 1;
CREATE INDEX dispute_due ON dispute (due_at, handoff_id, assignment, step) WHERE due_at > 0;

-- +goose Down
DROP TABLE dispute;

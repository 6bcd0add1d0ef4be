-- +goose Up
CREATE TABLE journal_head (
    id {int} NOT NULL PRIMARY KEY,
    number {int} NOT NULL
) {strict};
INSERT INTO journal_head (id, number) VALUES (0, 0);

CREATE TABLE journal (
    number {int} NOT NULL PRIMARY KEY,
    event_id {text} NOT NULL,
    kind {text} NOT NULL,
    handoff {text} NOT NULL,
    lead {text} NOT NULL,
    at {int} NOT NULL,
    recorded_at {int} NOT NULL,
    body {bytes} NOT NULL
) {strict};
CREATE INDEX journal_kind ON journal (kind, number);
CREATE INDEX journal_handoff ON journal (handoff, number) WHERE handoff <> '';
CREATE INDEX journal_lead ON journal (lead, number) WHERE lead <> '';

CREATE TABLE trace_job (
    handoff {text} NOT NULL PRIMARY KEY,
    next_at {int} NOT NULL,
    changes {int} NOT NULL,
    attempts {int} NOT NULL
) {strict};
CREATE INDEX trace_job_next ON trace_job (next_at);

CREATE TABLE trace_span (
    handoff {text} NOT NULL,
    stage {text} NOT NULL,
    PRIMARY KEY (handoff, stage)
) {keyed};

-- +goose Down
DROP TABLE trace_span;
DROP TABLE trace_job;
DROP TABLE journal;
DROP TABLE journal_head;

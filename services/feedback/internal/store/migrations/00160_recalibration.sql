-- +goose Up

-- What was asked for, how far it is, and what was found so far: from the changes to the draft and its simulation. A crash in
-- between goes on from there.
CREATE TABLE recalibration (
    id {text} NOT NULL PRIMARY KEY,
    weeks {int} NOT NULL,
    held_out {int} NOT NULL,
    most_changes {int} NOT NULL,
    least_kept {int} NOT NULL,
    count_not_ready {int} NOT NULL,
    test {int} NOT NULL,
    created_at {int} NOT NULL,
    state {int} NOT NULL,
    phase {int} NOT NULL,
    cause {int} NOT NULL,
    finished_at {int} NOT NULL,
    baseline {int} NOT NULL,
    draft {int} NOT NULL,
    found {text} NOT NULL,
    diff {bytes} NOT NULL,
    simulation {bytes} NOT NULL,
    events {int} NOT NULL,
    due_at {int} NOT NULL,
    tries {int} NOT NULL
) {strict};
CREATE INDEX recalibration_running ON recalibration (due_at, id) WHERE state = 1;
CREATE INDEX recalibration_draft ON recalibration (draft) WHERE draft > 0;

-- What became of versions: which team refused one, and when one came into force.
CREATE TABLE fate (
    version {int} NOT NULL PRIMARY KEY,
    refused_by {int} NOT NULL,
    refused_at {int} NOT NULL,
    activated_at {int} NOT NULL
) {strict};

CREATE INDEX handoff_qualified ON handoff (mql_at);

-- +goose Down
DROP INDEX handoff_qualified;
DROP TABLE fate;
DROP TABLE recalibration;

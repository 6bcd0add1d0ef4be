-- +goose Up

-- When patterns are looked for next.
CREATE TABLE pattern_watch (
    id {int} NOT NULL PRIMARY KEY,
    next_at {int} NOT NULL
) {strict};

CREATE TABLE pattern (
    id {text} NOT NULL PRIMARY KEY,
    kind {int} NOT NULL,
    reason {int} NOT NULL,
    part {int} NOT NULL,
    whole {int} NOT NULL,
    before_part {int} NOT NULL,
    before_whole {int} NOT NULL,
    strong {int} NOT NULL,
    label {int} NOT NULL,
    from_at {int} NOT NULL,
    to_at {int} NOT NULL,
    found_at {int} NOT NULL,
    playbook {int} NOT NULL,
    acknowledged_at {int},
    acknowledger {text} NOT NULL,
    note {text} NOT NULL,
    events {int} NOT NULL
) {strict};
CREATE INDEX pattern_found ON pattern (found_at);

CREATE TABLE pattern_slice (
    pattern_id {text} NOT NULL,
    dimension {int} NOT NULL,
    value {text} NOT NULL,
    PRIMARY KEY (pattern_id, dimension, value)
) {keyed};

-- +goose Down
DROP TABLE pattern_slice;
DROP TABLE pattern;
DROP TABLE pattern_watch;

-- +goose Up
CREATE TABLE log_head (
    id {int} NOT NULL PRIMARY KEY,
    pos {int} NOT NULL
) {strict};
INSERT INTO log_head (id, pos) VALUES (0, 0);

CREATE TABLE log (
    pos {int} NOT NULL PRIMARY KEY,
    key {text} NOT NULL,
    seq {int} NOT NULL,
    kind {int} NOT NULL,
    at {int} NOT NULL,
    destinations {int} NOT NULL,
    body {bytes} NOT NULL
) {strict};

CREATE TABLE relay (
    destination {text} NOT NULL PRIMARY KEY,
    acked {int} NOT NULL,
    owner {text} NOT NULL,
    lease_until {int} NOT NULL
) {strict};

CREATE TABLE mark (
    source {text} NOT NULL PRIMARY KEY,
    pos {int} NOT NULL,
    fingerprint {text} NOT NULL
) {strict};

CREATE TABLE parked (
    source {text} NOT NULL,
    pos {int} NOT NULL,
    key {text} NOT NULL,
    seq {int} NOT NULL,
    event {bytes} NOT NULL,
    attempts {int} NOT NULL,
    next_at {int},
    error {text} NOT NULL,
    parked_at {int} NOT NULL,
    changes {int} NOT NULL,
    PRIMARY KEY (source, pos)
) {strict};
CREATE INDEX parked_key ON parked (source, key, pos);

-- +goose Down
DROP TABLE parked;
DROP TABLE mark;
DROP TABLE relay;
DROP TABLE log;
DROP TABLE log_head;

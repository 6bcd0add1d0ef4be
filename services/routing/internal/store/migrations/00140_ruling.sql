-- +goose Up

-- What was done to turns after they were decided: taken back, and given again.
CREATE TABLE credit_act (
    book {text} NOT NULL,
    epoch {int} NOT NULL,
    turn {int} NOT NULL,
    number {int} NOT NULL,
    restored {int} NOT NULL,
    at {int} NOT NULL,
    reason {int} NOT NULL,
    done_by {text} NOT NULL,
    PRIMARY KEY (book, epoch, turn, number)
) {keyed};

-- How disputes over answers ended.
CREATE TABLE ruling (
    handoff {text} NOT NULL,
    assignment {int} NOT NULL,
    upheld {int} NOT NULL,
    reason_before {int} NOT NULL,
    reason_after {int} NOT NULL,
    ruled_at {int} NOT NULL,
    PRIMARY KEY (handoff, assignment)
) {keyed};

-- +goose Down
DROP TABLE ruling;
DROP TABLE credit_act;

-- +goose Up
CREATE TABLE stated (
    meeting {text} NOT NULL PRIMARY KEY,
    month {text} NOT NULL,
    state {int} NOT NULL,
    reason {int} NOT NULL
) {keyed};

CREATE TABLE statement (
    month {text} NOT NULL,
    partner {text} NOT NULL,
    summary {bytes} NOT NULL,
    lines {bytes} NOT NULL,
    PRIMARY KEY (month, partner)
) {strict};
CREATE INDEX statement_partner ON statement (partner, month);

CREATE TABLE statement_month (
    month {text} NOT NULL PRIMARY KEY,
    end_at {int} NOT NULL
) {keyed};

-- +goose Down
DROP TABLE statement_month;
DROP TABLE statement;
DROP TABLE stated;

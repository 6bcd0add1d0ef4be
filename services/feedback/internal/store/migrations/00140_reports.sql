-- +goose Up
CREATE TABLE report (
    kind {text} NOT NULL,
    period {text} NOT NULL,
    start_at {int} NOT NULL,
    end_at {int} NOT NULL,
    published_at {int} NOT NULL,
    body {bytes} NOT NULL,
    PRIMARY KEY (kind, period)
) {strict};

-- +goose Down
DROP TABLE report;

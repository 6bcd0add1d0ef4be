-- +goose Up
CREATE TABLE test_clock (
    id {int} NOT NULL PRIMARY KEY,
    now {int} NOT NULL,
    seed {text} NOT NULL
) {strict};

-- +goose Down
DROP TABLE test_clock;

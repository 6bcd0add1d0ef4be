-- +goose Up
ALTER TABLE playbook ADD COLUMN rolled_back_from {int};

CREATE TABLE refusal (
    version {int} NOT NULL PRIMARY KEY,
    team {int} NOT NULL,
    issuer {text} NOT NULL,
    refuser {text} NOT NULL,
    comment {text} NOT NULL,
    refused_at {int} NOT NULL
) {strict};

CREATE TABLE review (
    version {int} NOT NULL,
    cause {int} NOT NULL,
    due_at {int} NOT NULL,
    recent {real},
    baseline {real},
    PRIMARY KEY (version, cause)
) {strict};

-- +goose Down
DROP TABLE review;
DROP TABLE refusal;
ALTER TABLE playbook DROP COLUMN rolled_back_from;

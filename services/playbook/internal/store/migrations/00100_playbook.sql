-- +goose Up
CREATE TABLE head (
    id {int} NOT NULL PRIMARY KEY,
    last_version {int} NOT NULL,
    activations {int} NOT NULL
) {strict};
INSERT INTO head (id, last_version, activations) VALUES (0, 0, 0);

CREATE TABLE playbook (
    version {int} NOT NULL PRIMARY KEY,
    document {bytes} NOT NULL,
    yaml {text} NOT NULL,
    hash {text} NOT NULL,
    state {int} NOT NULL,
    origin {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    activated_at {int},
    review_due_at {int},
    row_version {int} NOT NULL,
    events {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX playbook_active ON playbook (state) WHERE state = 4;

CREATE TABLE signature (
    version {int} NOT NULL,
    team {int} NOT NULL,
    issuer {text} NOT NULL,
    signer {text} NOT NULL,
    hash {text} NOT NULL,
    signed_at {int} NOT NULL,
    PRIMARY KEY (version, team)
) {strict};

-- +goose Down
DROP TABLE signature;
DROP TABLE playbook;
DROP TABLE head;

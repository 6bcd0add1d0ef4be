-- +goose Up
CREATE TABLE playbook_copy (
    version {int} NOT NULL PRIMARY KEY,
    hash {text} NOT NULL,
    document {bytes} NOT NULL,
    activated_at {int}
) {strict};

-- +goose Down
DROP TABLE playbook_copy;

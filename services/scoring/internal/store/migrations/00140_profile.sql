-- +goose Up

-- When a deal was won or lost; 0 while it is open.
ALTER TABLE opportunity ADD COLUMN closed_at {int} NOT NULL DEFAULT 0;

-- What the customers of each team's choice have in common.
CREATE TABLE account_profile (
    team {int} NOT NULL PRIMARY KEY,
    accounts {text} NOT NULL,
    profile {text} NOT NULL,
    created_at {int} NOT NULL,
    version {int} NOT NULL,
    events {int} NOT NULL
) {strict};

-- +goose Down
DROP TABLE account_profile;
ALTER TABLE opportunity DROP COLUMN closed_at;

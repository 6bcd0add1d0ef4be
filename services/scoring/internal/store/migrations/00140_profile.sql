-- +goose Up

-- What the customers of each team's choice have in common.
CREATE TABLE account_profile (
    team {int} NOT NULL PRIMARY KEY,
    accounts {text} NOT NULL,
    profile {text} NOT NULL,
    updated_at {int} NOT NULL,
    version {int} NOT NULL,
    events {int} NOT NULL
) {strict};

-- +goose Down
DROP TABLE account_profile;

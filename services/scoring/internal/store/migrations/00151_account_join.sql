-- +goose Up

-- When an engagement joined an account that it had waited for, which is later than when it was recorded.
CREATE TABLE account_join (
    account_id {text} NOT NULL,
    engagement_id {text} NOT NULL,
    joined_at {int} NOT NULL,
    PRIMARY KEY (account_id, engagement_id)
) {keyed};

-- +goose Down
DROP TABLE account_join;

-- +goose Up

-- What sales was told of accounts. One surge is told once; the body is the alert as the API shows it.
CREATE TABLE account_alert (
    id {text} NOT NULL PRIMARY KEY,
    account {text} NOT NULL,
    surge {int} NOT NULL,
    rep {text} NOT NULL,
    pool {text} NOT NULL,
    body {bytes} NOT NULL,
    CONSTRAINT account_alert_surge UNIQUE (account, surge)
) {strict};
CREATE INDEX account_alert_rep ON account_alert (rep, id) WHERE rep <> '';

-- +goose Down
DROP TABLE account_alert;

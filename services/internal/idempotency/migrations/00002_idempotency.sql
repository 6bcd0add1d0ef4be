-- +goose Up
CREATE TABLE request (
    principal {text} NOT NULL,
    method {text} NOT NULL,
    request_id {text} NOT NULL,
    digest {bytes} NOT NULL,
    response {bytes} NOT NULL,
    at {int} NOT NULL,
    PRIMARY KEY (principal, method, request_id)
) {keyed};
CREATE INDEX request_at ON request (at);

-- +goose Down
DROP TABLE request;

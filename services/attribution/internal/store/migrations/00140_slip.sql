-- +goose Up

-- When the funnel is looked at next, and how many falls were told of.
CREATE TABLE slip_watch (
    id {int} NOT NULL PRIMARY KEY,
    next_at {int} NOT NULL,
    events {int} NOT NULL
) {strict};

-- When a figure's fall was told last.
CREATE TABLE slip (
    measure {int} NOT NULL PRIMARY KEY,
    told_at {int} NOT NULL
) {strict};

CREATE INDEX opportunity_closed ON opportunity (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX handoff_mql ON handoff (mql_at) WHERE mql_at IS NOT NULL;

-- +goose Down
DROP INDEX handoff_mql;
DROP INDEX opportunity_closed;
DROP TABLE slip;
DROP TABLE slip_watch;

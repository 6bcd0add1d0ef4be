-- +goose Up

-- When an engagement joined a lead that had waited for one, which is later than when it was recorded.
CREATE TABLE engagement_join (
    lead_id {text} NOT NULL,
    engagement_id {text} NOT NULL,
    joined_at {int} NOT NULL,
    PRIMARY KEY (lead_id, engagement_id)
) {keyed};

-- How the earlier handoffs of a lead began and ended: what its row said of them before another one took their place.
CREATE TABLE lead_cycle_past (
    lead_id {text} NOT NULL,
    handoff {text} NOT NULL,
    cycle {int} NOT NULL,
    qualified_at {int} NOT NULL,
    outcome {int} NOT NULL,
    by_suite {int} NOT NULL,
    closed_at {int} NOT NULL,
    PRIMARY KEY (lead_id, handoff)
) {keyed};

-- +goose Down
DROP TABLE lead_cycle_past;
DROP TABLE engagement_join;

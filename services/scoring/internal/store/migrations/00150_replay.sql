-- +goose Up

-- How the earlier handoffs of a lead began and ended: what its row said of them before another one took their place.
CREATE TABLE lead_cycle_past (
    lead_id {text} NOT NULL,
    handoff {text} NOT NULL,
    cycle {int} NOT NULL,
    qualified_at {int} NOT NULL,
    outcome {int} NOT NULL,
    by_suite {int} NOT NULL,
    closed_at {int} NOT NULL,
    ruled {int} NOT NULL,
    ruled_at {int} NOT NULL,
    PRIMARY KEY (lead_id, handoff)
) {keyed};

-- +goose Down
DROP TABLE lead_cycle_past;

-- +goose Up
CREATE TABLE campaign (
    id {text} NOT NULL PRIMARY KEY,
    display_name {text} NOT NULL,
    channel {text} NOT NULL,
    category {text} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    row_version {int} NOT NULL,
    events {int} NOT NULL
) {strict};

CREATE TABLE spend (
    id {text} NOT NULL PRIMARY KEY,
    source {text} NOT NULL,
    source_id {text} NOT NULL,
    campaign {text} NOT NULL,
    category {text} NOT NULL,
    amount_minor {int} NOT NULL,
    currency {text} NOT NULL,
    spent_at {int} NOT NULL,
    created_at {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX spend_natural_key ON spend (source, source_id);
CREATE INDEX spend_newest ON spend (spent_at, id);

-- The amount is not known where the currency is empty.
CREATE TABLE opportunity (
    id {text} NOT NULL PRIMARY KEY,
    source {text} NOT NULL,
    source_id {text} NOT NULL,
    account {text} NOT NULL,
    handoff {text} NOT NULL,
    amount_minor {int} NOT NULL,
    currency {text} NOT NULL,
    state {int} NOT NULL,
    stage {text} NOT NULL,
    owner {text} NOT NULL,
    recorded {int} NOT NULL,
    opened_at {int} NOT NULL,
    closed_at {int},
    loss_reason {text} NOT NULL,
    competitor {text} NOT NULL,
    sourced_by {int} NOT NULL,
    playbook {int} NOT NULL,
    test {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    row_version {int} NOT NULL,
    events {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX opportunity_natural_key ON opportunity (source, source_id);
CREATE INDEX opportunity_newest ON opportunity (opened_at, id);
CREATE INDEX opportunity_account ON opportunity (account, opened_at, id);
CREATE INDEX opportunity_handoff ON opportunity (handoff) WHERE handoff <> '';

CREATE TABLE opportunity_contact (
    opportunity {text} NOT NULL,
    place {int} NOT NULL,
    lead {text} NOT NULL,
    role {text} NOT NULL,
    PRIMARY KEY (opportunity, place)
) {keyed};
CREATE INDEX opportunity_contact_lead ON opportunity_contact (lead);

-- What scoring, routing and sla tell of leads and handoffs. A row is made by the first event that mentions it; what no
-- event has told yet is NULL, or empty where nothing is told at most once.

-- survivor is the end of the chain of merged_into: the record that the person lives on in.
CREATE TABLE lead (
    id {text} NOT NULL PRIMARY KEY,
    survivor {text} NOT NULL,
    merged_into {text},
    created_at {int},
    source {text} NOT NULL,
    campaign {text} NOT NULL,
    partner {text} NOT NULL,
    account {text}
) {strict};
CREATE INDEX lead_survivor ON lead (survivor);
CREATE INDEX lead_account ON lead (account);
CREATE INDEX lead_created ON lead (created_at);

CREATE TABLE handoff (
    id {text} NOT NULL PRIMARY KEY,
    lead {text} NOT NULL,
    partner {text} NOT NULL,
    mql_at {int},
    sal_at {int},
    sql_at {int}
) {strict};
CREATE INDEX handoff_lead ON handoff (lead);

-- What was done with handoffs. sales is whether a person of sales is said to have done it, flagged whether that is more than a
-- person can do, counts whether it counts even so.
CREATE TABLE activity (
    handoff {text} NOT NULL,
    id {text} NOT NULL,
    occurred_at {int},
    sales {int} NOT NULL,
    flagged {int} NOT NULL,
    counts {int} NOT NULL,
    PRIMARY KEY (handoff, id)
) {keyed};

-- The ledger: one row for each engagement, for ever as it was told.
CREATE TABLE touch (
    id {text} NOT NULL PRIMARY KEY,
    lead {text} NOT NULL,
    type {text} NOT NULL,
    occurred_at {int} NOT NULL,
    recorded_at {int} NOT NULL,
    source {text} NOT NULL,
    source_event_id {text} NOT NULL,
    campaign {text} NOT NULL,
    channel {text} NOT NULL,
    asset {text} NOT NULL,
    automated {int} NOT NULL
) {strict};
CREATE INDEX touch_lead ON touch (lead, occurred_at);

-- +goose Down
DROP TABLE touch;
DROP TABLE activity;
DROP TABLE handoff;
DROP TABLE lead;
DROP TABLE opportunity_contact;
DROP TABLE opportunity;
DROP TABLE spend;
DROP TABLE campaign;

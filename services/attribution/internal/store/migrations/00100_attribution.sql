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

-- How a deal stood before, from updated_at on until until_at, with its people.
CREATE TABLE opportunity_past (
    id {text} NOT NULL,
    updated_at {int} NOT NULL,
    until_at {int} NOT NULL,
    account {text} NOT NULL,
    handoff {text} NOT NULL,
    amount_minor {int} NOT NULL,
    currency {text} NOT NULL,
    state {int} NOT NULL,
    recorded {int} NOT NULL,
    opened_at {int} NOT NULL,
    closed_at {int},
    PRIMARY KEY (id, updated_at)
) {keyed};
CREATE INDEX opportunity_past_opened ON opportunity_past (opened_at);

CREATE TABLE opportunity_contact_past (
    opportunity {text} NOT NULL,
    updated_at {int} NOT NULL,
    place {int} NOT NULL,
    lead {text} NOT NULL,
    role {text} NOT NULL,
    PRIMARY KEY (opportunity, updated_at, place)
) {keyed};
CREATE INDEX opportunity_contact_past_lead ON opportunity_contact_past (lead);

CREATE INDEX opportunity_created ON opportunity (created_at);

-- What scoring, routing and sla tell of leads and handoffs. A row is made by the first event that mentions it; what no
-- event has told yet is NULL, or empty where nothing is told at most once.

-- survivor is the end of the chain of merged_into: the record that the person lives on in. The row has stood so since known_at.
CREATE TABLE lead (
    id {text} NOT NULL PRIMARY KEY,
    survivor {text} NOT NULL,
    merged_into {text},
    created_at {int},
    source {text} NOT NULL,
    campaign {text} NOT NULL,
    partner {text} NOT NULL,
    account {text},
    known_at {int} NOT NULL
) {strict};
CREATE INDEX lead_survivor ON lead (survivor);
CREATE INDEX lead_account ON lead (account);
CREATE INDEX lead_created ON lead (created_at);

-- How a lead stood before, from known_at on until until_at.
CREATE TABLE lead_past (
    id {text} NOT NULL,
    known_at {int} NOT NULL,
    until_at {int} NOT NULL,
    survivor {text} NOT NULL,
    created_at {int},
    source {text} NOT NULL,
    account {text},
    PRIMARY KEY (id, known_at)
) {keyed};
CREATE INDEX lead_past_survivor ON lead_past (survivor);
CREATE INDEX lead_past_account ON lead_past (account);

-- Each milestone, and since when it is known.
CREATE TABLE handoff (
    id {text} NOT NULL PRIMARY KEY,
    lead {text} NOT NULL,
    partner {text} NOT NULL,
    mql_at {int},
    mql_known {int},
    sal_at {int},
    sal_known {int},
    sql_at {int},
    sql_known {int},
    known_at {int} NOT NULL
) {strict};
CREATE INDEX handoff_lead ON handoff (lead);

-- What was done with handoffs, and since when each is known: that a person of sales is said to have done it, that it is more
-- than a person can do, that it counts even so.
CREATE TABLE activity (
    handoff {text} NOT NULL,
    id {text} NOT NULL,
    occurred_at {int},
    sales_known {int},
    flag_known {int},
    count_known {int},
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

-- Whoever puts opportunities on record holds this row, and whoever takes in facts shares it: neither may miss the other.
CREATE TABLE freezing (
    id {int} NOT NULL PRIMARY KEY
) {strict};
INSERT INTO freezing (id) VALUES (0);

-- +goose Down
DROP TABLE freezing;
DROP TABLE touch;
DROP TABLE activity;
DROP TABLE handoff;
DROP TABLE lead_past;
DROP TABLE lead;
DROP TABLE opportunity_contact;
DROP TABLE opportunity_contact_past;
DROP TABLE opportunity_past;
DROP TABLE opportunity;
DROP TABLE spend;
DROP TABLE campaign;

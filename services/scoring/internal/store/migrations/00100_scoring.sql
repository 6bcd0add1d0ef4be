-- +goose Up

-- What everybody is judged by: a counter for accounts, and one for the playbook and the lists. Who judges shares the row,
-- who changes what people are judged by takes it for itself.
CREATE TABLE ground (
    id {int} NOT NULL PRIMARY KEY,
    accounts {int} NOT NULL,
    rules {int} NOT NULL
) {strict};
INSERT INTO ground (id, accounts, rules) VALUES (0, 0, 0);

-- One lead. What is personal stands in fields alone. personas are those that the lead is, with commas between; engaged_at is
-- when the person did something last, and review_at since when the decision in force waits for a person; 0 for never.
CREATE TABLE lead (
    id {text} NOT NULL PRIMARY KEY,
    source {text} NOT NULL,
    source_id {text} NOT NULL,
    partner {text} NOT NULL,
    test {int} NOT NULL,
    fields {text} NOT NULL,
    occurred_at {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    merged_into {text} NOT NULL,
    absorbed {int} NOT NULL,
    domain {text} NOT NULL,
    company {text} NOT NULL,
    account_ref {text} NOT NULL,
    account_id {text} NOT NULL,
    rule {text} NOT NULL,
    decisions {int} NOT NULL,
    qualification {int} NOT NULL,
    disqualifier {text} NOT NULL,
    cycle {int} NOT NULL,
    handoff {text} NOT NULL,
    qualified_at {int} NOT NULL,
    first_qualified_at {int} NOT NULL,
    outcome {int} NOT NULL,
    by_suite {int} NOT NULL,
    closed_at {int} NOT NULL,
    ruled {int} NOT NULL,
    ruled_at {int} NOT NULL,
    fit {int} NOT NULL,
    engagement_score {int} NOT NULL,
    combined {int} NOT NULL,
    intent {int} NOT NULL,
    over_line {int} NOT NULL,
    completeness {int} NOT NULL,
    playbook {int} NOT NULL,
    scored_at {int} NOT NULL,
    told {text} NOT NULL,
    personas {text} NOT NULL,
    engaged_at {int} NOT NULL,
    review_at {int} NOT NULL,
    version {int} NOT NULL,
    events {int} NOT NULL
) {strict};
CREATE INDEX lead_source ON lead (source, id);
CREATE INDEX lead_decided ON lead (qualification, id) WHERE qualification > 2;
CREATE INDEX lead_account ON lead (account_id, id) WHERE account_id <> '';
CREATE INDEX lead_partner ON lead (partner, id) WHERE partner <> '';
CREATE INDEX lead_merged ON lead (merged_into) WHERE merged_into <> '';
CREATE INDEX lead_domain ON lead (domain, id) WHERE domain <> '';
CREATE INDEX lead_company ON lead (company, id) WHERE company <> '';
CREATE INDEX lead_account_ref ON lead (account_ref, id) WHERE account_ref <> '';
CREATE INDEX lead_review ON lead (review_at, id) WHERE review_at > 0;
CREATE INDEX lead_committee ON lead (account_id, engaged_at, id) WHERE personas <> '';
-- Leads whose account a name that is alike could change: no stronger rule has decided.
CREATE INDEX lead_unsure ON lead (company) WHERE company <> '' AND rule IN ('UNMATCHED', 'NAME_FUZZY', 'REVIEW_NAME_MULTI', 'REVIEW_PERSON_MULTI');

-- The fields that a lead had before they changed, and until when.
CREATE TABLE lead_past (
    lead_id {text} NOT NULL,
    until {int} NOT NULL,
    fields {text} NOT NULL,
    PRIMARY KEY (lead_id, until)
) {keyed};

-- Which lead joined which, when, what the survivor was before, and until when (0: it lasts).
CREATE TABLE lead_edge (
    absorbed {text} NOT NULL,
    merged_at {int} NOT NULL,
    survivor {text} NOT NULL,
    parted_at {int} NOT NULL,
    before {text} NOT NULL,
    PRIMARY KEY (absorbed, merged_at)
) {keyed};
CREATE INDEX lead_edge_survivor ON lead_edge (survivor);

-- Two leads that may be one person, or that somebody said are two. The first is the older.
CREATE TABLE lead_pair (
    lead {text} NOT NULL,
    other {text} NOT NULL,
    evidence {int} NOT NULL,
    resolution {int} NOT NULL,
    found_at {int} NOT NULL,
    PRIMARY KEY (lead, other)
) {keyed};
CREATE INDEX lead_pair_other ON lead_pair (other);
CREATE INDEX lead_pair_open ON lead_pair (found_at, lead, other) WHERE resolution = 0;

-- What tells who a person is, within the scope of a partner or of everybody (''). Without a lead the person is known only
-- by what it did.
CREATE TABLE identity (
    kind {int} NOT NULL,
    source {text} NOT NULL,
    value {text} NOT NULL,
    scope {text} NOT NULL,
    lead_id {text} NOT NULL,
    PRIMARY KEY (kind, source, value, scope)
) {keyed};
CREATE INDEX identity_lead ON identity (lead_id);

-- What is about an account and nobody in particular has the account in place of a lead. known_at is since when it is known whose
-- it is: since it was recorded, unless it waited for its lead or account.
CREATE TABLE engagement (
    id {text} NOT NULL PRIMARY KEY,
    lead_id {text} NOT NULL,
    account_id {text} NOT NULL,
    source {text} NOT NULL,
    source_event_id {text} NOT NULL,
    type {text} NOT NULL,
    page {text} NOT NULL,
    form {text} NOT NULL,
    asset {text} NOT NULL,
    campaign {text} NOT NULL,
    channel {text} NOT NULL,
    automated {int} NOT NULL,
    occurred_at {int} NOT NULL,
    recorded_at {int} NOT NULL,
    known_at {int} NOT NULL,
    CONSTRAINT engagement_event UNIQUE (source, source_event_id)
) {strict};
CREATE INDEX engagement_lead ON engagement (lead_id, occurred_at, id);
CREATE INDEX engagement_account ON engagement (account_id, occurred_at, id) WHERE account_id <> '';

-- Engagements of people and accounts that are not known yet.
CREATE TABLE waiting (
    kind {int} NOT NULL,
    source {text} NOT NULL,
    value {text} NOT NULL,
    engagement_id {text} NOT NULL,
    PRIMARY KEY (kind, source, value, engagement_id)
) {keyed};

-- seq is ground.accounts as of the account's last change, so that a copy of the names in memory knows what it lacks.
CREATE TABLE account (
    id {text} NOT NULL PRIMARY KEY,
    ref {text} NOT NULL,
    source {text} NOT NULL,
    source_id {text} NOT NULL,
    test {int} NOT NULL,
    name_key {text} NOT NULL,
    parent {text} NOT NULL,
    company {text} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    version {int} NOT NULL,
    seq {int} NOT NULL,
    events {int} NOT NULL,
    CONSTRAINT account_ref UNIQUE (ref)
) {strict};
CREATE INDEX account_name ON account (name_key) WHERE name_key <> '';
CREATE INDEX account_parent ON account (parent) WHERE parent <> '';
CREATE INDEX account_seq ON account (seq);

CREATE TABLE account_domain (
    domain {text} NOT NULL,
    account_id {text} NOT NULL,
    PRIMARY KEY (domain, account_id)
) {keyed};
CREATE INDEX account_domain_account ON account_domain (account_id);

-- What was known of a company before it changed, and until when.
CREATE TABLE account_past (
    account_id {text} NOT NULL,
    until {int} NOT NULL,
    company {text} NOT NULL,
    PRIMARY KEY (account_id, until)
) {keyed};

-- What an account's events come to: the score (of people, and of its own), the surge, and when to look again. 0 is never.
-- failures is how often in a row nobody could look.
CREATE TABLE momentum (
    account_id {text} NOT NULL PRIMARY KEY,
    people {int} NOT NULL,
    own {int} NOT NULL,
    score {int} NOT NULL,
    heard {int} NOT NULL,
    surging {int} NOT NULL,
    surges {int} NOT NULL,
    began_at {int} NOT NULL,
    ended_at {int} NOT NULL,
    due_at {int} NOT NULL,
    failures {int} NOT NULL,
    events {int} NOT NULL
) {strict};
CREATE INDEX momentum_score ON momentum (score, account_id);
CREATE INDEX momentum_surging ON momentum (account_id) WHERE surging = 1;
CREATE INDEX momentum_heard ON momentum (account_id) WHERE heard = 1;
CREATE INDEX momentum_due ON momentum (due_at, account_id) WHERE due_at > 0;

-- Every surge of every account.
CREATE TABLE account_surge (
    account_id {text} NOT NULL,
    number {int} NOT NULL,
    began_at {int} NOT NULL,
    ended_at {int} NOT NULL,
    PRIMARY KEY (account_id, number)
) {keyed};

CREATE TABLE opportunity (
    id {text} NOT NULL PRIMARY KEY,
    account_id {text} NOT NULL,
    state {int} NOT NULL,
    owner {text} NOT NULL,
    opened_at {int} NOT NULL
) {strict};
CREATE INDEX opportunity_account ON opportunity (account_id);

CREATE TABLE match_decision (
    lead_id {text} NOT NULL,
    number {int} NOT NULL,
    rule {text} NOT NULL,
    account_id {text} NOT NULL,
    review {int} NOT NULL,
    candidates {text} NOT NULL,
    inputs_hash {text} NOT NULL,
    normaliser {int} NOT NULL,
    lists {text} NOT NULL,
    decided_at {int} NOT NULL,
    decider {text} NOT NULL,
    PRIMARY KEY (lead_id, number)
) {keyed};
CREATE INDEX match_decision_account ON match_decision (account_id, lead_id) WHERE account_id <> '';

-- Every version of every list; the one in force has the largest number.
CREATE TABLE reference_list (
    name {text} NOT NULL,
    version {int} NOT NULL,
    entries {text} NOT NULL,
    recorded_at {int} NOT NULL,
    PRIMARY KEY (name, version)
) {keyed};
CREATE TABLE reference_list_head (
    name {text} NOT NULL PRIMARY KEY,
    version {int} NOT NULL,
    events {int} NOT NULL
) {strict};

-- Who still has to be judged, or looked at, again, in the order of their ids: it is done up to after_id, and its second round
-- ends at upto_id. asked is how often it was asked for again, and failures how often in a row it could not go on. generation
-- tells it from others that had its id before.
CREATE TABLE job (
    id {text} NOT NULL PRIMARY KEY,
    generation {int} NOT NULL,
    scope {text} NOT NULL,
    after_id {text} NOT NULL,
    upto_id {text} NOT NULL,
    second {int} NOT NULL,
    asked {int} NOT NULL,
    due_at {int} NOT NULL,
    failures {int} NOT NULL
) {strict};
CREATE INDEX job_due ON job (due_at, id);

-- Whose turn it is to do what is due: whoever has the row locked. Nobody else locks it.
CREATE TABLE turn (
    id {int} NOT NULL PRIMARY KEY
) {strict};
INSERT INTO turn (id) VALUES (0);

-- +goose Down
DROP TABLE turn;
DROP TABLE job;
DROP TABLE reference_list_head;
DROP TABLE reference_list;
DROP TABLE match_decision;
DROP TABLE opportunity;
DROP TABLE account_surge;
DROP TABLE momentum;
DROP TABLE account_past;
DROP TABLE account_domain;
DROP TABLE account;
DROP TABLE waiting;
DROP TABLE engagement;
DROP TABLE identity;
DROP TABLE lead_pair;
DROP TABLE lead_edge;
DROP TABLE lead_past;
DROP TABLE lead;
DROP TABLE ground;

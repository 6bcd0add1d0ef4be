-- +goose Up
-- A handoff of which nothing is known yet has no more than its id. Those that came in together are told of together, too: half of
-- a page has room for all of them as they will be.
CREATE TABLE handoff (
    id {text} NOT NULL PRIMARY KEY,
    lead {text} NOT NULL DEFAULT '',
    partner {text} NOT NULL DEFAULT '',
    playbook {int} NOT NULL DEFAULT 0,
    mql_at {int},
    lacking {int},
    reason {int} NOT NULL DEFAULT 0,
    source {text} NOT NULL DEFAULT '',
    assign_at {int},
    touch_at {int},
    accepted {int} NOT NULL DEFAULT 0,
    sql {int} NOT NULL DEFAULT 0,
    for_sales {int} NOT NULL DEFAULT 0,
    facts {text} NOT NULL DEFAULT '{}',
    events {int} NOT NULL DEFAULT 0,
    version {int} NOT NULL DEFAULT 0
) {roomy};
CREATE INDEX handoff_lead ON handoff (lead);
CREATE INDEX handoff_mql ON handoff (mql_at) WHERE mql_at IS NOT NULL;

CREATE TABLE clock (
    handoff {text} NOT NULL,
    kind {text} NOT NULL,
    run {int} NOT NULL,
    state {int} NOT NULL,
    reason {text} NOT NULL DEFAULT '',
    tier {text} NOT NULL DEFAULT '',
    rep {text} NOT NULL DEFAULT '',
    pool {text} NOT NULL DEFAULT '',
    calendar {text} NOT NULL DEFAULT '',
    edition {int} NOT NULL DEFAULT 0,
    start_at {int} NOT NULL DEFAULT 0,
    risk_at {int},
    due_at {int},
    stop_at {int},
    elapsed {int} NOT NULL,
    answered {int} NOT NULL DEFAULT 0,
    goal {int} NOT NULL DEFAULT 0,
    causes {text} NOT NULL,
    told {int} NOT NULL,
    next_at {int},
    changed_at {int} NOT NULL,
    changed_by {text} NOT NULL,
    PRIMARY KEY (handoff, kind, run)
) {keyed};
CREATE INDEX clock_next ON clock (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX clock_due ON clock (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX clock_overdue ON clock (due_at) WHERE state = 3;
CREATE INDEX clock_calendar ON clock (calendar, handoff) WHERE state IN (1, 3, 6) AND calendar <> '';

CREATE TABLE activity (
    handoff {text} NOT NULL,
    occur_at {int} NOT NULL,
    id {text} NOT NULL,
    type {int} NOT NULL,
    rep {text} NOT NULL,
    automated {int} NOT NULL,
    source {text} NOT NULL,
    source_id {text} NOT NULL,
    record_at {int} NOT NULL,
    actor {text} NOT NULL,
    vouched {int} NOT NULL,
    suspect {int} NOT NULL,
    confirm_at {int},
    PRIMARY KEY (handoff, occur_at, id)
) {keyed};
CREATE INDEX activity_actor ON activity (actor, occur_at, id) WHERE actor <> '';
CREATE INDEX activity_suspect ON activity (occur_at, id) WHERE suspect = 1 AND confirm_at IS NULL;
CREATE UNIQUE INDEX activity_source ON activity (handoff, source, source_id) WHERE source <> '' AND source_id <> '';

-- Who records what an actor did holds its row, so that none overlooks another.
CREATE TABLE actor (
    name {text} NOT NULL PRIMARY KEY
) {strict};

-- A calendar of version 0 is one that clocks wait for.
CREATE TABLE calendar (
    id {text} NOT NULL PRIMARY KEY,
    version {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    events {int} NOT NULL
) {strict};

CREATE TABLE calendar_edition (
    calendar {text} NOT NULL,
    version {int} NOT NULL,
    from_at {int} NOT NULL,
    digest {text} NOT NULL,
    document {bytes} NOT NULL,
    PRIMARY KEY (calendar, version)
) {strict};

-- Running clocks that a changed calendar moves are reckoned anew handoff by handoff.
CREATE TABLE sweep (
    calendar {text} NOT NULL PRIMARY KEY,
    version {int} NOT NULL,
    after {text} NOT NULL,
    since {int} NOT NULL
) {strict};

-- The last period of each length that is closed. Who closes one holds the row.
CREATE TABLE closing (
    length {text} NOT NULL PRIMARY KEY,
    latest {text} NOT NULL
) {strict};

CREATE TABLE closed_period (
    name {text} NOT NULL PRIMARY KEY,
    length {text} NOT NULL,
    start_at {int} NOT NULL,
    end_at {int} NOT NULL,
    zone {text} NOT NULL,
    close_at {int} NOT NULL,
    role {text} NOT NULL,
    playbook {text} NOT NULL,
    clocks {int} NOT NULL
) {strict};

-- The report of everybody is that of no rep.
CREATE TABLE closed_report (
    period {text} NOT NULL,
    rep {text} NOT NULL,
    document {bytes} NOT NULL,
    PRIMARY KEY (period, rep)
) {strict};

CREATE TABLE closed_clock (
    period {text} NOT NULL,
    handoff {text} NOT NULL,
    kind {text} NOT NULL,
    run {int} NOT NULL,
    outcome {int} NOT NULL,
    answered {int} NOT NULL,
    elapsed {int} NOT NULL,
    due_at {int} NOT NULL,
    tier {text} NOT NULL,
    rep {text} NOT NULL,
    pool {text} NOT NULL,
    source {text} NOT NULL,
    causes {text} NOT NULL,
    gone_at {int},
    gone_by {text},
    PRIMARY KEY (period, handoff, kind, run)
) {keyed};
CREATE INDEX closed_clock_handoff ON closed_clock (handoff, kind, run);

-- +goose Down
DROP TABLE closed_clock;
DROP TABLE closed_report;
DROP TABLE closed_period;
DROP TABLE closing;
DROP TABLE sweep;
DROP TABLE calendar_edition;
DROP TABLE calendar;
DROP TABLE actor;
DROP TABLE activity;
DROP TABLE clock;
DROP TABLE handoff;

-- +goose Up
CREATE TABLE rep (
    id {text} NOT NULL PRIMARY KEY,
    display_name {text} NOT NULL,
    issuer {text} NOT NULL,
    subject {text} NOT NULL,
    team {text} NOT NULL,
    manager {text} NOT NULL,
    calendar {text} NOT NULL,
    active {int} NOT NULL,
    offline_at {int} NOT NULL,
    offline_cause {text} NOT NULL,
    max_open {int},
    max_per_day {int},
    max_per_week {int},
    rolling_days {int} NOT NULL,
    rolling_max {int} NOT NULL,
    coverage {text} NOT NULL,
    open_count {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    row_version {int} NOT NULL,
    events {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX rep_identity ON rep (issuer, subject) WHERE subject <> '';

CREATE TABLE absence (
    id {text} NOT NULL PRIMARY KEY,
    rep {text} NOT NULL,
    start_at {int} NOT NULL,
    end_at {int} NOT NULL,
    kind {text} NOT NULL,
    cover {text} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    row_version {int} NOT NULL,
    events {int} NOT NULL
) {strict};
CREATE INDEX absence_start ON absence (rep, start_at, id);
CREATE INDEX absence_end ON absence (rep, end_at);
CREATE INDEX absence_cover ON absence (cover, end_at) WHERE cover <> '';

-- When a timer wants to look at what a rep's coming or going means for their handoffs.
CREATE TABLE attendance (
    rep {text} NOT NULL PRIMARY KEY,
    due_at {int} NOT NULL
) {strict};
CREATE INDEX attendance_due ON attendance (due_at, rep);

CREATE TABLE pool (
    id {text} NOT NULL PRIMARY KEY,
    display_name {text} NOT NULL,
    mode {int} NOT NULL,
    overflow {text} NOT NULL,
    calendar {text} NOT NULL,
    fairness_group {text} NOT NULL,
    book {text} NOT NULL,
    accrue_when_capped {int} NOT NULL,
    free_declines {int} NOT NULL,
    max_deficit {int} NOT NULL,
    owner_turns {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    row_version {int} NOT NULL,
    events {int} NOT NULL
) {strict};
CREATE INDEX pool_overflow ON pool (overflow) WHERE overflow <> '';
CREATE INDEX pool_book ON pool (book);

CREATE TABLE pool_member (
    pool {text} NOT NULL,
    rep {text} NOT NULL,
    PRIMARY KEY (pool, rep)
) {keyed};
CREATE INDEX pool_member_rep ON pool_member (rep);

-- What people pick from, and the pools whose members may.
CREATE TABLE queue (
    id {text} NOT NULL PRIMARY KEY,
    display_name {text} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    row_version {int} NOT NULL,
    events {int} NOT NULL
) {strict};

CREATE TABLE queue_pool (
    queue {text} NOT NULL,
    pool {text} NOT NULL,
    PRIMARY KEY (queue, pool)
) {keyed};
CREATE INDEX queue_pool_pool ON queue_pool (pool);

-- The ledger of a pool, or of the pools of a group. Whoever decides locks its row.
CREATE TABLE book (
    id {text} NOT NULL PRIMARY KEY,
    epoch {int} NOT NULL,
    turn {int} NOT NULL,
    decisions {int} NOT NULL,
    visits {int} NOT NULL
) {strict};

CREATE TABLE account (
    book {text} NOT NULL,
    rep {text} NOT NULL,
    weight {int} NOT NULL,
    entitled {int} NOT NULL,
    credits {int} NOT NULL,
    last_at {int} NOT NULL,
    joined {int} NOT NULL,
    accruing {int} NOT NULL,
    PRIMARY KEY (book, rep)
) {keyed};

-- What owners got past a pool, and what does not count as a turn.
CREATE TABLE owner_count (
    pool {text} NOT NULL,
    rep {text} NOT NULL,
    leads {int} NOT NULL,
    PRIMARY KEY (pool, rep)
) {keyed};

-- The set that accrues in an epoch. With it and a row of the ledger a decision can be taken back.
CREATE TABLE roster (
    book {text} NOT NULL,
    epoch {int} NOT NULL,
    members {text} NOT NULL,
    PRIMARY KEY (book, epoch)
) {keyed};

CREATE TABLE ledger (
    book {text} NOT NULL,
    epoch {int} NOT NULL,
    turn {int} NOT NULL,
    pool {text} NOT NULL,
    rep {text} NOT NULL,
    handoff {text} NOT NULL,
    assignment {int} NOT NULL,
    rule {int} NOT NULL,
    tie {int} NOT NULL,
    clamped {text} NOT NULL,
    decided_at {int} NOT NULL,
    credited_at {int} NOT NULL,
    credit_reason {int} NOT NULL,
    credited_by {text} NOT NULL,
    PRIMARY KEY (book, epoch, turn)
) {keyed};
CREATE INDEX ledger_rep ON ledger (book, rep, epoch, turn);

CREATE TABLE handoff (
    id {text} NOT NULL PRIMARY KEY,
    kind {int} NOT NULL,
    lead {text} NOT NULL,
    account {text} NOT NULL,
    cycle {int} NOT NULL,
    state {int} NOT NULL,
    outcome {int} NOT NULL,
    tier {text} NOT NULL,
    rank {int} NOT NULL,
    rule {text} NOT NULL,
    destination {int} NOT NULL,
    home {text} NOT NULL,
    owner {text} NOT NULL,
    queue {text} NOT NULL,
    fallback {text} NOT NULL,
    needs {text} NOT NULL,
    programme {text} NOT NULL,
    pool {text} NOT NULL,
    rep {text} NOT NULL,
    cover {text} NOT NULL,
    cover_for {text} NOT NULL,
    assignment {int} NOT NULL,
    hold_reason {int} NOT NULL,
    held_at {int} NOT NULL,
    next_at {int} NOT NULL,
    due_at {int} NOT NULL,
    playbook {int} NOT NULL,
    partner {text} NOT NULL,
    source {text} NOT NULL,
    source_id {text} NOT NULL,
    meeting {text} NOT NULL,
    rubric {bytes},
    mql_at {int} NOT NULL,
    assigned_at {int} NOT NULL,
    accepted_at {int} NOT NULL,
    closed_at {int} NOT NULL,
    test {int} NOT NULL,
    decisions {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    row_version {int} NOT NULL,
    events {int} NOT NULL
) {strict};
CREATE INDEX handoff_lead ON handoff (lead, id);
CREATE INDEX handoff_rep ON handoff (rep, id) WHERE rep <> '';
CREATE INDEX handoff_open ON handoff (rep) WHERE state IN (2, 3);
CREATE INDEX handoff_deputy ON handoff (cover_for) WHERE state = 2 AND cover_for <> '';
CREATE INDEX handoff_partner ON handoff (partner, id) WHERE partner <> '';
CREATE INDEX handoff_meeting ON handoff (id) WHERE kind = 2;
CREATE INDEX handoff_state ON handoff (state, id);
-- The holding queue: in its order, as a whole, by pool and by what people pick from; by whom it waits for, and by when to
-- look again.
CREATE INDEX handoff_held ON handoff (rank, mql_at, id) WHERE state = 1;
CREATE INDEX handoff_home ON handoff (home, rank, mql_at, id) WHERE state = 1;
CREATE INDEX handoff_queue ON handoff (queue, rank, mql_at, id) WHERE state = 1;
CREATE INDEX handoff_owner ON handoff (owner) WHERE state = 1 AND owner <> '';
CREATE INDEX handoff_fallback ON handoff (fallback) WHERE state = 1 AND fallback <> '';
CREATE INDEX handoff_due ON handoff (due_at) WHERE due_at > 0;

CREATE TABLE handoff_context (
    handoff {text} NOT NULL PRIMARY KEY,
    body {bytes} NOT NULL
) {strict};

-- How it was decided where a handoff goes. Calendars, weights and caps of then cannot be read anywhere else.
CREATE TABLE route_decision (
    handoff {text} NOT NULL,
    number {int} NOT NULL,
    decided_at {int} NOT NULL,
    body {bytes} NOT NULL,
    PRIMARY KEY (handoff, number)
) {keyed};

CREATE TABLE assignment (
    handoff {text} NOT NULL,
    number {int} NOT NULL,
    rep {text} NOT NULL,
    pool {text} NOT NULL,
    queue {text} NOT NULL,
    book {text} NOT NULL,
    epoch {int} NOT NULL,
    turn {int} NOT NULL,
    assigned_at {int} NOT NULL,
    cause {int} NOT NULL,
    answer {int} NOT NULL,
    reason {int} NOT NULL,
    answered_at {int} NOT NULL,
    disposition {int} NOT NULL,
    outcome {int} NOT NULL,
    disposed_at {int} NOT NULL,
    over {int} NOT NULL,
    PRIMARY KEY (handoff, number)
) {keyed};
CREATE INDEX assignment_rep ON assignment (rep, assigned_at);
CREATE UNIQUE INDEX assignment_active ON assignment (handoff) WHERE over = 0;

CREATE TABLE calendar (
    id {text} NOT NULL PRIMARY KEY,
    version {int} NOT NULL,
    body {bytes} NOT NULL
) {strict};

-- Leads that turned out to be another one.
CREATE TABLE merged_lead (
    id {text} NOT NULL PRIMARY KEY,
    survivor {text} NOT NULL
) {strict};
CREATE INDEX merged_lead_survivor ON merged_lead (survivor);

-- Whoever makes something that others may be looking for in vain, and whoever looked in vain, pass here one at a time.
CREATE TABLE gate (
    id {int} NOT NULL PRIMARY KEY,
    visits {int} NOT NULL
) {strict};
INSERT INTO gate (id, visits) VALUES (0, 0);

-- +goose Down
DROP TABLE gate;
DROP TABLE merged_lead;
DROP TABLE calendar;
DROP TABLE assignment;
DROP TABLE route_decision;
DROP TABLE handoff_context;
DROP TABLE handoff;
DROP TABLE ledger;
DROP TABLE roster;
DROP TABLE owner_count;
DROP TABLE account;
DROP TABLE book;
DROP TABLE queue_pool;
DROP TABLE queue;
DROP TABLE pool_member;
DROP TABLE pool;
DROP TABLE attendance;
DROP TABLE absence;
DROP TABLE rep;

-- +goose Up
CREATE TABLE handoff (
    id {text} NOT NULL PRIMARY KEY,
    lead {text} NOT NULL,
    playbook {int} NOT NULL,
    partner {text} NOT NULL,
    source {text} NOT NULL,
    campaign {text} NOT NULL,
    kind {int} NOT NULL,
    meeting {text} NOT NULL,
    lead_magnet {text} NOT NULL,
    mql_at {int} NOT NULL,
    answers {int} NOT NULL,
    events {int} NOT NULL
) {strict};

CREATE TABLE meeting (
    name {text} NOT NULL PRIMARY KEY,
    handoff_id {text} NOT NULL,
    partner {text} NOT NULL,
    playbook {int} NOT NULL,
    added {int} NOT NULL,
    brought_at {int} NOT NULL,
    checks {bytes} NOT NULL
) {strict};
CREATE INDEX meeting_handoff ON meeting (handoff_id, brought_at, name);
CREATE INDEX meeting_partner ON meeting (partner, brought_at, name);

CREATE TABLE answer (
    principal {text} NOT NULL,
    asked {text} NOT NULL,
    request_id {text} NOT NULL,
    actor_kind {int} NOT NULL,
    handoff_id {text} NOT NULL,
    assignment {int} NOT NULL,
    step {int} NOT NULL,
    rep {text} NOT NULL,
    answered_by {text} NOT NULL,
    taken {int} NOT NULL,
    stored_at {int} NOT NULL,
    reason {int} NOT NULL,
    detail {text} NOT NULL,
    evidence {text} NOT NULL,
    competitor {text} NOT NULL,
    outcome {int} NOT NULL,
    target {int} NOT NULL,
    rating {int} NOT NULL,
    message_match {int} NOT NULL,
    next_action {int} NOT NULL,
    confirmed {text} NOT NULL,
    next_step {text} NOT NULL,
    comment {text} NOT NULL,
    finding {int} NOT NULL,
    PRIMARY KEY (principal, asked)
) {keyed};
CREATE INDEX answer_stored ON answer (stored_at);

CREATE TABLE verdict (
    handoff_id {text} NOT NULL,
    assignment {int} NOT NULL,
    step {int} NOT NULL,
    rep {text} NOT NULL,
    answered_by {text} NOT NULL,
    state {int} NOT NULL,
    answered_at {int} NOT NULL,
    principal {text} NOT NULL,
    request_id {text} NOT NULL,
    actor_kind {int} NOT NULL,
    standing {int} NOT NULL,
    counted_reason {int} NOT NULL,
    disputed {int} NOT NULL,
    reason {int} NOT NULL,
    detail {text} NOT NULL,
    evidence {text} NOT NULL,
    competitor {text} NOT NULL,
    outcome {int} NOT NULL,
    target {int} NOT NULL,
    rating {int} NOT NULL,
    message_match {int} NOT NULL,
    next_action {int} NOT NULL,
    confirmed {text} NOT NULL,
    next_step {text} NOT NULL,
    comment {text} NOT NULL,
    finding {int} NOT NULL,
    PRIMARY KEY (handoff_id, assignment, step)
) {keyed};
CREATE INDEX verdict_answered ON verdict (answered_at);
CREATE INDEX verdict_open ON verdict (handoff_id) WHERE state = 0;

-- +goose Down
DROP TABLE verdict;
DROP TABLE answer;
DROP TABLE meeting;
DROP TABLE handoff;

// Package playbook keeps the agreement of marketing and sales: drafts, the signatures of both teams, and the one version
// in force.
//
// A version's document never changes; what was signed is its hash. The rules of signing are in internal/agreement, the
// reading of YAML and its problems in internal/document. When a version comes into force, PlaybookActivated carries the
// whole document to every service that works by it, and the version before is retired in the same transaction.
//
// # Rehearsal
//
// SimulatePlaybook rehearses a draft on history beside another version, before anybody signs it. It stores nothing:
//
//	Attribution: what became of leads ──┐
//	Scoring: judge all of them again ───┼──▶ internal/rehearsal adds up ──▶ gained, lost, tiers, precision, recall, load
//	Routing: who would have got them ───┤
//	SLA: the clocks that would have run ┘
//
// Leads stream through: what is held is one small entry for each handoff that would have begun, and a bounded number of
// examples, which are ids. One version at a time is rehearsed in a process. The result is exact for activation now: what it
// names is what would begin if the draft came into force at that instant, while nobody else writes.
//
// Invariants: versions count from 1 without a gap; at most one is active; an active or retired one has two signatures of
// different people.
package playbook

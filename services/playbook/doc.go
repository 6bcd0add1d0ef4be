// Package playbook keeps the agreement of marketing and sales: drafts, the signatures of both teams, and the one version
// in force.
//
// A version's document never changes; what was signed is its hash. The rules of signing are in internal/agreement, the
// reading of YAML and its problems in internal/document, what differs between two versions in internal/difference, and
// playbooks to begin with in internal/preset. When a version comes into force, PlaybookActivated carries the whole document
// to every service that works by it, and the version before is retired in the same transaction.
//
// A version in force asks to be looked at again when review_every has passed, when the win rate or the share of MQLs that
// become SQLs falls further than the playbook tolerates, when sales rejects leads for one reason so often that it cannot
// well be luck, and when the mean rating of leads falls: each cause once, as ReviewDue and on the version. A reason that only
// some reps give again and again asks for none. The review ends when a version comes into force, be it the same document signed again. Going back to an earlier version is a new
// version with its document, which both teams sign like any other.
//
// A team may refuse a version before it comes into force: PlaybookRefused tells of it, without what the team wrote.
//
// An AI agent or an import may write a draft, and is marked as its origin for ever. It may open the draft for signature,
// which decides nothing; only people sign, refuse and activate.
//
// # Simulation
//
// SimulatePlaybook simulates a draft on history beside another version, before anybody signs it. It stores nothing:
//
//	Attribution: what became of leads ──┐
//	Scoring: judge all of them again ───┼──▶ internal/hindsight adds up ──▶ gained, lost, tiers, precision, recall, load
//	Routing: who would have got them ───┤
//	SLA: the clocks that would have run ┘
//
// Leads stream through: what is held is one small entry for each handoff that would have begun, and a bounded number of
// examples, which are ids. One version at a time is simulated in a process. The result is exact for activation now: what it
// names is what would begin if the draft came into force at that instant, while nobody else writes. Where a version asks for
// what history does not tell, the result says so in a caution.
//
// Invariants: versions count from 1 without a gap; at most one is active; an active or retired one has two signatures of
// different people.
package playbook

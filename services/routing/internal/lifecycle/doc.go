// Package lifecycle is the life of a handoff as a state machine. It says which
// step can follow which, who may take it, and what it leads to, and it is the
// only place that says so.
//
//	             ┌─ reassign ─┐     ┌──── reassign ────┐
//	             │            ▼     ▼                  │
//	NEW ─ assign ┴─────────▶ ASSIGNED ──── accept ─▶ ACCEPTED
//	 │                       ▲  │   │                  │
//	 │                 assign│  │   │reject            │dispose
//	hold                     │  │   │recycle           │recycle
//	 │                       │  │   │                  │
//	 └─────────────────▶ HELD ◀─┘   ▼                  ▼
//	                      decline  CLOSED(outcome) ◀───┘
//
// The whole of it, with · for a step that is refused:
//
//	          NEW       HELD      ASSIGNED  ACCEPTED  CLOSED
//	hold      HELD      HELD      HELD      HELD      ·
//	assign    ASSIGNED  ASSIGNED  ·         ·         ·
//	reassign  ·         ·         ASSIGNED  ASSIGNED  ·
//	nurture   CLOSED    ·         ·         ·         ·
//	withdraw  CLOSED    CLOSED    CLOSED    CLOSED    ·
//	accept    ·         ·         ACCEPTED  ·         ·
//	decline   ·         ·         HELD      ·         ·
//	reject    ·         ·         CLOSED    ·         ·
//	recycle   ·         ·         CLOSED    CLOSED    ·
//	dispose   ·         ·         ·         CLOSED    ·
//
// NEW is a handoff that is not open yet: nurture and withdraw open and close it at
// once. A declined handoff is HELD until it is assigned again, as a rule in the
// same transaction.
//
// # Assignments
//
// Each assign and reassign makes the next assignment: 1, 2, … A rep's answer names
// the assignment that the rep saw. What can happen in two states, such as a
// reassignment or a recycle, names the whole [View] that its caller saw. So of
// all that compete over one assignment, a rep, a stand-in, a manager and an
// escalation, exactly one wins and the others are told why not.
//
// # Invariants
//
//   - Next is a pure function and never writes to the handoff that it is given.
//   - CLOSED is final and has an outcome; no other state has one.
//   - An assignment gets at most one answer, and at most one disposition after
//     an acceptance.
//   - A refusal to a stranger reveals nothing: it is the same whatever the
//     state, and whoever has the handoff.
package lifecycle

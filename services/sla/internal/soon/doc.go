// Package soon keeps in memory which handoffs have something to tell soon, so that the loop need not ask the table for it at
// the instant.
//
//	         found in the table        heard of, as it was stored
//	                 │                            │
//	                 ▼                            ▼
//	now ──┬── entry ── entry ── entry ── entry ──┬── until ┈┈ not kept: a later look finds it
//	      │
//	      └─ Take: what is due ──▶ at work ──▶ Done
//
// The table is the truth. The list is what a look at the table found, and what was stored since; other replicas' work it
// learns of by the next look. An entry may be out of date, so who takes it must still see whether there is something to tell.
//
// # Invariants
//
//   - What was in the table at the last look, or was heard of since that look began, and is due by the list's end, is in the
//     list until it is taken. Nothing is lost between the look and what is stored while it looks.
//   - What is at work is not brought back by a look, which may see the table as it was before. What the work has left in the table
//     is found by a look that begins once it is done.
//   - The list holds no more than twice as many entries as it was made for. What does not fit waits for a later look.
package soon

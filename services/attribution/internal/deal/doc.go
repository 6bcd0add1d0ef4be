// Package deal holds the rules of an opportunity's record: what may stand in it, how what another system says of it is
// merged into it, and what has to be told after a change.
//
//	              ┌──────── reopened ────────┐
//	              ▼                          │
//	(nothing) ─▶ OPEN ─── won or lost ─▶ WON │ LOST
//	    │                                  ▲ │
//	    └────── reported when over ────────┘ └─ corrected
//
//	Created, Closed if over     Changed     Closed
//
// The record follows the system that sales works in, so every way between the states is open: a deal may be reported when
// it is long over, corrected, and opened again.
//
// # Invariants
//
//   - Source and source id name a deal for ever.
//   - A deal has an instant of opening, which is not in the future.
//   - A deal that was won or lost has an instant of closing, not before its opening. An open deal has none.
//   - An amount is not negative.
//   - Merging what is known already changes nothing, and then there is nothing to tell.
package deal

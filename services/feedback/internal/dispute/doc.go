// Package dispute holds the rules by which the two teams settle what they make of a verdict.
//
// A verdict that turns a lead away, a rejection or a disposition as disqualified, can be disputed: by itself, where what
// sales says does not bear its reason out, or by marketing or the partner who brought the lead. Each team then says what
// it holds:
//
//	                      ┌── marketing upholds, or sales overturns: whoever concedes ends it ──┐
//	                      ├── both say the same ────────────────────────────────────────────────┤
//	open ──▶ OPEN ────────┤                                                                     ├──▶ RESOLVED
//	                      ├── they differ ───────────────────────────▶ somebody settles it ─────┤
//	                      ├── one says something, the other nothing ──term──▶ the same ─────────┘
//	                      └── neither says anything ──term──▶ LAPSED, which upholds the verdict
//
// What is decided is one of three things. The verdict is upheld, and counts as it was given; overturned, and no reason
// counts; or reclassified, and another reason counts.
//
// # Invariants
//
//   - Only people open disputes, speak for a team and settle. Nobody speaks for both teams.
//   - A team may say something else as long as the dispute is open; what it said last is what it holds.
//   - A dispute ends once, and never changes afterwards.
//   - A dispute that the teams have not touched is over from its term on, whether or not anybody has noticed.
//   - An instant at which something ends is past it: windows are half open.
package dispute

// Package presence says whether a rep can take another lead at an instant, and if not, when.
//
// What stands in the way is asked in this order, and the first answer counts:
//
//	inactive ─▶ on leave ─▶ off shift ─▶ at a cap ─▶ available
//
// # Caps
//
// There are two: how many handoffs a rep holds open at once, and how many the rep gets on one local day. A local day is
// a date on the wall of the rep's calendar, so it has 23 or 25 hours when the clocks change. A handoff that was given
// away again still counts for the day on which it came.
//
// # Invariants
//
//   - [Rep.Next] never promises too early: until the instant that it names, the rep is not available, whatever else
//     happens but an edit of the rep, the absences or the calendar, or a handoff that closes.
//   - A calendar that is not known keeps its reps off shift. Nobody is guessed to be at work.
package presence

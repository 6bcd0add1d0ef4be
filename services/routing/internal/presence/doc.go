// Package presence says whether a rep can take another lead at an instant, and if not, when.
//
// What stands in the way is asked in this order, and the first answer counts:
//
//	inactive ─▶ on leave ─▶ off shift ─▶ at a cap ─▶ available
//
// # Caps
//
// One is on how many handoffs a rep holds open at once. The others are on how many come: on one local day, in one week from
// Monday on, in the last so many days. A local day is a date on the wall of the rep's calendar, so it has 23 or 25 hours
// when the clocks change. What is kept is the instants at which handoffs came, and each question is asked anew of the
// calendar at hand: a rep who moves to another zone has not got fewer by it. A handoff that was given away again still
// counts for when it came.
//
// # Invariants
//
//   - [Rep.Next] never promises too early: until the instant that it names, the rep is not available, whatever else
//     happens but an edit of the rep, the absences or the calendar, or a handoff that closes.
//   - A calendar that is not known keeps its reps off shift. Nobody is guessed to be at work.
package presence

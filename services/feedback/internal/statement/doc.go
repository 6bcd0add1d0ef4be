// Package statement holds the rules by which a partner is told, month by month, what became of the meetings that it brought,
// and what it gets for them.
//
//	            ┌──accept──────────────▶ ACCEPTED ◀──overturned──┐
//	PENDING ────┼──reject──▶ REJECTED ◀──upheld────────────── DISPUTED
//	            │                └───────disputed────────────────▲
//	            ├──recycle─▶ RECYCLED
//	            └──no answer: the lead was another one ──▶ DUPLICATE, else ──▶ WITHDRAWN
//
// A meeting is stated once, in the month in which it was brought. What becomes of it after that month was archived is a
// correction in the month in which that is known: it says what was stated, what is so now, and the difference of the fees.
//
// # Invariants
//
//   - What became of a meeting is a function of what is known of it, in whatever order that arrived.
//   - Whatever was stated in between, the amounts of all lines about a meeting add up to the fee for what became of it.
//   - Only one meeting of a handoff is answered for: the first that was brought. Others are duplicates.
package statement

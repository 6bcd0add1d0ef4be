// Package cover says who stands in for reps who are away.
//
//	ann is away, bob covers      ann ─▶ bob              bob stands in for ann
//	bob is away too, cat covers  ann ─▶ bob ─▶ cat       cat stands in for both
//	cat is away, nobody covers   ann ─▶ bob ─▶ cat ─▶ ∅  nobody stands in
//
// Whoever stands in is the first in the row who is not away. A row has an end: an absence that would close a circle, or make
// a row of more than [Most] covers, is refused when it is entered.
package cover

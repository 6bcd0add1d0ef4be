// Package weekly knows when something comes out that comes out once a week, such as Mondays at seven by the clocks of New York.
//
//	     Mon 00:00        Sun 24:00   Mon 07:00
//	──────┬────────────────────┬──────────┬─────────────▶
//	      └─ the ISO week ─────┘          └ comes out
//
// The week that comes out is the last that is over by then. A clock that is changed moves the instant with it; of a time that a day
// does not have, or has twice, it is one of the two instants that can be meant.
//
// Invariant: the instants follow each other, one for each week of the zone.
package weekly

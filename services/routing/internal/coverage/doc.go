// Package coverage says whether a rep can take a lead by what they know and where they work: its segment, its region, the
// skills and the languages that it needs.
//
// It is strict: a rep who is not said to speak German does not, and a lead that needs nothing suits everybody.
//
// # Invariants
//
//   - The sets of a [Coverage] made by [New] or [Union] are sorted and name nothing twice.
//   - What covers two needs covers their union, and the other way round.
package coverage

// Package demo plays a month of a made-up company through the public API, on the test clock.
//
// The company sells software. It has about 300 accounts in its books, 25 reps in three time zones with holidays and
// absences, and marketing that brings 2,000 leads with some 20,000 engagements: with duplicates, free-mail addresses and
// addresses that are none. Its reps are people: some answer at once, some late, some never call, some reject too much.
//
// The month is a script and a cast. The script is what the world does (leads, engagements, spend), fixed by the seed. The
// cast are the reps, who react to what the suite gives them; how each reacts depends on the seed, the rep and the handoff
// alone. So the same seed gives the same month to the byte, on either database, and a play that was killed goes on where
// it was: whatever lies before the stored instant has been done, and whatever belongs to it is sent again with the same
// request id.
package demo

// Package demo plays a month of a made-up company through the public API, on the test clock.
//
// The company sells software. It has 420 accounts in its books, 25 reps in four time zones with holidays and absences, and
// marketing that brings 2,000 leads with some 20,000 engagements: with duplicates, free-mail addresses and addresses that
// are none. Its reps are people: some answer at once, some late, some never call, one rejects too much. Sales goes after
// some accounts by itself: a few of them marketing never reaches, a few only after the deal was opened.
//
// What the playbook says is not all there is to it: the product rarely suits companies of less than 400 people, those whom the
// ads on social networks bring are seldom ready, and of some companies the books are wrong (prospect.go). The reps find that
// out, one handoff at a time, and their answers tell.
//
// The month is a script and a cast. The script is what the world does (leads, engagements, spend, deals of sales' own),
// fixed by the seed. The cast are the reps, who react to what the suite gives them; how each reacts depends on the seed,
// the rep, the handoff and the person whom it is about. So the same seed gives the same month to the byte, on either
// database, and a play that was killed goes on where it was: whatever lies before the stored instant has been done, and
// whatever belongs to it is sent again with the same request id.
//
// At the end the books must balance: what was sent, what the services list, what they report and what the journal tells
// are counted apart and held against each other (balance.go).
package demo

// Package recalibrate finds what to change in a playbook so that more of the leads that it hands over are good ones, and
// measures honestly whether it would have helped.
//
// It works on cases: leads that were handed over, what sales made of each, and how each stood when it qualified. Older
// weeks choose the changes, one after the other; younger ones, held out, judge all of them together:
//
//	training weeks                                     held-out weeks
//	─────────────────────────────────────────────────┬──────────────────────────
//	candidates ──▶ judged ──▶ the best one is taken ─┐│
//	     ▲                                           ││
//	     └──────────── up to so many changes ────────┘├──▶ judged once ──▶ Passes
//
// The search says what it wants to have judged (Trials), is told who would have qualified (Learn), and goes on until it
// asks for nothing. Who judges is not its business: it knows no more of a lead than that.
//
// # Equal volume
//
// Asking for more always makes what is left look better, so a draft is held against the playbook at the same volume. Of the
// cases that the playbook had qualified and sales had answered, the draft keeps some, v. They are compared with the v cases
// that the playbook itself holds best: by combined score, then the earlier one, then by name. Nothing is claimed of leads
// that the playbook never handed over: nobody has judged them.
//
// # Chance
//
// The best of hundreds of candidates always looks good on the cases that chose it, so figures of the training weeks prove
// nothing. The held-out weeks are looked at once, for the one winner: it passes if it gains there, and chance would swap
// leads so well in fewer than one of twenty draws (one-sided exact test of Fisher, The Design of Experiments, 1935). The
// first change needs no other guard. Further ones could ride on it, so each must stand out by itself from all that was
// tried beside it.
//
// # Invariants
//
//   - The same cases give the same changes, in any order of the cases. Ties are broken by what is least: leads left out,
//     then the place in the playbook, then the step.
//   - No label of a held-out case has any influence on what is chosen.
//   - A candidate takes a bound, points or a filter one step further and changes nothing else. What a team has refused is
//     not tried again until there are twice as many cases.
package recalibrate

// Package pattern finds what sales says again and again: a reason that is frequent among the answers to the leads of one
// source, campaign, lead magnet, rep or pool, a message that is often found overstated, or ratings that fell.
//
// A share is an alert when it reaches the playbook's level among enough answers. It is strong when the lower end of its 95 %
// interval by Wilson reaches that level too:
//
//	 3 of 10    0.30 in [0.108, 0.603]   too few
//	15 of 50    0.30 in [0.191, 0.438]   an alert
//	40 of 100   0.40 in [0.309, 0.498]   a strong one
//
// With a true share of 12 % one slice of 20 answers in 30 reaches 30 % by luck: an alert asks to look, a strong one can be
// relied on.
//
// The label says where to look. The leads are to blame when the share varies with where they come from and not with who
// answers; who answers is when it is the other way round. If both vary, each is compared within the strata of the other: a
// rep who gets all leads of a bad campaign differs from the other reps, but not from those who get the same leads. Slices
// that are one and the same cases can never be told apart.
//
//	                          varies by rep or pool      does not
//	varies by where it        UNCLEAR, unless one side   TARGETING
//	comes from                is explained by the other
//	does not                  PROCESS                    UNCLEAR
//
// # Invariants
//
//   - A finding does not depend on the order of the rows, nor on how cases of one origin are split into rows.
//   - No slice is in two choices about the same.
//   - Thresholds are compared with exact quotients of integers, never with rounded figures.
package pattern

// Package scorecard turns answers and events into points, and accounts for each
// millionth of them.
//
// A card gives two scores from 0 to 100. Fit is the sum of the points of the
// criteria that are true, each group of them up to its cap. Engagement is what the events are worth at an instant:
//
//	points + bonus ──► decay ──► cap of the type ──► cap of the group ──► sum ──► at most 100
//	                     │              │                    │                      │
//	        p·2^(−age/half-life)        └─ the newest events are cut first ─┘     CLAMP line
//
// The combined score is a weighted mean of the two. It orders a queue; whether a
// lead qualifies is decided on fit and engagement alone.
//
// # What it promises
//
// The explanation is the score. Every score comes with lines whose contributions
// sum to it exactly, because all arithmetic is done in whole micro-points. Each
// event is rounded once, half to even, when it has decayed. What a total above
// 100 loses is a line of its own. Whoever wants the points alone gets the same
// ones: a cap takes as much in whatever order it is filled.
//
// The same on every machine. Decay is computed in integers. Floating point would
// not do: math.Exp2 is assembly on some processors and fused on others, and a
// score that differs in the last place may differ at a threshold.
//
// Old events stay, new ones are cut. Caps are filled from the oldest event on, so
// a lead at its cap does not change its explanation with each click. Facts have no
// age: the cap of a group of fit rules is filled in the order of the policy.
//
// The order of events does not matter; ids break ties of time.
//
// Unknown is not false. A criterion that is unknown gives no points, as one that
// is false; but its line says so, and the score says which share of the points
// could be decided at all.
//
// # Decisions
//
// Points are never negative. What speaks against a lead is a disqualifier, which
// stops it, and not a number that enough clicks outweigh.
//
// A type of event stands in one group only, so no event counts twice. An event
// that matches several bonuses gets the largest.
//
// Window and decay work together: an event older than the window is worth
// nothing, a younger one what decay leaves of it. An event as old as the window
// still counts; one after the instant of the score does not.
package scorecard

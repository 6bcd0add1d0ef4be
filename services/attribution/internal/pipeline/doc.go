// Package pipeline computes what marketing and sales agree to measure together: which team sourced an
// opportunity, which opportunities marketing influenced, what a dollar of spend influences, how fast
// the pipeline flows and what share of it passes each stage.
//
//	touches, activities, source field ──Source──▶ three answers side by side ──Decide──▶ one team
//	touches in the window ─────────────Influenced──▶ yes or no                              │
//	                                                      └────────────┬───────────────────┘
//	                                                                 Class
//	      SOURCED │ INFLUENCED_NOT_SOURCED │ UNTOUCHED     sums to the pipeline
//
// # Invariants
//
//   - An opportunity has exactly one sourcing team. It is decided on what was on record when the
//     opportunity was put on record. What becomes known later stands beside it as a gap.
//   - Influence is yes or no. An opportunity that three campaigns influenced counts once in the total
//     and once in each of the three, so campaigns do not add up to the total.
//   - Influence is never mixed with fractional credit.
//   - A ratio carries its numerator and its denominator. Without a denominator it is undefined, which
//     is neither zero nor infinite.
//   - A total over segments is computed from the pooled inputs and is no mean of the segments' figures.
//
// Arithmetic is exact, on integers and fractions. [Decimal] and [Minor] round for display, half to
// even. Money is int64 minor units of one currency, converted before it comes here; sums are checked.
// Times are UTC in microseconds.
package pipeline

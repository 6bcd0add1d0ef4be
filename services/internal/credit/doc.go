// Package credit shares what an opportunity is worth among the touches that led to it.
//
//	ledger ──Eligibility──▶ Journey ──Model──▶ Weights ──amount──▶ money per touch
//	        window, people,  ordered,           exact fractions,    minor units,
//	        kinds            milestones placed  sum is one          sum is the amount
//
// A [Journey] holds the eligible touches in one fixed order and knows which touch holds which
// milestone. A [Model] turns it into [Weights]. [Weights.Apportion] turns those into money.
//
//	     0         1         2         3         4
//	 ────●─────────●─────────●─────────●─────────●────▶ time
//	first touch          lead created       opportunity created
//	    .30       .05       .30       .05       .30      the W-shaped model
//
// # Invariants
//
//   - The weights of a journey with at least one touch sum to exactly one. A journey without touches
//     has no weights and earns no credit: its opportunity is untouched.
//   - The money of a journey with at least one touch sums to exactly the amount.
//   - The order in which touches reached the ledger changes nothing. They are ordered by when they
//     happened, then by source, then by the source's event id.
//   - Nothing later than the end of the window counts, milestones included. So credit given for
//     pipeline when an opportunity was created does not move when the deal is closed.
//
// # Arithmetic
//
// Weights are integers over one common denominator and are reduced to lowest terms: a W-shaped
// journey of five touches is 6, 1, 6, 1, 6 of 20. Every model but time decay is rational, so nothing
// is ever rounded. Time decay needs powers of two with fractional exponents. They come from a
// fixed-point series over 64-bit integers and are rounded once, half up, to units of 2⁻⁴⁰ of the
// newest touch. There is no floating point on the way to money, so a fused multiply-add or another
// machine's library cannot change a cent. A touch older than the newest one by 41 half-lives or more
// weighs nothing.
//
// Money is int64 minor units, shared by the largest remainder; equal remainders go to the earlier
// touch. Products are 128 bits wide, so no amount overflows.
package credit

// Package markov finds what a channel is worth by taking it away: by how much would fewer journeys convert if every step
// into the channel led nowhere?
//
//	journeys ──Counter──▶ transitions ──Chain──▶ removal effects
//	           integers                 float64    one a channel, with a bound of the error
//
// Journeys are counted into a chain of a given order k, from 1 to [MaxOrder]. A state is the tuple of the last k channels;
// a journey of fewer than k steps is one state of its own; consecutive equal states are one visit. From its last state a
// journey goes to CONVERSION or to NULL:
//
//	         2           1
//	START ──────▶ ga ──────▶ NULL          order 1: ga twice to CONVERSION, once to NULL, once to mail
//	  │            │ ╲
//	  │ 1        1 │  ╲ 2
//	  ▼            ▼   ▼
//	 mail ─────────────▶ CONVERSION
//	            2
//
// Removing a channel sends every transition into a state that contains it to NULL. With P the probability of getting from
// START to CONVERSION and P₋c the same without channel c, the removal effect is 1 − P₋c/P. Nothing is renormalised: doing
// that instead lets effects become negative.
//
// # What is exact
//
// Counts are integers, so journeys may be counted in any portions and order. They conserve flow: as much enters a state as
// leaves it. Hence P is exactly conversions ÷ journeys for every order, and the expected number of visits to a state is its
// count ÷ journeys. Neither needs to be solved for.
//
// P₋c does. A chain of up to 64 states is eliminated without any subtraction (Grassmann, Taksar and Heyman 1985), which
// keeps every digit, however seldom a loop is left. A larger one is swept, in the manner of Gauss and Seidel, with a
// certificate: if the last sweep moved the value x_s of state s by d_s, then P₋c is off by at most Σ d_s·visits_s ÷ journeys.
// That is so because the residual that a sweep leaves behind is what the transitions carry of its moves, and transitions
// weighed by visits give each state no more than its own visits. There is no simulation and no silent tolerance: where
// sweeps do not get below [MaxError] and elimination would be too large, the answer is a [SlowError].
//
// # Reproducible
//
// Each effect is worked out in one order of operations, states ascending by channel numbers, whatever the number of cores.
// Products are rounded before they are added, so a fused multiply-add changes nothing either. The same counts give the same
// bytes. Number the channels in the order of their names and nothing else matters.
package markov

// Package calculator credits channels for what journeys read from a file earned, by the models of the suite, without a
// server.
//
//	journeys ──▶ tallies, one a reader ──▶ one tally ──▶ exact fractions ──▶ credits
//	              integers, no journeys     by name       a model each        decimal, sum is the total
//
// Only what the models asked for need is tallied: counts of first, last and all steps by the length of the path for the
// models that go by rules, the chain of transitions for Markov, sets of channels for Shapley. Time decay alone needs the
// times of touches and works out each journey as it comes.
//
// # Invariants
//
//   - The credits of every model add up to exactly the conversions and the worth of all journeys, in decimal arithmetic:
//     fractions are rounded down to units of 10⁻¹² conversions and 10⁻¹⁸ of the currency, and what is left over goes to the
//     largest remainders, the channel that comes first by name among equals.
//   - The models that go by rules are those of package credit, which the suite credits opportunities with. A file has no
//     leads: their creation is absent, and its weight goes to the other milestones. The opportunity and the won deal are the
//     conversion, which is the last step.
//   - Every channel of the file has a row in every model, if only of nothing.
//   - The same journeys give the same bytes, in whatever order and portions they come.
package calculator

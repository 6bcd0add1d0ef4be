// Package shapley shares what channels earned together by what each adds to every coalition of the others.
//
// With v(S) the worth of the coalition S of n channels, channel i gets
//
//	φᵢ = Σ_{S ∌ i} |S|! (n−|S|−1)! ÷ n! · (v(S ∪ i) − v(S))
//
// What that means depends on what a coalition is worth, and three answers go by the same name:
//
//   - [Simplified]: v(S) is what journeys within S earned. Then the sum has a closed form, in which each journey shares what
//     it earned evenly among its distinct channels: φᵢ = Σ_{T ∋ i} R(T) ÷ |T|, with R(T) what journeys over exactly T earned
//     (Zhao, Mahboobi and Bagheri 2018). It is exact for any number of channels, and no more than that even share.
//   - [Exact]: any worth, over all coalitions of up to [MaxChannels] channels. Given the worth above it is the closed form.
//   - [Rates]: v(S) is which share of the journeys within S converted. A channel that keeps journeys from converting gets
//     less than nothing. It is another question with another answer, and an experiment.
//
// Worths are integers and shares are fractions, so nothing is rounded; rates alone are, at 192 binary places. The axioms
// hold exactly: shares add up to v(all) − v(none), channels that add the same get the same, one that adds nothing gets
// nothing, and the shares of a sum are the sums of the shares.
package shapley

// Package measure says how good predicted probabilities were, once the outcomes are known.
//
//	discrimination   AUC with its error by DeLong: does it put those who convert before those who do not?
//	accuracy         Brier score, logarithmic loss
//	calibration      of those who were given 30 %, did 30 % convert? A table, slope and intercept, expected error
//	use              what share of all positives stands in the best tenth
//
// # Invariants
//
//   - The order of the predictions changes no bit of any figure: they are sorted first.
//   - Equal predictions are treated alike: half a pair in the AUC, one row of the calibration table, a part of each in the
//     best tenth.
//   - AUC of a strictly increasing function of the predictions is the AUC of the predictions; of the opposite outcomes, 1
//     less it.
package measure

// Package logit fits logistic regressions with a quadratic penalty.
//
// The model is P(y = 1 | x) = 1 / (1 + exp(-(a + b·x))). [Fit] finds the only minimum of
//
//	-Σ log-likelihood  +  penalty/2 · Σ b²
//
// by Newton's method with halved steps (iteratively reweighted least squares; Hastie, Tibshirani, Friedman: The Elements of
// Statistical Learning, 2nd ed., 4.4 and 18.4). The intercept is not penalised, so that the mean of the fitted
// probabilities is the share of positives. The penalty keeps the coefficients finite when a column separates the classes.
//
// # Invariants
//
//   - The same rows in the same order give the same bits on one architecture: sums run in the order of the rows, and
//     nothing is added up by several goroutines.
//   - Nothing here panics on data: a row that does not fit is refused when it is appended.
package logit

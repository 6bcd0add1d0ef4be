// Package proportion says how far a share can be trusted: 3 of 10 is not 300 of 1,000. It knows no service.
//
//	3 of 10    0.300 in [0.108, 0.603]
//	40 of 100  0.400 in [0.309, 0.498]
//
// The interval is the score interval of Wilson (1927) at 95 %: it stays within 0 and 1 and tells small numbers from large ones.
//
// Invariants: a share lies in its interval, and nothing is said of a share of nothing.
package proportion

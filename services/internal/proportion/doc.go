// Package proportion says how far a share can be trusted, and whether shares differ: 3 of 10 is not 300 of 1,000. It knows no
// service.
//
//	3 of 10    0.300 in [0.108, 0.603]
//	40 of 100  0.400 in [0.309, 0.498]
//
// The interval is the score interval of Wilson (1927) at 95 %: it stays within 0 and 1 and tells small numbers from large ones.
// Newcombe's for the difference of two shares is made of two of them.
//
// Whether shares differ by more than chance is said by Pearson's χ² for many of them together, by Fisher's exact test for one
// against the others, and by the statistic of Cochran, Mantel and Haenszel within strata, which is how two causes that occur
// together are told apart.
//
// Invariants: a share lies in its interval, nothing is said of a share of nothing, and shares that cannot be compared do not
// differ.
package proportion

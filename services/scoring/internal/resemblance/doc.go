// Package resemblance says what companies have in common, and how well another company resembles them.
//
// Sales and marketing each look at their customers, separately; what both see is a profile that neither sees alone.
// Marketing by itself fits the top of the funnel, sales by itself the deals of last month.
//
//	customers of marketing's choice ──Make──▶ profile ─┐
//	                                                   ├─Compare──▶ agree, diverge, overlap
//	customers of sales' choice ──────Make──▶ profile ──┤
//	                                                   └─Agreed──▶ Yardstick ──Rate──▶ 0 to 100, and why
//
// # Invariants
//
//   - A share is out of the customers of whom the attribute is known: what is unknown is not a value.
//   - Compare is symmetric, and the overlap of a profile with itself is 1.
//   - A rating lies between 0 and 100 points. A company with the most frequent value of every attribute has 100; an unknown
//     attribute gives nothing, and the reasons say so.
package resemblance

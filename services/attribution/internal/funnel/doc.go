// Package funnel counts how far leads came.
//
//	order   LEAD   MQL   SAL   SQL   OPPORTUNITY   WON
//	lead 1   ●      ●     ●                                counts in LEAD, MQL, SAL
//	lead 2   ●      ●                 ●                    counts in all up to OPPORTUNITY
//
// # Invariants
//
//   - A lead that reached a milestone counts in that one and in all before it, also in those that it skipped. So counts
//     never rise along the order.
//   - The order is the playbook's. A milestone that it does not name counts for nothing.
//   - The sources sum to the whole.
package funnel

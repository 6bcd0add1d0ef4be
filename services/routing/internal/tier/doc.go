// Package tier decides where a qualified lead goes: which tier it is in, and who
// or what receives it. The decision rests on the lead's account and intent, not
// on the score alone.
//
// A policy is a decision table with three parts, asked in this order:
//
//	first_match   conditions in order; the first that holds decides
//	     │ none holds
//	     ▼
//	rows          account class × intent; no two rows share a cell
//	     │ no row has the cell
//	     ▼
//	otherwise     always there
//
// The example that the tests use:
//
//	                 HIGH   MEDIUM   LOW
//	TARGET            T1      T2      ·        · = otherwise
//	NON_TARGET        T3      ·       ·        UNMATCHED counts as NON_TARGET
//	CUSTOMER          customer-success
//	COMPETITOR        disqualified
//	OPEN_OPPORTUNITY  opportunity owner
//
// Invariants:
//
//   - A compiled table is total: every account class, known or not, with every
//     intent gives exactly one decision. Deciding cannot fail.
//   - A table is deterministic: the order of rows does not matter, because rows
//     that overlap do not compile.
//   - Compile reports all problems of a policy at once, each with its field.
package tier

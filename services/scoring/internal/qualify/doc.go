// Package qualify turns a playbook into one policy and says what the policy makes of a lead at an instant.
//
//	Document ──Compile──▶ Policy
//	                        │
//	Subject ──Evaluate──────┼──▶ Result: score lines, criteria, disqualifier, intent, over the line, routing conditions
//	Persons, events ─Account┼──▶ AccountResult: score lines by person, committee, triggers
//	Subject, meeting ─Rubric┴──▶ the six checks of a meeting that a partner brings
//
// Decide gives the figures and the verdict of Evaluate alone, for whoever replays a history.
//
// A Subject is everything that is known of one lead: the person, the account, what the person did, and the lists that
// expressions look things up in. The same function serves a stored lead, a what-if and the explanation of a score, so
// they cannot differ.
//
// # Invariants
//
//   - A Policy is immutable and safe for concurrent use. Evaluate is pure: the same subject and instant give the same
//     result, on any machine.
//   - The lines of each part of a result sum to that part's score exactly.
//   - Unknown is not false, and neither counts: a gate, a disqualifier or a condition applies only when it is true. One
//     that fails at run time is reported and does not apply; the lead is judged by the others.
//   - Disqualifiers are asked in the order of their names, and the first that is true is named. The score is reckoned
//     all the same, so that a person can see what was given up.
//   - Order never comes from a map: rules are taken by name.
package qualify

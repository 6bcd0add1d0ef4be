// Package proof compares what somebody saw of a lead with what a playbook asks for and with what is on record.
//
// Whoever rejects a lead says: this criterion fails, for of this field I saw that. The claim is tried by putting what was seen
// in the place of the fact, and asking the criterion again:
//
//	the criterion with what was seen │ by the record              │ finding
//	─────────────────────────────────┼────────────────────────────┼──────────────────────────────────────
//	is met                           │ whatever                   │ contradicted: even so it would pass
//	cannot be told                   │ whatever                   │ unverifiable, and what is missing
//	fails                            │ the fact is known, and met │ contradicted: the record says otherwise
//	fails                            │ anything else              │ supported
//
// What is no fact, has not its form, or is not looked at by the criterion is unverifiable before anything is asked. Of a
// disqualifier the answers are turned round: a lead that meets it fails. Without a criterion the record alone is asked.
//
// # Invariants
//
//   - The same facts, rules and instant give the same finding.
//   - The facts do not change.
//   - Nothing that was seen stands in a check; of the record only what is said of the account.
package proof

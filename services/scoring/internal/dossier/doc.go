// Package dossier works out what a change means for a person: it is given everything that is known, and plans what to
// keep and what to tell. It reads and writes nothing.
//
//	what is known ──Open / New──▶ Dossier
//	                                │ Learn     further facts about the person
//	                                │ Absorb    another record that is the same person
//	                                │ Record    what the person did
//	                                │ Meet      a meeting that a partner brings
//	                                │ Assign    the account, by the matching rules
//	                                │ Judge     score, disqualifier, MQL, re-entry
//	                                │ Check     the meeting, by the playbook
//	                                ▼
//	                      the lead as it is now, and what this change did
//
// A Directory holds the accounts that a decision may need and what happens at them, Rules the playbook and the lists in force.
//
// # Invariants
//
//   - Planning is pure: the same facts, rules and instant give the same plan.
//   - A person has one lead that stands for it, the oldest; the others keep their fields and point at it.
//   - The account is decided when the person is new, when what is compared changed, when records became one, and when
//     accounts or lists changed. A decision that says the same as the one in force is not a new one.
//   - Before the first playbook came into force nobody is judged.
//
// # A meeting
//
// Somebody who agreed to a meeting is as good as over the line, whatever the score, and rests no longer. Everything else is as
// for all: at most one handoff is open, a disqualifier stops it, and whom sales gave back for good stays away.
//
// # When routing hears of more
//
// While sales has the lead, further context is told only if it could change what sales does: another intent, another
// routing condition, another account or target status, another gap in the required context; or because the person did
// something that shows high intent by itself, such as a second demo request.
package dossier

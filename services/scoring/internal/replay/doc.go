// Package replay judges recorded history again by other rules. It reads and writes nothing.
//
//	Past of one person ──▶ what happened, in order ──▶ at each instant: judge by each version ──▶ Outcome
//	  fields, merges,        born, rewritten, merged,     the person as it was known then,
//	  deeds, decisions,      decided, did, company,       and where it stands by that version
//	  closings               lists, closed
//
// A person is judged at the instants at which the service judged it: when it became known, when more was recorded of it,
// when its account or a list changed, when records became one, and when sales gave it back. What counts at an instant is
// what was recorded by then, whenever it happened. Nothing that was recorded later is seen, so a replay of the version that
// was in force all the time begins the same handoffs at the same instants as were really begun.
//
// # What follows from a version, and what is history
//
// Each version has a standing of its own for each person, from the first record on, as if it had always been in force.
// Engagements, fields, merges and the accounts of people are history, the same for all. So is what sales did: when a
// handoff was really closed, sales gave the person back, and whatever handoff is open by a version is closed then, with the
// same outcome. Where a version begins a handoff that there never was, nobody knows how it would have ended, and it stays
// open. A handoff that routing closes as it opens, for nurture, is the version's own doing, and follows from it.
//
// # Invariants
//
//   - A replay is pure: the same past, companies, lists and versions give the same outcome.
//   - It judges by the same code as the service: [qualify.Policy.Evaluate], [dossier.Find], [standing.Standing.Judge].
//   - Of two versions that are the same, the outcomes are the same.
//
// # What it does not know
//
// Two writes about one person that were under way at the same moment may have been judged in the other order. Who was
// judged again only because an account changed that is not theirs is not judged here. A large change of accounts was worked
// off in pieces; here it is in force at once. Leads that were merged and stand by themselves again count as if they had done
// so all the time.
//
// What happens around an account (its own events, triggers, buying committee and surge) is not replayed: to expressions it is
// unknown.
package replay

// Package replay judges recorded history again by other rules. It reads and writes nothing.
//
//	Past of one person ──▶ what happened, in order ──▶ at each instant: judge by each version ──▶ Outcome
//	  fields, merges,        born, rewritten, merged,     the person as it was known then,
//	  deeds, decisions,      parted, decided, stirred,    and where it stands by that version
//	  closings               did, company, lists, closed
//
// A person is judged at the instants at which the service judged it: when it became known, when more was recorded of it,
// when its account or a list changed, when something happened at its account of a kind that the version's rules look at, when
// records became one or two again, and when sales gave it back. What counts at an instant is what was recorded by then,
// whenever it happened. Nothing that was recorded later is seen, so a replay of the version that was in force all the time
// begins the same handoffs at the same instants as were really begun, but for what is said at the end.
//
// # What follows from a version, and what is history
//
// Each version has a standing of its own for each person, from the first record on, as if it had always been in force.
// Engagements, fields, merges and the accounts of people are history, the same for all. So is what sales did: when a
// handoff was really closed, sales gave the person back, and whatever handoff is open by a version is closed then, with the
// same outcome. Where a version begins a handoff that there never was, nobody knows how it would have ended, and it stays
// open. A handoff that routing closes as it opens, for nurture, is the version's own doing, and follows from it.
//
// Records that were merged and stood by themselves again later were one person in between. With each merge it is kept where
// the survivor stood by each version, and each lead keeps what is its own; when they part, [standing.Part] says where both
// stand, and each goes on with what it did. A handoff that was closed because its lead turned out to be somebody else is that
// lead's own: it ends no other.
//
// # Buying committees
//
// A committee is made of many people, and a replay sees one after the other. So where a version asks for committees, a [Roll]
// is called first: it goes through all pasts, and keeps of whoever plays a part when that began, ended, or was renewed. Which
// part somebody plays depends on no committee, and so the roll needs none.
//
//	all pasts ──Roll.Call──▶ who played which part where, and since when ──Committees──▶ World.Run of each past
//
// From that follows the committee of an account at any instant, by each version. Its people are judged again when the service
// judges them again: after somebody who plays a part came, went, changed it, or engaged while not counting as engaged. Where
// time alone alters a committee, nobody is judged for it. What is judged is the state after everything that an instant brought.
//
// # Invariants
//
//   - A replay is pure: the same past, companies, lists and versions give the same outcome.
//   - It judges by the same code as the service: [qualify.Policy.Evaluate], [dossier.Find], [standing.Standing.Judge],
//     [standing.Merge], [standing.Part].
//   - Of two versions that are the same, the outcomes are the same.
//
// # What it does not know
//
// Two writes about one person that were under way at the same moment may have been judged in the other order. Who was
// judged again only because an account changed that is not theirs is not judged here. A large change of accounts was worked
// off in pieces; here it is in force at once. So is what a committee means for the people of its account, which was worked off
// a moment later.
//
// Of what happens around a person the committee and its account's own events and triggers are replayed, of each account the
// newest events up to a number. Surges are not: when one ended by time alone, somebody had to look. To expressions they are
// unknown, and [World.Unknown] says so when a version asks for them.
package replay

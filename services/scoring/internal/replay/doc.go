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
// # Committees and surges
//
// A committee is made of many people, and what many people do makes an account hot; a replay sees one after the other. So where
// a version asks for either, a [Roll] is called first. It goes through all pasts, and keeps of whoever plays a part when that
// began, ended, or was renewed, and of whatever may count for a surge when it happened and from when to when it counted where.
// Neither depends on a committee or a surge, and so the roll needs none.
//
//	all pasts ──Roll.Call──▶ who played which part where, who did what where, from when to when
//	                             │                          │
//	                             │     accounts ──Roll.Watch▼── and what happened there: when each was hot
//	                             └──────────Surroundings────┴──▶ World.Run of each past
//
// From that follows the committee of an account at any instant, by each version. Its people are judged again when the service
// judges them again: after somebody who plays a part came, went, changed it, or engaged while not counting as engaged. Where
// time alone alters a committee, nobody is judged for it. What is judged is the state after everything that an instant brought.
//
// Of surges there is one course by each version, too, as if it had always been in force. An account is looked at when the
// service would look: when something happened there, when somebody who had done something came or went, when it or an account
// above it changed, and when it is due, which the playbook's decay and cooldown say. When it becomes hot or calm its people are
// judged again, as it stands then; whoever was judged for what he did at the same instant was judged as it stood before.
//
// At the cut there are no two pasts: accounts stand as they really do, whatever version was in force, and the draft looks at
// each of them once, from there, before it judges anybody. So an account that is hot stays so between the two thresholds, and the
// cooldown counts from the last real alert.
//
// # Invariants
//
//   - A replay is pure: the same past, companies, lists and versions give the same outcome.
//   - It judges by the same code as the service: [qualify.Policy.Evaluate], [dossier.Find], [standing.Standing.Judge],
//     [standing.Merge], [standing.Part], [qualify.Policy.Committee], [surge.State.Move].
//   - Of two versions that are the same, the outcomes are the same.
//
// # What it does not know
//
// Two writes about one person that were under way at the same moment may have been judged in the other order. Who was
// judged again only because an account changed that is not theirs is not judged here. A large change of accounts was worked
// off in pieces; here it is in force at once. So is what a committee or a surge means for the people of its account, which was
// worked off a moment later, and a look that was due is never late.
//
// Meetings that partners brought are not known: a handoff that began with one begins by no version, unless its lead was over
// the line anyway.
//
// Of what happened at an account and nobody in particular did, the newest events up to a number are known. Where there are more
// of them, what an account's own events came to before is less sure, but not how it stands at the cut.
package replay

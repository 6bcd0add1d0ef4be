// Package scoring takes in leads, accounts and engagements, keeps one record a person, matches people to accounts, scores
// them by the active playbook, and says when one is qualified. It is the only home of personal data.
//
//	CreateLead, RecordEngagements ──▶ who is it? ──▶ which account? ──▶ score ──▶ over the line? ──▶ LeadQualified
//	                                   identity       matching           playbook     once a cycle     with its context
//
// The rules are pure packages: internal/person and internal/normal read what callers give, internal/dedupe and
// internal/match tell who is who and who works where, internal/qualify and internal/scorecard score, internal/standing
// decides when a lead qualifies and may come back, internal/dossier plans what a change means for a person. The files
// here translate, and internal/store keeps the result.
//
// # One person, one lead
//
// A person is known by the id in a source and by the e-mail address. Both are claimed under a unique index before anything
// else happens, so of callers who bring the same person at the same time one creates the lead and the others join it. A
// lead whose keys belong to two people makes them one: the older lead stays, the other keeps its fields and points at it.
// What somebody did who is not known yet waits under the key, and joins the lead when it appears.
//
//	one key of two people ──▶ merged ──UnmergeLead──▶ two again, and remembered as two ──MergeLeads──▶ merged
//	weak evidence ──▶ suspected ──ResolveSuspectedDuplicate──▶ merged, or remembered as two
//
// Each lead keeps what is its own, also while it is part of another: its fields, what came under its keys, its handoff. So a
// merge is taken back in full; only a handoff that began when the two were one stays with the lead that stays.
//
// # Which account
//
// The evidence decides by rules of which the first wins, and each decision is stored with what spoke for whom. Where it does
// not decide, the lead belongs to no account and waits for a person; what a person decided no rule changes until it is
// released. The account is decided again when the person or something changes that matching compares, an account's name,
// domain or place or a list of hosts; another playbook counts for decisions to come.
//
//	rules ──▶ decided, or under review ──ResolveMatchDecision──▶ pinned ──ReleaseMatchDecision──▶ rules
//
// Names that are alike are found in a copy of all accounts' names in memory. Before each use it takes in what changed since,
// by the number of the change, so every replica finds what was committed.
//
// A partner's leads are told apart by the partner: nothing that a partner does reads or changes what others brought, and a
// lead of its own is visible to it alone of all partners. Marketing, which sees everything, joins what a partner brought.
//
// # Judged again
//
// When accounts, lists or the playbook change, those whom it could concern are judged again: at once if they are few, by a
// stored job in pieces if they are many. The transaction that changes what people are judged by and those that judge them
// exclude each other, so nobody is missed.
//
//	PlaybookActivated ──▶ job: everybody ──piece──piece──piece──▶ done
//
// # Invariants
//
//   - A lead, its score, its decisions and the events about it are stored in one transaction.
//   - LeadQualified is told once for each cycle of a person, with a handoff id that is never used again.
//   - An engagement counts once, however often it is sent; one that a machine did is kept and never scored.
//   - ExplainScore as of an instant uses what had been recorded by then, and the playbook that was in force.
//   - A lead is merged without asking by its id in a source or its address alone, and never with one that a person said is
//     somebody else.
//   - No event, log line or metric holds an address, a number or a name.
package scoring

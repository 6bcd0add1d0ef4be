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
// # Judged as of then
//
// ReplayLeads judges all of history again by two versions, as of each instant at which people were judged and with nothing
// that was recorded later (internal/replay). What such a replay needs is kept: what fields, companies and lists were before
// they changed, when an engagement joined a lead that it had waited for, how earlier cycles ended. It reads chapter by
// chapter, each in a short transaction, so it keeps nobody from writing and its memory does not grow with the history.
//
// # Invariants
//
//   - A lead, its score, its decisions and the events about it are stored in one transaction.
//   - LeadQualified is told once for each cycle of a person, with a handoff id that is never used again.
//   - An engagement counts once, however often it is sent; one that a machine did is kept and never scored.
//   - ExplainScore as of an instant uses what had been recorded by then, and the playbook that was in force.
//   - No event, log line or metric holds an address, a number or a name.
package scoring

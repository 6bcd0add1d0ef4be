// Package scoring takes in leads, accounts and engagements, keeps one record a person, matches people to accounts, scores
// them by the active playbook, and says when one is qualified. It is the only home of personal data.
//
//	CreateLead, RecordEngagements ──▶ who is it? ──▶ which account? ──▶ score ──▶ over the line? ──▶ LeadQualified
//	                                   identity       matching           playbook     once a cycle     with its context
//
// The rules are pure packages: internal/person and internal/normal read what callers give, internal/dedupe and
// internal/match tell who is who and who works where, internal/qualify and internal/scorecard score, internal/standing
// decides when a lead qualifies and may come back, internal/surge when an account becomes hot, internal/dossier plans what a
// change means for a person. The files
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
// # Meetings
//
// A partner brings a meeting with its lead. It is checked by the playbook's six checks, as everything stands then, and qualifies
// the lead whatever they say: routing sends one that does not pass to people who look at it. So at most one handoff is open for a
// lead, a disqualifier stops it, and whom sales gave back for good stays away; but the score does not matter, and the rest of a
// lead that came back ends. What becomes of a meeting is decided when it is brought, and is kept with it.
//
//	CreateMeeting ──▶ checks ──▶ over the line ──┬──▶ LeadQualified with the rubric
//	                                             ├──▶ MeetingAdded: sales has the lead already
//	                                             └──▶ kept, and nothing told: disqualified, or turned away
//
// In its way is an open opportunity of the account, or the open handoff of somebody else there. Of two meetings with people of one
// account that are brought at the same moment neither need see the other. What was agreed with the prospect stays here: events
// hold the rubric, which quotes the playbook and names what is in the way. A meeting keeps its name when its lead is merged into
// another one, and is listed under that too as long as it lasts.
//
// A meeting is no engagement: it scores nothing, and scores as of then, what-ifs, replays and models do not know it.
//
// # Accounts
//
// What nobody in particular did (a visit by a company, a new executive) is recorded of the account, and waits for one that
// is not known. An account's score adds up its people, such events, and the playbook's triggers. Under the account's row
// the detector of internal/surge says once, and not with each click, that it became hot.
//
//	engagements of people ─┐
//	visits of nobody ──────┼──▶ account's row ──▶ score, CALM ◀──▶ SURGING ──▶ AccountSurged, before any form
//	triggers ──────────────┘        ▲
//	                                └── timer: decay ends a surge, and the cooldown
//
// Who an account's people are to a deal follows from the playbook's personas. Criteria may look at the committee, the
// triggers and the surge; whose people are concerned when they change are judged again by a job. A lead's own score does
// not count what others did. Partners' leads count for nobody else, and do not see what happens around them.
//
// Whatever asks for an account's people asks for the same ones: the leads that belong to it and stand for a person, partners'
// left out. All of them count for the score; its committee is made of the 200 with a persona who engaged last, its surge of
// their newest 1,000 events. So what is explained, also as of then, is what was judged.
//
// The row is locked at the end of a transaction, after all people, and for all callers who share it at once. A playbook that
// asks for none of this costs one statement in a transaction: the sum of the account's people.
//
// # Judged again
//
// When accounts, lists or the playbook change, those whom it could concern are judged again: at once if they are few, by a
// stored job in pieces if they are many. The transaction that changes what people are judged by and those that judge them
// exclude each other, so nobody is missed.
//
//	PlaybookActivated ──▶ jobs: everybody, every account ──piece──piece──piece──▶ done
//	which asks for surges ──▶ every account ──▶ everybody
//	asked for again ────▶ the job goes on to its end, begins anew, and stops where it was
//
// What has waited longest is done first, and after each piece a job waits behind everything that waits already. So a job that
// is asked for all the time still reaches everybody and keeps neither other jobs nor accounts that are due from their turn.
// A piece that fails is done in halves: whoever cannot be judged waits alone, longer each time and told in the log, and
// keeps nobody else from it. Whoever changes something does not feel that one of the few cannot be judged: then they are left
// to a job. Nor does it matter to them how much waits for an account under how many hosts: some is handed over at once.
//
// # The order of locks
//
// A transaction locks in this order, whether a request, an event or a job has begun it, and leaves out what it does not need:
//
//	1 turn      who does what is due: one replica at a time, so none does it in vain
//	2 ground    shared by who judges, taken by who changes accounts, lists or the playbook
//	3 identity  the keys of people, in their order
//	4 lead      people, in the order of their ids
//	5 momentum  accounts, in the order of their ids    ┐ at the end, once for all
//	6 job       in the order of their ids              │ callers who share the
//	7 log_head  the place of the next event            ┘ transaction
//
// So a piece of a job reads its job without a lock, and locks it after everything else. If somebody went on with the job
// meanwhile, the piece is undone; if somebody asked for it again, those of the piece have another turn. Whoever plans a job
// waits for no piece of it. A piece takes people up to the first whom somebody else holds; for one it waits
// only while it holds nobody. Two transactions of several callers each, or of several events, may still cross, for each of
// these locks people by itself: then the database undoes one, and it runs again.
//
// # Accounts to win
//
// Each team proposes a profile of its customers; internal/resemblance says where the two agree, and ranks the accounts that
// could be targets by it. Signatures under the list are those under the playbook that holds it.
//
// # Models
//
// A model of how likely a lead is to convert is learnt from the leads whose outcome is known, by a lesson that holds no
// transaction: what was recorded early of each, what became of it within a window, and nothing in between. It is measured on
// the latest fifth, refused when it is no better than chance, and never changes. A playbook that names it by its hash may ask
// predicted.NAME; only such a playbook has it evaluated.
//
// A lesson reads history as a replay does, page by page, and looks at each person as it was known at its cut: with the leads
// that were one with it then, and by the function that makes the features when people are judged. So a feature means the same
// in both: what somebody did counts if it was known early who did it. A deal counts for a person by any of its leads and any of its handoffs, however many cycles ago. What fails is tried
// again, later each time, while other models are learnt; after some hours it is given up. A measurement reads its period alone.
//
//	TrainModel ──▶ RUNNING ──lesson──▶ READY ──ProposeModel──▶ a draft of the playbook, which people sign
//	                              └──▶ REFUSED, with its reason
//
// # Judged as of then
//
// ReplayLeads judges all of history again by two versions, as of each instant at which people were judged and with nothing
// that was recorded later (internal/replay). What such a replay needs is kept: what fields, companies and lists were before
// they changed, when an engagement joined the lead or account that it had waited for, how earlier cycles ended. It reads chapter by
// chapter, each in a short transaction, so it keeps nobody from writing and its memory does not grow with the history; but a
// version that asks for buying committees or surges has it read twice. Then a few words are kept of each change of who plays a
// part in a committee, 32 bytes of each engagement of a type that may count for a surge, and of an account when it was hot.
//
// DescribeCases judges single leads at single instants by a version and by many variants of it: each lead is recalled once,
// as ExplainScore recalls it. It says who would have qualified, and nothing of the person.
//
// # Invariants
//
//   - A lead, its score, its decisions and the events about it are stored in one transaction.
//   - LeadQualified is told once for each cycle of a person, with a handoff id that is never used again.
//   - An engagement counts once, however often it is sent, and whether of a person or of an account; one that a machine did
//     is kept and never scored.
//   - AccountSurged is told once for each surge, in the transaction that begins it; two are a cooldown apart.
//   - What is kept of an account is the sum of what is kept of its people, and what its own events came to when last one came.
//   - ExplainScore as of an instant uses what had been recorded by then, and the playbook that was in force. When a person made
//     contact and qualified first is taken as it is known now: models alone ask, and merges and corrections since then show.
//   - Whoever does not see everything sees of an instant in the past what it may see now: of leads that were one person then, its own.
//   - A lead is merged without asking by its id in a source or its address alone, and never with one that a person said is
//     somebody else.
//   - No event, log line or metric holds an address, a number, a name, or what was agreed with a prospect.
package scoring

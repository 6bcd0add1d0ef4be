// Package routing gives each qualified lead to the right rep, provably fairly, and alone decides where every handoff
// stands.
//
//	LeadQualified ─▶ tier ─┬─ nurture, disqualify ──────────────────▶ CLOSED
//	                       ├─ queue ─▶ HELD, until people pick
//	                       └─ owner, pool ─▶ somebody there? ─ yes ─▶ ASSIGNED ─ accept ─▶ ACCEPTED ─ dispose ─▶ CLOSED
//	                                              │ no      ▲            │ │ reject, recycle                       ▲
//	                                              ▼         │            │ └───────────────────────────────────────┘
//	                                        HELD, in line ──┘ ◀─ decline ┘
//
// The rules are pure packages: internal/tier finds where a lead goes, internal/presence who is there, internal/fairness
// whose turn it is, internal/dispatch puts these together, and internal/lifecycle says which step may follow which. This
// package reads what they need under locks, lets them plan, and stores plan, events and answer in one transaction.
//
// # What the playbook says
//
// A handoff stays with the version that qualified it. The tiers look at the target account list and the intent alone;
// customers and accounts with open opportunities are special when a rule of first_match says so, which Scoring has
// evaluated. Tiers rank by name, T1 before T2; rules of first_match come before them and `otherwise` after. More context
// can raise the tier of an open handoff and never lowers it; whoever has it keeps it.
//
//	owner_or_pool      the account's owner, if at work and below their caps, else the pool
//	opportunity_owner  the owner of the open opportunity, even if that takes until tomorrow. Without such a rep, or once
//	                   they refused, the pool that the table has for the lead; without one the lead is held
//	rep                one rep, in the same way
//	queue              held, for people to pick
//	nurture            opened and closed at once
//	disqualify         the same, for good: such a lead never comes back
//
// A tier can have a nurture sequence that runs beside the handoff. Marketing is told when it begins; it goes on in a tier
// that has none.
//
// Whoever shares leads by a pool must cover what a lead asks for by the requirements of its playbook that hold: segments,
// regions, skills and languages. What it asks for follows what is known of it. Owners, and reps who are named, get theirs
// whatever it asks for. A lead that suits nobody is held, and so is one for whom nobody is there; before that the ladder may
// ask overflow pools and, last of all, a fallback.
//
// # Meetings
//
// A partner brings a meeting with its lead; Scoring says how that does by the playbook's six checks, and the handoff keeps what
// it says: of all that becomes known later, nothing makes a meeting pass that did not. These are asked in their order:
//
//	first_match, as far as it disqualifies   closed at once, as a lead is: nobody meets a competitor, whatever the checks say
//	meetings.no_active_motion                somebody is in a sales motion with the account already, and they are known: whoever
//	                                         has the handoff that is in the way, else the account; or who owns the opportunity.
//	                                         They are waited for, or stood in for, as by opportunity_owner
//	meetings.otherwise                       a check has not passed, or is not known: where the playbook has people look at it
//	first_match, tiers, otherwise            all six passed: as a lead goes, with intent at least medium, and where the table has a
//	                                         pool, to the account's owner first
//
// A meeting is not nurtured, and no tier disqualifies it: somebody is coming, so it goes by meetings.otherwise instead, unless
// that itself says so. When whoever is in a motion with the account is no rep, inactive, or has declined, the meeting goes where
// meetings are looked at, by its rule if that is a queue; never by the table.
//
// A meeting that is added to a handoff which sales has already is shown with it, and nothing else: it stays that of a lead, and
// with whoever has it. Previews and simulations know no meetings.
//
// # Turns
//
// A pool picks by its mode: FAIR and QUOTA by the turns in its ledger, LEAST_LOADED by what everybody has open. The ledger
// is public: its entries say who got each lead, by which rule, what everybody was owed by it and why a turn was taken back,
// so that anybody can compute the accounts again. Pools of one fairness group share a ledger, and a rep in several of them
// gets one fair share in all. A turn comes back when the lead was a duplicate or had bad data, when it is given to somebody
// else before it is accepted, when a person says that it was misrouted, and after a decline if the pool's declines are
// free. What an owner got past the pool is counted apart, or as a turn if the pool says so.
//
// When the teams dispute a rejection, the reason that counts in the end decides: a turn that came back for bad data which were
// none, or for a duplicate that was none, is the rep's again, and one that was spent on what turns out to be spoilt comes back. A
// turn that people took back for a reason of their own stays as it is. An entry tells everything that was done to its turn.
//
// Whoever has no calendar works by that of the first pool in the lead's way in which they are (its own, those that it overflows
// to, the fallback), and by the playbook's where that has none. It says who is on shift, when they come, and where their day
// ends for a cap; the assignment names it to whoever runs clocks by it.
//
// # The holding queue
//
// Whoever cannot be placed waits, with a reason, in the order of tier, time of the MQL and id. The queue is looked at
// again when a calendar or an absence frees somebody, as a timer knows in advance, and at once when a rep, a pool, an
// absence or a calendar changes and when a handoff closes under a cap. A line or a handoff that cannot be read waits by
// itself, is told in the log and counted, and keeps nobody else from being served.
//
// # What people pick
//
// A playbook can send leads to a queue. They wait there for no turn: the members of its pools see them and take them, first
// come, first served. Of everybody who wants a handoff one gets it; the others are told that it is gone. Who takes one need
// not be on shift, but is kept to all else that keeps a rep from a lead, and spends no turn; who leads sales gives them to
// whoever is at work. A handoff of a queue that is declined goes back there. What waits for a pool or an owner cannot be
// taken, not even by the pool's members: to pick the best of what is held would undo what the turns are for.
//
// # Passing on
//
// A handoff that somebody has goes to another rep when a person says so, with a reason and the assignment that they saw: to a
// rep who is named, or by the rules. So does one that nobody has accepted when its lead turns out to belong to another account,
// if the playbook says so. It must be accepted anew; who had it gets the turn back if they had not accepted it. Of everybody
// who saw the same assignment, and answers it or passes it on, one wins.
//
// # Silence
//
// SLA tells when a step of a ladder is reached. What it wants done happens only if the handoff still waits for the same
// assignment's answer; else somebody was faster, and the log and the trace say so. Passed on, it goes to another rep by the
// rules, but to nobody who was silent on it before; without anybody else it stays, and that is told. A rep who is taken offline
// gets nothing more until somebody sets them active: what they were silent on goes to somebody else first, then whatever else
// waits for their answer, if the playbook does not leave that with them. What nobody can take is held until somebody can, and
// what they accepted stays theirs. Whoever stands in for a rep who is away is the one who was silent. The rep and the audit say
// which clock it was.
//
// # Absences
//
// While a rep is away, whoever their absence names stands in: sees and answers what is open with the rep, gets the leads and
// alerts that would go to the rep as an owner, and no longer does when the absence ends, which needs nobody's hand. A cover who is
// away too has a cover of their own, up to five in a row. Who owns an account never changes. What a cover got in an owner's stead
// and has not accepted goes back when the owner is at work again; what they have accepted they keep, marked.
//
// When somebody who is away has nobody to stand in, or takes no leads any more, what they have not accepted is passed on by the
// rules, unless the absence is short or the playbook keeps it there. If nobody can take it, it is held and not left with the rep:
// so it shows that nobody has it, and it is given to the first who comes, who may be the same rep.
//
// What follows from a rep's coming or going is worked out anew from the absences as they stand, at each instant at which one begins
// or ends (round). To do so twice changes nothing more; that is what keeps it right when timers are late, and with many replicas.
// Who may see a handoff is read from the absences themselves and needs no timer.
//
// # Accounts that are hot
//
// An account that surges has no lead yet. Its owner is told, or who stands in for them; without either, the pool that would
// get a lead of the account with high intent; without such a pool the alert is for nobody, and ListAccountAlerts shows it to
// whoever leads. An alert takes no turn and is not held: it is news, not work that somebody could have twice.
//
// # Why this rep
//
// Every decision that tells somebody something is written down as it was made: the rule, everybody who was asked with why not,
// and what the ledger said of them, so that anybody can pick again by it. ExplainRoute tells it to whoever sees the handoff: a
// rep learns of colleagues who are not at work only that, a partner the rules and the rep. PreviewRoutes asks the same desk
// where leads would go now, on a copy in memory.
//
// # Simulations
//
// DescribeRoutes and SimulateHandoffs say where a document would send leads, and who would have got them, on a copy of
// pools, reps and calendars in memory (internal/trial). They write nothing and cost nobody a turn.
//
// # Invariants
//
//   - A handoff has at most one active assignment.
//   - The deficits of a ledger add up to zero, after every transaction. One that is undone or repeated costs nobody a turn.
//   - Nobody gets a lead who is inactive, away, off shift, at a cap, or declined or rejected it before. Off shift people get
//     what they take out of a queue themselves.
//   - A rep's open count is the number of handoffs assigned to or accepted by them.
//   - A stranger's request is answered as if the handoff did not exist.
package routing

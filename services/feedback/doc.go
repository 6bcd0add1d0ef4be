// Package feedback takes what sales answers: accepted, declined, rejected with one of six reasons, recycled, or disposed
// of as SQL, nurture or disqualified. It makes sure that an answer holds what the playbook of the handoff asks for, keeps
// it as a verdict, and reports what is rejected and where it comes from.
//
// Routing alone decides whether an answer counts: of a rep, another rep, a reassignment and an escalation one wins. So an
// answer is stored first and becomes a verdict when Routing has taken it, by whichever news is here first, the answer to
// the call or the event:
//
//	checked against ──▶ stored ──AdvanceHandoff──▶ Routing ──answer to the call──▶ verdict ──▶ VerdictRecorded
//	the playbook          │                           │                              ▲
//	                      │◀────────refused───────────┤                              │
//	                      ▼                           └───HandoffAccepted, …─────────┘
//	                   dropped
//
// Routing's events name the caller and the request that caused them. By these the event finds the stored answer, and
// makes the same verdict of it as the call would have, comment and rating included. A crash at any point, or an answer to
// the call that got lost, therefore loses nothing, even if nobody tries again.
//
// Routing also takes an answer that only says again what was said, and does not tell the two apart. Their comments may
// differ. The one that is heard of first here counts, and the caller of the other learns that another verdict came first.
//
// Evidence is compared with the playbook of the handoff, and with what was on record at the instant of the answer, before the answer
// is stored. Scoring does so, and what it finds is stored with the answer: supported, contradicted, or unverifiable. Neither a
// record that is mended later nor another try of the request changes it. What the record contradicts is taken all the same, for the
// two teams to settle, unless the playbook refuses it.
//
// A verdict is told of when it is complete, that is when it is known where the handoff went. Most steps say so
// themselves. After a decline the handoff is held or assigned to the next rep: the call knows it at once, the event
// HandoffDeclined does not, and the verdict waits for the event that follows it.
//
// # Disputes
//
// A verdict that turns a lead away can be disputed: by itself, where its evidence does not bear it out, or by marketing or the
// partner who brought the lead. The teams say what they make of it; where they differ, RevOps settles it, and where neither says
// anything in time it lapses, which upholds the verdict (internal/dispute has the rules). A verdict that was overturned counts
// as answered, and not as rejected; one that was reclassified counts under the other reason; until then it counts as it was
// given, and is shown as disputed. Routing hears how a dispute ended and puts the rep's turn right, Scoring lets the lead come
// again, Attribution counts anew. The handoff itself stays closed.
//
// # Patterns
//
// Each day, at the hour of the rejection report, the service looks for what sales says again and again: a reason that makes up
// much of the answers to the leads of a source, campaign, lead magnet, rep or pool, messages that are found overstated or
// unclear, and mean ratings that fell. A short and a long window are looked at; answers under dispute count in neither. What
// is found is a pattern: told once in the playbook's cooldown, its figures refreshed by each look in that time, until the
// next telling makes another one of it. Slices of reps are shown to those who lead reps, and to the rep.
//
// # Recalibration
//
// What sales answered says what should change in the playbook: bounds, points and filters of who qualifies. A recalibration is
// worked out in the background, step by step, and each step is stored, so that a crash goes on where it was:
//
//	WAITING ──▶ SEARCHING ──▶ DRAFTING ──▶ SIMULATING ──▶ proposed: a draft, with what was measured and its simulation
//	                │             └──▶ nothing: the playbook cannot say so
//	                └──▶ nothing, and why: too few answers, no change is good enough, or it did not prove itself
//
// internal/recalibrate chooses the changes in the earlier weeks and measures them, once, in the weeks held out; Scoring says who
// would have qualified by them, and nothing of the person; the draft is written, told apart and simulated by Playbook. People
// sign it or refuse it there. What a team refused is not proposed again for 180 days, unless twice as many leads were answered.
// On a test clock it is worked out while the clock is advanced, which takes seconds: give that call time.
//
// # Partners
//
// A partner is told month by month what became of the meetings that it brought, and what it gets for them, and no rep is named
// to it. While a month lasts its statement is worked out whenever it is read. A minute after the month it is archived and stays
// as it is: what becomes known later is a correction in the next month. Months follow each other without a gap, also when the
// playbook's zone changes, and what arrives too late for its month is stated in the next.
//
// # Reports
//
// What is rejected is counted for a week, a month, a quarter or between any two instants, sliced by source, campaign, lead magnet,
// partner, reason, detail, pool, tier and rep, with the interval of every share and its change against the period before. An answer
// counts in the period in which it was given, by the facts with which its handoff was opened and assigned, and by the reason that
// stands after disputes. The report of each ISO week comes out when the playbook says so:
//
//	Mon 00:00 ──── the week, by the playbook's zone ──── Sun 24:00      Mon 07:00
//	                                                                       │ ReportPublished
//	                                                                       ▼
//	                                              rejectionReports/2026-W19, for ever as it came out
//
// # Invariants
//
//   - Routing is asked for nothing that is not stored.
//   - There is one verdict for a handoff, assignment and step. What was said never changes once it is complete, and
//     VerdictRecorded tells of it exactly once. What it counts as changes once at the most, when a dispute over it ends.
//   - The verdict of an answer, and what is told of it, do not depend on which news of it came first, or how often.
//   - Source and campaign are those with which the handoff was opened. Only an answer that is faster than the news of the
//     opening is told with those that Routing shows at that moment.
//   - The report of a week comes out once, however many replicas there are, and never changes. A week begins where the one before
//     it ended, also when the playbook's zone changes. After an absence weeks come out late, up to twelve.
//   - The rep of a verdict is the assignee, whoever answered. A cover who answered in the assignee's stead stands beside.
//   - A request id serves each of the five methods once. Routing takes all their steps by one: it is asked by an id that is made
//     of the caller's and the step.
//   - A recalibration writes one draft at the most, however often it is tried, and changes nothing that is agreed.
//   - Comments, statements in disputes, next steps, competitors, what was seen or is on record as evidence and names of attributes
//     stay in this service. Whatever else an answer names is known to the playbook or to the language of its criteria, and so is
//     nobody's.
package feedback

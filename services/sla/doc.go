// Package sla runs the clocks of every handoff: it says by when each side must act, warns before, calls out after, and
// reports whether both teams kept their promises.
//
//	scoring ─────┐                                          ┌─▶ ClockAtRisk, ClockMet, ClockBreached, BreachRetracted
//	routing ─────┼─▶ facts of a handoff ─▶ its clocks ──────┼─▶ EscalationReached ─▶ routing
//	attribution ─┤          ▲                  ▲   ▲        └─▶ rows by deadline ─▶ compliance report
//	people ──────┘      playbook        calendars  time
//
// The rules are in internal/deadline: clocks are worked out from all that is known of a handoff, each time that something
// becomes known, and each time that an instant comes at which one of them has something to tell. Facts, clocks and events
// change in one transaction under the handoff's lock, in internal/store.
//
// # Timers
//
// Each clock's row says when it must be looked at next.
//
//	rows of clocks ─── look ahead ──▶ what is due soon, and read ──▶ at the instant: lock, compare, tell, commit
//	      ▲    └─────── stored ────────────────▲                                           │
//	      └────────────────────────────────────────────────────────────────────────────────┘
//
// Once a second a scout looks for the rows that come due within two seconds and reads their handoffs, so that at the instant
// only the writing is left (internal/soon). Then up to 500 handoffs are locked and held against what was read, by a number that
// moves with each change; what has changed is read anew. Their clocks are worked out and told in one transaction. So an alert
// never comes early, even when the row is out of date; it comes once, for the row remembers what was told; and after a
// standstill it comes late, in order, and says by how much. Nothing else calls out a running clock; news of a handoff only
// ends clocks.
//
// How many clocks are open costs neither time nor memory: a look reads what is due soon, 16,384 rows at the most, and if there
// are more, the next one comes when half of them are told. There is nothing to load when a process starts.
//
// Any number of replicas may run the loop, and none leads. Each knows what is due, and takes of it what no other has locked.
// What another had locked it tries again in a moment, and finds it told, or, if the other was killed, tells it. What cannot be
// told for want of the database is tried again after a second.
//
// A breach is called one second after its deadline, so that an answer that is on its way at that instant pages nobody. An
// activity that is recorded late, within the playbook's tolerance, counts when it happened: a breach that was called out
// then is retracted, and its history stays. So is one that fell into a system incident which is told afterwards.
//
// A handoff whose clocks cannot be worked out waits by itself, is told in the log and counted, and keeps none of the others
// from being told. What is due is told in its order, a batch at a time; between those of a backlog, which is what is more than
// five seconds late, there is room for others.
//
// When the machine's clock is set, the loop stops until the clock is steady again (internal/alarm).
//
// # Ladders
//
// A clock's ladder has steps at shares of its budget, also beyond the whole. A step is told like a warning: at its instant in
// the clock's own time, once for each run, late and in order after a standstill, and not once the clock has stopped. What is
// to be done besides telling people is Routing's: it looks whether the handoff still waits for the same rep's answer.
//
// # Pauses
//
// Clocks of a handoff stand still when somebody says so, with a reason and within the playbook's limits: a rep while a prospect
// wants them to wait, a manager for all but incidents, SREs for incidents, RevOps for anything and for incidents afterwards. An
// end that comes by itself is told by the timers. Who had an outage that concerned everybody puts it into the calendar as a break:
// that moves every running clock of business time at once.
//
// # Calendars
//
// A calendar's change is a new edition; all editions stay, so a deadline can always be worked out as it was. Running clocks
// are moved by a sweep in the background; who reads one sees it moved at once, for what is read is worked out, too. Clocks that
// have stopped stay as they are.
//
// Public holidays are rules that laws and releases of a library change. An edition keeps the days that they stood for, from two
// years back to five ahead; years to come are added once a day, as a new edition. A better release therefore moves no deadline
// until somebody sends `public_holidays` again, in a change that names it.
//
// # Bursts
//
// More activities of one rep than a person can do, within a minute and across all handoffs, are flagged and count for nothing until a
// manager or RevOps confirms them, one or a hundred at once; then each counts at the time it happened. Which ones are suspect follows from when they happened
// alone, so it does not matter in what order and how late they are recorded (internal/burst). Each is judged by the playbook of its
// own handoff, and not before that is known: until then there is no clock that it could stop.
//
// Whoever records an activity holds the row of its actor, then the handoffs of those that it makes suspect: at most twice the
// playbook's count, however large the burst, for all the others of it are flagged already. Handoffs whose playbook is not known are
// held as well, for it may become known in another transaction, which judges what is recorded by then. A clock that was met by
// what is flagged runs on, is called out when it is late, and is told as met again when it is.
//
// # Who sees what
//
// A rep sees the clocks and activities of the handoffs that Routing shows them, and in the report their own clocks alone.
//
// # The report
//
// A clock counts in the period in which it fell due: met out of met and missed, those that are still open and overdue among
// the missed, cancelled ones apart. A lead counts in the period in which it became an MQL. Weeks, months and quarters are those
// of the zone of the playbook's calendar (internal/period); what each team promised is judged in internal/compliance.
//
// A rep's team is the pool that gave them the handoff. Who owns an account gets its leads from no pool, and is in no team.
//
// # Closed periods
//
// People are paid by these figures, so a week, a month or a quarter that is over can be closed: its report stays as it is.
//
//	clocks that fell due ── CloseSlaPeriod ──▶ kept as they stand ──▶ counted ──▶ the report of everybody, and of each rep
//	        │                                          │
//	        └── become otherwise later ──┐             │
//	                                     ▼             ▼
//	                                 restatements: what differs, since when, because of what
//
// A late touch, a retraction, a merge, an incident told afterwards move the clocks of the day, and no closed figure. What they
// would have moved is never silent: each clock that counts otherwise is a restatement, with the kind of event that changed it, and
// today's figures are those of the closed period and what the restatements do to them. Promises that were kept by what became of
// leads, not of clocks, are shown beside those of today.
//
// The periods of a length are closed one after the other, and begin where the last ended; weeks, months and quarters are closed
// each by themselves. A period is closed at any time after its end, also while acts may still be logged late. The period before
// it, which its figures are compared with, counts as it was known at that moment.
//
// # Why a clock was missed
//
// The time that a missed clock had, up to its deadline, is divided among who or what had the handoff meanwhile: the suite that had
// told nobody, a rep to whom it did not belong, a lack of people, a rep who found it no good lead, a rep who did nothing
// (internal/deadline). The shares are kept with the clock and follow it when more becomes known.
//
// SimulateClocks counts the clocks that handoffs which never were would start, by the same rules (internal/load). It stores
// nothing.
//
// Invariants: a clock has one row by handoff, kind and run; each of its alerts is told at most once; no row's next instant
// is later than that of the clock that it stands for, except while a sweep is under way or the clock cannot be worked out; what a
// closed period has counted never changes.
package sla

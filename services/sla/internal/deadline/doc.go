// Package deadline says how the clocks of a handoff stand: when each began, by when somebody must act, and whether
// somebody did.
//
// [Clocks] is a pure function of what is known: the [Facts] of the handoff, the [Policy] that both teams signed, the
// [Almanac] of calendars, and the time. Nothing is carried from one look to the next, so it does not matter in what order
// the facts arrived.
//
//	              answered in time
//	          ┌────────────────────▶ MET
//	          │
//	RUNNING ──┼─ nobody acted ─▶ OVERDUE ─ answered, closed or taken away ─▶ MISSED
//	          │
//	          ├─ closed as done with nothing done ────────────────────────▶ MISSED
//	 ▲     │  │
//	 │     │  └─ no longer matters ──▶ CANCELLED
//	 │     ▼
//	PAUSED      stands still, and can stop as a running clock can
//
// # The table of clocks
//
//	clock          starts            met by                     cancelled by
//	assign         MQL               the first assignment       close before
//	accept         each assignment   accept, reject, decline,   reassignment, hold, close
//	                                 recycle of that assignment
//	first_touch    its anchor        a person's first activity  reject, recycle, withdrawal
//	speed_to_lead  MQL               the same                   the same
//	disposition    accepted          dispose, recycle           any other close
//	demo_booked    its anchor        a meeting booked, a deal   any close but as SQL
//
//	attempts       a step of a plan  an attempt on its channel  the lead is reached, any close
//	an own kind    its anchor        what it asks for           the closes that it names, or any
//
// What an own kind asks for comes after its anchor when that is itself something that sales did: a first touch, a meeting, an
// SQL. Other clocks may be met before they begin. No own clock begins after a close, but for a close as SQL.
//
// A merge into another lead cancels them all as DUPLICATE. To dispose of a lead that nobody touched breaches first_touch
// and speed_to_lead, even before their deadline. A nurture tier closes as it opens: its sales clocks never exist.
//
// # Attempts
//
// A plan of attempts has a clock for each step: run 1 for the first. The next step begins as one is made, or at its deadline if
// nobody made it; an attempt is always one at the step that began last. The step that was not made stays overdue until a later one is
// made. Once the lead is reached - a call that reaches somebody, a meeting, a reply - nothing is left to be done.
//
// The spacing between attempts is counted in the time of the plan, pauses left out.
//
// # Time
//
// A clock counts wall time, or the working time of whoever has the handoff: while it is passed on, what was used stays
// used, and the rest is counted in the next rep's calendar. Accept restarts, for it asks something of one
// rep, and so does another clock if the policy says so, until what it asks for is done; then accept may carry on. [Segments] says who
// is responsible for which share.
//
// The deadline is the earliest instant at which the budget is used up. An answer is in time when it used no more than the
// budget, so one at the very instant of the deadline is, and one before the clock began used nothing. What happened after
// hours, when no working time passed since the deadline, is in time as well, though the alarm has rung by then.
//
// A later change of tier replaces the budget from the start on, but leaves at least half an hour, in the clock's own time,
// from the change. It changes nothing for a clock whose budget was used up before.
//
// A stretch of time that is over is counted by the calendar as it stood when it ended; what still runs is counted by the
// newest edition. So a change of a calendar moves running clocks and leaves stopped ones alone. A clock whose calendar is
// not known yet has no deadline and waits for it.
//
// An act that was recorded later than the policy allows counts when it was recorded, unless a system says so itself that both teams
// trust. A goal is a length of time within which an answer is wanted: it is shown and reported, and no clock is late for it.
//
// An act that is suspect, for too many came at once for a person, counts as if it had never happened, until somebody confirms it. Then
// it counts as if it had never been suspect. A clock that it had met runs on meanwhile, or is late: that is told once, and taken
// back with the confirmation.
//
// # Pauses
//
// A handoff's clocks stand still while one of its pauses lasts: it takes that time out of what is counted, so one out of hours
// costs nothing. A clock that stands still is PAUSED: it has no deadline, and tells nothing. A pause ends when somebody says so,
// at the instant that was agreed, or once it has lasted as long as the playbook allows, in each clock's own time; and for a clock
// that stops, with that. Pauses may overlap; the clock goes on once the last of them is over.
//
// A pause holds for clocks that begin while it lasts, for whoever has the handoff, and in whatever tier: the half hour that a
// change of tier leaves begins when the clock goes on. But assign never stands still; accept of a later rep does only for a
// system incident, for the pause was not that rep's; and a clock whose budget was used up when the pause began is late and stays
// it. A system incident may be told afterwards. Then breaches that fell into it are taken back, also those of clocks that ended.
//
// # Ladders
//
// A step of a ladder comes when its share of the budget is used up, in the clock's own time: at 150 % of four hours, two hours
// of work after the deadline. One that is not before the deadline never comes before the breach, and one that a change of tier
// brought not before the change.
//
// # Invariants
//
//   - A clock that came to an end stays ended, whatever the time.
//   - A clock is MET iff it was answered and the time it used is within its budget.
//   - Being taken away does not excuse: what ends a clock after its budget was used up leaves it MISSED. A duplicate
//     excuses always.
//   - An act makes at most one step of a plan, and steps are made in their order, each no sooner than its spacing allows.
//   - Each alert of a clock is due at most once, and none before its instant; see [Clock.Alarms]. A breach that was taken back may
//     come again.
package deadline

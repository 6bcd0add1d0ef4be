// Package worktime does arithmetic in business time: when a budget of working
// hours is used up, how much of a stretch was working time, and whether anybody
// is at work. It speaks of calendars, instants and durations only, and never
// reads a clock.
//
//	    Fri 6 March              Sat, Sun        Mon 9 March
//	    09:00           17:00                    09:00           17:00
//	────┬───────────────┬────────────────────────┬───────────────┬────
//	                   ██ 30m                    ███████ 3h30m
//	                   ▲ start 16:30                   ▲ due 12:30: 4 hours
//
// # What counts
//
// A [Calendar] is a week of opening hours on the wall clock of one IANA zone,
// with exceptions by date. Hours are half-open, [open, close); 24:00 is the
// next local midnight, and an overnight shift is two spans, 22:00-24:00 and
// 00:00-06:00. For each local date the first of these that applies decides:
//
//	holiday   closed all day, one of its own or a public one
//	override  these hours instead of the weekday's, less the date's breaks
//	weekday   the week's hours, less the date's breaks
//
// # Changes of the clock
//
// Hours are read off a wall clock that is never set back. Where the zone's
// clock jumps ahead, so does this one; where it is set back, this one stands
// still until the hour that repeats has passed for the second time.
//
//	New York, 8 March       01:59 → 03:00    02:30 is the instant of 03:00
//	New York, 1 November    01:59 → 01:00    01:30 is the first of the two
//
// So a wall time names one instant: the first at which the zone's clock shows
// it or anything later. A time that a gap swallowed moves forward to the end of
// the gap; hours wholly inside the gap are empty, and so is a date that a zone
// skipped. Durations are real: from 00:00 to 24:00 on the day when the clock is
// set back there are 25 hours of work.
//
// # Invariants
//
//	Worked(s, Due(s, b)) == b                   nothing is lost or doubled
//	Worked(s, t) < b for any t < Due(s, b)      a deadline is the earliest instant
//	Worked(s, t) + Worked(t, u) == Worked(s, u)
//	Worked(s, t) == the sum of Segments(s, t)   every figure can be explained
//
// A budget that ends at closing time is due at closing time, not when the
// calendar opens again. Pauses are taken out before anything is counted, so a
// pause outside the hours costs nothing.
//
// A Calendar never changes after [New] and needs no lock. Instants go in with
// any zone and come out in UTC. All of it counts in whole microseconds: what is
// finer is cut off, from instants and budgets alike.
package worktime

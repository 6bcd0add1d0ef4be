// Package testclock moves the time of a rehearsal.
//
// With a test clock nothing in the suite happens by itself. After each change that comes in from outside, and at each
// step of the clock, all event logs are drained in a fixed order; when all is quiet, the clock moves to the earliest
// instant for which a service has something planned, and not beyond it:
//
//	Advance(to):  drain -> earliest planned instant <= to? -- yes --> clock = that instant -> fire -> drain -> ...
//	                                        \-- no --> clock = to
//
// Every step depends on what is stored and on nothing else, so a rehearsal that was killed at any point goes on as if it
// had not been. The instant is stored before the timers of that instant fire.
package testclock

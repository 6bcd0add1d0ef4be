// Package period gives the stretches of time that people report on a name: a week, a month or a quarter of a calendar's zone.
//
//	2026-W10    the ISO week from Monday, 2 March 2026; the week of a year's first Thursday is its first
//	2026-03     the month of March 2026
//	2026-Q1     January to March 2026
//	last-week, last-month, last-quarter    the last that is over
//	this-week, this-month, this-quarter    the one that is going on
//
// A period begins at midnight of its first day and ends at midnight after its last, on the clock of its zone, so one in which
// the clock is changed is an hour shorter or longer than others.
//
// Invariants: periods of one length follow each other without a gap and never overlap, [Period.Before] goes one back and [Period.After] one on, and
// the name of a period reads as that period.
package period

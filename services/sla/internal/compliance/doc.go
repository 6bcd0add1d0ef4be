// Package compliance judges whether marketing and sales kept what they promised each other.
//
// A share is judged unrounded and shown in per mille, rounded half to even, so a promise of 900 per mille that was kept to
// 899.6 is shown as 900 and was not kept. Nothing is judged on nothing: without a single case there is neither an actual
// figure nor a verdict.
//
//	party      measure               what counts
//	marketing  mql_volume            MQLs of the calendar month, in UTC, in which the period ends, up to that end
//	marketing  criteria_met          MQLs of the period that sales did not reject as a bad fit
//	marketing  context_complete      handoffs of the period that held all that the playbook requires
//	sales      first_touch_in_time   clocks that fell due in the period, met
//	sales      disposition_complete  clocks that fell due in the period, answered, in time or not
//
// The volume is promised by the month, so it is judged by whole months and never in proportion: while the month lasts it
// can be kept but not broken.
package compliance

// Package compliance judges whether marketing and sales kept what they promised each other.
//
// A [Ledger] is told of each clock that fell due in a period, and of each lead that became an MQL in it. It counts them as a
// whole and cut by tier, rep, team and source, and by how soon leads were touched. [Judge] holds the counts against the promises.
//
// A share is judged unrounded and shown in per mille, rounded half to even, so a promise of 900 per mille that was kept to
// 899.6 is shown as 900 and was not kept. Nothing is judged on nothing: without a single case there is neither an actual
// figure nor a verdict.
//
//	party      measure               what counts
//	marketing  mql_volume            MQLs of the months of the period, or of the month in which it ends, up to that end
//	marketing  criteria_met          MQLs of the period that sales did not reject as a bad fit
//	marketing  context_complete      handoffs of the period that held all that the playbook requires
//	marketing  assigned_in_time      assign clocks that fell due in the period, met: the immediate trigger
//	sales      accepted_in_time      accept clocks that fell due in the period, met
//	sales      first_touch_in_time   clocks that fell due in the period, met
//	sales      disposition_in_time   clocks that fell due in the period, met
//	sales      disposition_complete  clocks that fell due in the period, answered, in time or not
//	sales      contacted             MQLs of the period that a person touched within five weeks
//
// The volume is promised by the month, so it is judged by whole months and never in proportion: while the month lasts it
// can be kept but not broken.
//
// # How soon
//
// Speed to lead counts from the MQL, whoever kept the lead waiting; what sales answers for counts from the first assignment.
// Both are wall time, also where the clocks count working time: a lead does not know the hours of an office.
//
// Invariants: the counts of a slice add up to those of the whole, but for clocks that are in no slice; the buckets of a table
// add up to its leads; the order in which a ledger is told of them does not matter.
package compliance

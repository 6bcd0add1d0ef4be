// Package hindsight adds up what two versions of a playbook make of history, side by side. It reads and writes nothing.
//
//	Deals ──────────────┐
//	                    ▼
//	Lead, Lead, … ──▶ Tally ──▶ Result: gained and lost, tiers, precision and recall, what activation would do
//
// Leads come one by one, in the order of their ids, and are not kept: a tally holds counters, a bounded number of examples,
// and one small entry for each handoff that would have begun in the period.
//
// # How qualification is held against outcomes
//
//	precision   of the leads that qualified, those that an opportunity was opened for afterwards
//	recall      of the opportunities that were opened, those that belong to a lead that had qualified before
//
// A lead that qualified a short while ago and has no opportunity yet may still get one: it counts neither way until it is
// mature. For deals that were won the same holds while a deal is open. Leads that no version ever sent to sales had no
// chance to become an opportunity; precision says nothing about them, and of leads that only the draft qualifies it says
// what happened without sales having been told.
//
// The interval beside a share is that of Wilson (1927) at 95 %, z = 1.96: it stays within 0 and 1 and tells small numbers
// from large ones.
package hindsight

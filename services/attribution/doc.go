// Package attribution says what marketing was worth: it keeps campaigns, spend and opportunities, writes every touch into a
// ledger, credits the touches before each opportunity, keeps sourced and influenced apart, and computes the one number that
// both teams own.
//
//	scoring ──leads, engagements, matches, merges──┐
//	routing ──handoffs, accepted, closed───────────┼──▶ facts ──┐
//	sla ──────what sales did───────────────────────┘            ├──▶ figures, by the playbook in force
//	callers ──campaigns, spend, opportunities──────▶ records ───┘
//
// Nothing that can be derived is stored: facts and records are, each with the instant at which a service put it on record, and
// every answer is a pure function of them, read in one snapshot. So an answer can be asked for as of an instant: it is what was
// on record then, by the playbook that was in force then. The rules are in internal/credit (shares and money), internal/pipeline (sourced, influenced, the shared
// number), internal/dossier (what of the record counts for one opportunity), internal/funnel, internal/tally and
// internal/deal (what may stand in an opportunity). Their reading from tables is in internal/store.
//
// Once a day it looks at two figures of a trailing window, the win rate and the share of MQLs that became SQLs, and holds them
// against the four windows before. A fall that the playbook does not tolerate is told as FunnelSlipped, and not again for the
// length of the window. Too few cases say nothing; MQLs that are too young to have become SQLs are not counted.
//
// # Invariants
//
//   - Credits of an opportunity with a touch sum to exactly 1,000,000 parts and to exactly its amount. In a report the
//     slices and what is untouched sum to exactly the total.
//   - The order in which events arrive, and in which services send them, changes no answer.
//   - Touches are never rewritten. A touch belongs to its lead; whom the lead turned out to be, and at which account, is
//     looked up when an answer is given.
//   - An opportunity is one by source and source id, a figure of spend likewise: an import may be repeated.
//   - The team that sourced an opportunity is frozen when it is put on record, on what the services had recorded by then,
//     however late that arrives: whoever puts opportunities on record and whoever takes in facts wait for each other, and
//     what was still on its way is decided on anew. What is recorded later shows beside it, in the answers of the three rules.
//   - What is answered as of an instant does not change any more once everything that was recorded by then has arrived.
//   - Money of different currencies is never added.
//
// Before a playbook is in force, figures follow the documented defaults.
package attribution

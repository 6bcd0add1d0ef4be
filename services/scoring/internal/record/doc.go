// Package record holds what scoring keeps: leads, accounts, engagements and match decisions, as plain values.
//
//	Lead ──▶ Account ──▶ parent Account ──▶ …
//	 │  └──▶ Lead that it was merged into (at most one step)
//	 └──◀ Engagement
//
// # Invariants
//
//   - A lead keeps its own fields for ever, also after it was merged; what is shown of a person is computed from all of
//     its leads. So a merge can be taken back.
//   - A lead that was merged points at the lead that stands for the person now, never at one that was merged itself.
//   - Ids are kept, never resource names. Times are UTC in whole microseconds; the zero time is none.
//   - Only this service knows these values. Lead.Fields, Engagement and the keys of an identity are personal data.
package record

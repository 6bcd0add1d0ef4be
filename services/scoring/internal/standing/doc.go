// Package standing decides where a lead stands against the signed definition of a qualified lead, and when one that came
// back from sales may go to sales again.
//
//	UNSCORED ──first playbook──▶ UNQUALIFIED ◀──────────── no longer ─────────────┐
//	                                  │    └───────── disqualifier ──────────▶ DISQUALIFIED
//	                              over the line                                   ▲   │
//	                                  ▼                                           │   │ no longer, and it was an MQL
//	        ┌────────────────────▶   MQL   ──────────── disqualifier ─────────────┘   │
//	        │ next cycle,             │  ▲ ◀──────────────────────────────────────────┘
//	        │ a new handoff       closed by
//	        └──── came back ◀────   sales
//
// # Rules
//
// Becoming an MQL is an event, once a cycle. Falling below the line later does not undo it, and a disqualifier that goes
// away leaves the lead in the cycle that it was in.
//
// After its handoff was closed a lead rests. It comes back when it does something new, is over the line, and either the
// cooldown has passed or what it did shows high intent by itself. Time alone, a new playbook or a corrected record never
// bring it back. How the handoff ended decides whether it may:
//
//	SQL, NURTURE, RECYCLED         may come back
//	DISQUALIFIED, BAD_DATA         stays away: sales said that there is nothing to come back for
//	DUPLICATE                      stays away if a rep said so. If the suite closed it, because two records turned out to
//	                               be one person, the person was never answered and may qualify again at once
//
// When the teams dispute how a handoff ended, what they decide counts instead: a lead that sales should have kept may qualify
// again at once, and another reason is another outcome. The handoff itself stays closed. What they decide may be known before the
// end itself.
//
// # Invariants
//
//   - Everything is a pure function of the facts. Facts about a handoff that is not the present one change nothing, so
//     it does not matter when they arrive.
//   - At most one handoff is open for a lead, also after two leads became one.
//   - The cycle only grows, and each cycle has one handoff.
package standing

// Package policy says what a playbook means where it is silent.
//
// Both teams sign a short document; the services need a complete one. [WithDefaults] is the only place that knows the
// difference, so that no two services can fill the same gap differently.
//
//	as signed                        as the services read it
//	accept: {within: 4h}             accept: {within: 4h, unit: wall, from: assigned, at_risk: 75%}
//	(no recycle policy)              recycle: {cooldown: 30d, exclude_rejecting_rep: true}
//
// # Invariants
//
//   - What the document says stays as it says it: a default never replaces anything.
//   - The document that was passed is not changed, and shares nothing with the result.
//   - Defaults have no gaps of their own: WithDefaults(WithDefaults(d)) = WithDefaults(d).
//   - Every section exists afterwards, so a reader needs no nil checks. Only `surge` and `meetings` may be
//     missing: without the one nobody is told, without the other no meeting is taken.
//   - The hash that both teams sign is the hash of the document without its defaults.
package policy

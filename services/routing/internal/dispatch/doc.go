// Package dispatch finds the rep for a lead: the account's owner, or whoever is next in a pool, or nobody yet, with the
// reason and the instant at which to look again.
//
//	owner ── available ──────────────────────────────────────────▶ placed, past the pools; counted if the pool says so
//	  │ on leave ─▶ whoever covers for them, who may be covered for in turn ─▶ the same
//	  │ none, away, at a cap, or has refused this lead
//	  ▼
//	pool ─── somebody eligible ─▶ fairness decides ──────────────▶ placed, in the ledger of that pool
//	  │ nobody
//	  ▼
//	overflow pool, as many in a row as the lead's playbook allows ▶ placed, in the ledger of that pool
//	  │ nobody
//	  ▼
//	fallback: a last pool, or a rep ─────────────────────────────▶ placed, in the ledger if it is a pool
//	  │ nobody
//	  ▼
//	held, with a reason
//
// A lead that waits for its owner asks the pools only when the owner cannot come: is no rep, is inactive, or has refused.
//
// What a lead needs, who shares it by a pool must cover. Owners, their covers and a fallback rep are chosen as persons,
// and get it whatever it needs.
//
// Who takes a lead themselves need not be on shift, but must be all else, and cover what it needs: nobody chose them for it.
//
// A [Desk] holds what several placements of one instant share: it counts each handoff and each turn, so that the next
// lead finds them counted. It does no more than memory can: what it is made of was read under the locks of its pools and
// reps, and whoever made it writes it back.
//
// # Invariants
//
//   - Nobody gets a lead who is inactive, away, off shift, at a cap, or has refused it before; by a pool, nobody who does not
//     cover what it needs. Off shift people get what they take themselves.
//   - A placement by a pool is one decision in that pool's ledger. One to an owner is in none, unless the owner is a member of
//     the pool that the lead passes, and that pool counts it.
//   - A hold changes nothing.
package dispatch

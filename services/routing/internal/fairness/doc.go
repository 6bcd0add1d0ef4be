// Package fairness decides which member of a pool gets the next lead, and keeps
// the ledger that proves that the turns were shared out as the weights say.
//
// # The ledger
//
// Each member has an integer weight w, an entitlement e and a credit c, the
// leads counted as given to them. The deficit d = e − c is what the pool still
// owes. For every lead that the pool decides, all members of the set E who
// accrue gain w/ΣE in entitlement; one eligible member is picked and gains one
// credit:
//
//	          E accrues 1 lead            one member pays 1 lead
//	Σd = 0 ───────────────────▶ Σd = 1 ───────────────────────▶ Σd = 0
//
// Quantities are integers in units of 10⁻⁹ leads ([Units]). Shares are
// differences of rounded prefix sums, so they add up to exactly one lead and no
// unit is ever lost or made.
//
// # Epochs
//
// An epoch lasts while the accruing set and the weights stay as they are. Within
// it an entitlement is a closed formula of the number of decisions, so a decision
// changes one member and the pool's turn and nothing else; that is what a store
// has to write. When the set or a weight changes, entitlements are settled and
// the deficits carried over:
//
//	            decide, charge                 decide, charge
//	              ┌──────┐                       ┌──────┐
//	              ▼      │                       ▼      │
//	join ──▶ epoch k, turn t ──────────────▶ epoch k+1, turn 0
//	                         join, leave, reweigh, reset,
//	                         another set accrues
//
// # Invariants
//
//   - Σd = 0 after every operation, exactly.
//   - Members are sorted by ID. The order decides nothing but which member a
//     rounding unit falls to. Deficits within 4 units of each other are a tie.
//   - Rounding shifts a deficit by less than one unit an epoch, so a million
//     changes of the set cost less than a thousandth of a lead.
//   - Operations are values in, values out: a Pool is never changed in place, so
//     a transaction that rolls back costs nobody a turn.
//
// # What each mode promises
//
//	Fair         Picks the largest deficit: smooth weighted round robin, made to
//	             work with absences. Fixed set: nobody is ever a whole lead over
//	             their share. Equal weights and any absences: |d| ≤ (n−1)/2 for
//	             ever (the greedy carpool: Fagin and Williams 1983; Ajtai, Aspnes,
//	             Naor, Rabani, Schulman and Waarts 1998). Unequal weights with
//	             absences: no bound is known to us; 1.2 was measured for n = 8.
//	Quota        Tijdeman's chairman assignment (1980). Fixed set:
//	             |c − λt| ≤ 1 − 1/(2n−2) < 1 at every moment, where λ = w/ΣE. Exact
//	             while ΣE·(2n−2) ≤ 10⁸, beyond that within 10⁻⁸ of a lead.
//	             A new set carries the deficits over; no bound is claimed then.
//	LeastLoaded  Picks the fewest open handoffs per weight. It promises nothing
//	             about shares; the ledger is kept all the same.
//
// Several pools can share one ledger: give them one Pool that has all their
// members and name only the deciding pool's members as candidates.
package fairness

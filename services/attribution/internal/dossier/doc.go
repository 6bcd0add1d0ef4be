// Package dossier gathers what is on record about one opportunity and reads the agreed terms on it: who gets the credit,
// which team sourced it, whether marketing influenced it.
//
//	                 lookback                          closed or now
//	    ├───────────────────────────────────┤                 │
//	────●────────●──────────●───────────────┼─────────●───────┼──▶ time
//	  touch    touch      touch           opened    touch     │
//	    └── pipeline credit, sourcing ──────┘                 │
//	    └── credit of the full path to a won deal ────────────┘
//	    └── influence (its own lookback) ─────────────────────┘
//
// # Invariants
//
//   - Credit is for the pipeline: it is shared among what happened until the opportunity was opened, and does not move when
//     the deal is closed. The full path alone reaches to the close of a won deal, since its fourth milestone lies there.
//   - The lookback is counted from the opening, whatever the model.
//   - What a machine did is no touch, and what needs no act of the person reached earns nothing.
//   - Every touch of the ledger is marketing's: it is something that a lead did. What sales did is an activity.
package dossier

// Package store keeps reps, pools with their ledgers, and handoffs with their assignments.
//
// # Locks
//
// What decides who gets a lead is read under locks, which are taken in this order, each kind by id:
//
//	pools ──▶ reps ──▶ handoffs ──▶ gate
//
// On SQLite a write transaction is alone anyway. On PostgreSQL the lock of a pool is the update of its row: only what is
// read after it counts. Two transactions that still meet in different orders are told apart by the database, and one of
// them runs again.
//
// # Invariants
//
//   - A handoff has at most one assignment that is not over, by unique index.
//   - A turn of a pool is one row of its ledger, by primary key, and is taken back at most once.
//   - (issuer, subject) is one rep's alone.
//
// Times are Unix microseconds, 0 for none.
package store

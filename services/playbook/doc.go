// Package playbook keeps the agreement of marketing and sales: drafts, the signatures of both teams, and the one version
// in force.
//
// A version's document never changes; what was signed is its hash. The rules of signing are in internal/agreement, the
// reading of YAML and its problems in internal/document. When a version comes into force, PlaybookActivated carries the
// whole document to every service that works by it, and the version before is retired in the same transaction.
//
// Invariants: versions count from 1 without a gap; at most one is active; an active or retired one has two signatures of
// different people.
package playbook

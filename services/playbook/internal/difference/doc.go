// Package difference says what differs between two playbooks, in meaning and not in text.
//
//	two documents
//	   │ a criterion that only got another name has it in both     renames.go
//	   │ what is left open has its default                         policy.WithDefaults
//	   ▼
//	walk of all fields of the schema ──▶ changes of meaning        walk.go
//	walk of the documents as written ──▶ changes of wording
//	   │
//	   ▼
//	effect of each, by what expressions look at                    effect.go, reach.go
//	sentence of each                                               sentence.go: phrases.go, terms.go, vocabulary.go
//
// # Promises
//
//   - Changes(d, d) is empty. Documents with different bytes have at least one change.
//   - The walk follows the schema. A field that this package has never heard of is compared like any other, its effect is
//     Unknown and its sentence is made of its name. Every other field has a sentence of its own.
//   - A change touches who is qualified where the gate or a hard stop looks at it, directly or by way of criteria, points,
//     the buying committee or models, in either document. What nobody looks at is counted and decides nothing.
//   - Comments, formatting, the order of names, long and short forms, and spaces in expressions change no meaning. Nor do
//     defaults that are written out. Where they change the document, the change is one of wording.
//   - More than ten target accounts that come, or go, are one change: a new list does not bury what else is signed.
//   - Accounts are compared by domain, rules before the tiers by condition, steps of a ladder by when they come. The order
//     of lists counts where a list is asked in order.
package difference

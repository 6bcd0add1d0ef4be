// Package match decides which account a lead belongs to.
//
// Plan says what to look up, Decide chooses among what was found:
//
//	lead ──Plan──▶ lookups ──(caller's store)──▶ candidates ──Decide──▶ decision
//
// # Rules
//
// The first decisive rule wins. There is no score: nothing adds up, and no rule
// is overruled by a later one.
//
//	0  MANUAL_LOCK        a person pinned the account
//	1  EXTERNAL_ID        the caller names the account
//	2  EXACT_PERSON       the address is that of a known person
//	3  KNOWN_MAP          the host is in the map of known hosts; a longer host
//	                      goes before a shorter one
//	4  DOMAIN_UNIQUE      one active account is at the registrable domain
//	5  DOMAIN_MULTI_*     several are: narrowed by full host, then name, then
//	                      country, then postal code, until one is left; then by
//	                      the hierarchy policy if all are of one family
//	6  NAME_CORROBORATED  the name is equal, and a country, phone or postal code
//	7  NAME_ONLY          the name is equal and nothing else; by policy
//	8  NAME_FUZZY         the name is similar (a Jaro-Winkler similarity of at
//	                      least 0.92, also with abbreviations spelt out and the
//	                      words in another order) or an acronym, and something
//	                      corroborates it; by policy
//	9  REVIEW_*           evidence that does not decide, for a person to see
//	   UNMATCHED          no evidence
//
// # Invariants
//
//   - Decide is pure and deterministic, and the order of the candidates never
//     changes its answer. A tie is never broken by age, size or chance: it goes
//     to review.
//   - A consumer, disposable or shared mail domain is no evidence: rules 3, 4
//     and 5 are passed over for it.
//   - Only active accounts are matched, except by the lock.
//   - A decision in review has no account. Routing goes on meanwhile as for a
//     lead without one.
//   - Each candidate says what speaks for it and why it was not taken.
//   - Equal InputsHash, NormaliserVersion and ListsVersion mean equal decisions.
package match

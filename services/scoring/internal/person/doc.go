// Package person reads what is known of one person.
//
//	what callers give ──Read──▶ Person: the stored form, and what it means
//	                              ├── Fields    the stored form with its origin, for a merge
//	                              ├── Keys      what tells that two records are one person
//	                              ├── Match     what tells the person's company
//	                              └── Facts     what expressions see
//
// # Invariants
//
//   - Only an e-mail address can be wrong, because it says who the person is. A telephone number, country, title, name or
//     postal code that cannot be read is kept as it was typed, and means nothing.
//   - Reading the stored form again gives the same: Read(Read(p).Profile) = Read(p).
//   - What is not known is unknown to expressions, and never "" or "unknown".
package person

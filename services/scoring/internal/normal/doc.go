// Package normal turns what people type about themselves and their companies
// into the one form that Handoff stores and the keys that it compares.
//
//	typed                          stored form                  compared by
//	" Jane+News@Bücher.Example "   Jane+News@xn--bcher-kva…     jane@xn--bcher-kva…
//	"https://www.uk.Acme.com/x"    host uk.acme.com             registrable acme.com
//	"The ACME Company, Inc."       as typed                     acme
//	"(415) 555-2671", US           +14155552671                 the same
//	"Brasil"                       BR                           the same
//	"Sr. Director, Sales Ops"      as typed                     director, revops
//
// # Invariants
//
//   - Every function is pure: the same input and the same Version and
//     ListsVersion give the same output, on any machine, at any time.
//   - Normalising twice is normalising once: f(f(x)) = f(x).
//   - Bad input is an *Error that names the field and never holds the value;
//     no input panics. Input longer than its published limit is refused before
//     it is looked at.
//   - Nothing is guessed. A dot in a Gmail address stays a dot, a company
//     without a name keeps the little that it has, an unknown title is unknown.
//
// Version counts the rules in this package and must be raised with every change
// that can change a result. ListsVersion names the data that the rules read.
package normal

import (
	"golang.org/x/net/publicsuffix"

	"github.com/handoffhq/handoff/services/scoring/internal/normal/mailkind"
)

// Version is the version of the rules of this package. Decisions store it, so
// that a later reader knows by which rules two keys were equal.
const Version = 2

// ListsVersion names the versions of the mail domain lists and of the Public
// Suffix List.
func ListsVersion() string {
	return mailkind.Version + "; " + publicsuffix.List.String()
}

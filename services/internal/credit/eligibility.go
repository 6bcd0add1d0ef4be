package credit

import (
	"slices"
	"time"
)

// Window is a span of time with both ends included. A zero end is open.
type Window struct {
	From, To time.Time
}

// Lookback is the window of the given length that ends at the cut. The cut is the opportunity's
// creation for credit on pipeline and its closing for credit on revenue. A length of zero or less
// looks back for ever.
func Lookback(cut time.Time, length time.Duration) Window {
	if length <= 0 {
		return Window{To: cut}
	}
	return Window{From: cut.Add(-length), To: cut}
}

// Contains reports whether the instant lies in the window.
func (w Window) Contains(at time.Time) bool {
	if !w.From.IsZero() && at.Before(w.From) {
		return false
	}
	return w.To.IsZero() || !at.After(w.To)
}

// People says whose touches count for an opportunity. The zero value is [Account].
type People struct {
	only map[string]bool // nil: everybody
}

// Account counts everybody at the opportunity's account, anonymous visitors too.
func Account() People { return People{} }

// ContactRoles counts the people who have a role in the opportunity. Without any, nobody counts.
func ContactRoles(persons ...string) People {
	only := make(map[string]bool, len(persons))
	for _, person := range persons {
		if person != "" { // the empty id stands for everybody who is anonymous
			only[person] = true
		}
	}
	return People{only: only}
}

// Primary counts the opportunity's primary contact alone. Without one, nobody counts.
func Primary(person string) People { return ContactRoles(person) }

// Include reports whether the person's touches count.
func (p People) Include(person string) bool { return p.only == nil || p.only[person] }

// Eligibility says which touches of a ledger count for one opportunity. The zero value counts all.
type Eligibility struct {
	Window   Window
	People   People
	Excluded []Kind // usually [PassiveKinds]
}

// Counts reports whether the touch counts.
func (e Eligibility) Counts(t Touch) bool {
	return e.Window.Contains(t.OccurredAt) && e.People.Include(t.Person) && !slices.Contains(e.Excluded, t.Kind)
}

// Select returns the touches that count, ordered by [Compare]. It leaves the ledger as it is.
func (e Eligibility) Select(ledger []Touch) []Touch {
	selected := slices.DeleteFunc(slices.Clone(ledger), func(t Touch) bool { return !e.Counts(t) })
	slices.SortFunc(selected, Compare)
	return selected
}

// Lead is a person's creation as a lead.
type Lead struct {
	Person    string
	CreatedAt time.Time
}

// EarliestLead returns the earliest creation of a lead among the people who count: an account becomes
// a lead when its first person does. It returns the zero time when none of them is a lead.
func EarliestLead(leads []Lead, people People) time.Time {
	var earliest time.Time
	for _, lead := range leads {
		if people.Include(lead.Person) && (earliest.IsZero() || lead.CreatedAt.Before(earliest)) {
			earliest = lead.CreatedAt
		}
	}
	return earliest
}

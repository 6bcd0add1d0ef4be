package deal

import (
	"slices"
	"strings"
	"time"
)

// Problem is one thing that is wrong with a deal.
type Problem struct {
	Field  string // in snake case, as in the API
	Reason string
}

// ProblemsError lists everything that is wrong with a deal.
type ProblemsError struct {
	Problems []Problem
}

// Error names every problem.
func (e *ProblemsError) Error() string {
	texts := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		texts[i] = p.Field + " " + p.Reason
	}
	return "deal: " + strings.Join(texts, "; ")
}

// Check reports what must not stand on record, with a [*ProblemsError].
func (d Deal) Check(now time.Time) error {
	var problems []Problem
	refuse := func(bad bool, field, reason string) {
		if bad {
			problems = append(problems, Problem{Field: field, Reason: reason})
		}
	}
	over := d.State != Open
	refuse(d.Source == "", "source", "is required")
	refuse(d.SourceID == "", "source_id", "is required")
	refuse(d.namesTwice(), "contacts", "name a lead twice")
	refuse(d.AmountMinor < 0, "amount", "is negative")
	refuse(d.OpenedAt.After(now), "open_time", "is in the future")
	refuse(over && d.ClosedAt.IsZero(), "close_time", "is required when the deal was won or lost")
	refuse(!over && !d.ClosedAt.IsZero(), "close_time", "is only for deals that were won or lost")
	refuse(over && !d.ClosedAt.IsZero() && d.ClosedAt.Before(d.OpenedAt), "close_time", "is before the deal was opened")
	if problems == nil {
		return nil
	}
	return &ProblemsError{Problems: problems}
}

// namesTwice reports whether somebody has two parts in the deal.
func (d Deal) namesTwice() bool {
	leads := d.Leads()
	slices.Sort(leads)
	return len(slices.Compact(leads)) < len(d.Contacts)
}

package worktime

import (
	"cmp"
	"slices"

	"github.com/handoffhq/handoff/services/internal/holiday"
)

// A stretch is half-open, [start, end), in microseconds: of the local day or,
// when it is a stretch of instants, since 1970-01-01 UTC.
type stretch struct{ start, end int64 }

func (s stretch) empty() bool { return s.start >= s.end }

// An exception is a date that does not have the hours of its weekday.
type exception struct {
	day   int64     // days since 1970-01-01
	hours []stretch // of the local day, tidy
}

// holidays lists the days that are closed, with what they are called as far as
// that is known.
func holidays(spec Spec) map[Date]string {
	closed := make(map[Date]string, len(spec.Holidays))
	for _, rule := range spec.Public {
		for year := holiday.FirstYear; year <= holiday.LastYear; year++ {
			for _, day := range rule.In(year) {
				closed[dateOf(day.Date)] = day.Name
			}
		}
	}
	for _, date := range spec.Holidays {
		closed[date] = cmp.Or(spec.Names[date], closed[date])
	}
	return closed
}

// exceptions lists the dates that have hours of their own.
func exceptions(spec Spec, holidays map[Date]string) []exception {
	hours := make(map[Date][]stretch, len(holidays)+len(spec.Overrides)+len(spec.Breaks))
	for date, breaks := range spec.Breaks {
		hours[date] = without(tidy(spec.Hours[date.weekday()]), tidy(breaks))
	}
	for date, spans := range spec.Overrides {
		hours[date] = without(tidy(spans), tidy(spec.Breaks[date]))
	}
	for date := range holidays {
		hours[date] = nil
	}
	listed := make([]exception, 0, len(hours))
	for date, stretches := range hours {
		listed = append(listed, exception{day: date.day(), hours: stretches})
	}
	slices.SortFunc(listed, func(a, b exception) int { return cmp.Compare(a.day, b.day) })
	return listed
}

// tidy sorts spans, which do not overlap, and joins those that touch.
func tidy(spans []Span) []stretch {
	sorted := slices.SortedFunc(slices.Values(spans), func(a, b Span) int { return cmp.Compare(a.Open, b.Open) })
	var joined []stretch
	for _, span := range sorted {
		next := stretch{span.Open.Microseconds(), span.Close.Microseconds()}
		if last := len(joined) - 1; last >= 0 && joined[last].end == next.start {
			joined[last].end = next.end
		} else {
			joined = append(joined, next)
		}
	}
	return joined
}

// without cuts the breaks out of the hours. Both are tidy, and so is what is
// left.
func without(hours, breaks []stretch) []stretch {
	var left []stretch
	for _, rest := range hours {
		for _, gap := range breaks {
			if before := (stretch{rest.start, min(rest.end, gap.start)}); !before.empty() {
				left = append(left, before)
			}
			rest.start = max(rest.start, gap.end)
		}
		if !rest.empty() {
			left = append(left, rest)
		}
	}
	return left
}

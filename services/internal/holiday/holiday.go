package holiday

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/rickar/cal/v2"

	"github.com/handoffhq/handoff/services/internal/typo"
)

// Source names the rules and their release.
const Source = "github.com/rickar/cal/v2@v2.1.27"

// The years in which the rules are good for something.
const FirstYear, LastYear = 1970, 2099

// A Region is a country, or a part of one. Make one with [Find].
type Region struct {
	code     string
	holidays []*cal.Holiday
}

// String is the code of the region, such as US or DE-BY.
func (r Region) String() string { return r.code }

// A Day is a public holiday.
type Day struct {
	Date time.Time // its midnight in UTC
	Name string    // in a language of the region
}

// Compare orders days by date and name.
func (d Day) Compare(other Day) int {
	return cmp.Or(d.Date.Compare(other.Date), cmp.Compare(d.Name, other.Name))
}

// Find gives the region of a code such as US or DE-BY. Its error says which code may have been meant.
func Find(code string) (Region, error) {
	if holidays, ok := lists[code]; ok {
		return Region{code: code, holidays: holidays}, nil
	}
	code = clip(code, 20)
	country, part, _ := strings.Cut(code, "-")
	parts := Parts(country)
	switch _, known := lists[country]; {
	case code == "":
		return Region{}, errors.New("no country is named")
	case part != "" && known && len(parts) == 0:
		return Region{}, fmt.Errorf("there are no holidays for parts of %s: leave %q out", country, part)
	case part != "" && len(parts) > 0:
		return Region{}, fmt.Errorf("%q is no part of %s whose holidays are known: there are %s", part, country, strings.Join(parts, ", "))
	case len(parts) > 0:
		return Region{}, fmt.Errorf("the holidays of %s differ by its parts: name one of %s", country, strings.Join(parts, ", "))
	}
	if upper := strings.ToUpper(code); upper != code {
		if _, ok := lists[upper]; ok {
			return Region{}, fmt.Errorf("%q is not a country: did you mean %s?", code, upper)
		}
	}
	if strings.EqualFold(code, "UK") {
		return Region{}, fmt.Errorf("%q is not a country: did you mean GB?", code)
	}
	return Region{}, fmt.Errorf("%q is not a country whose holidays are known: there are %s", code, strings.Join(Countries(), ", "))
}

// Countries are the codes of the countries whose holidays are known, in order.
func Countries() []string {
	var all []string
	for _, code := range slices.Sorted(maps.Keys(lists)) {
		country, _, _ := strings.Cut(code, "-")
		all = append(all, country)
	}
	return slices.Compact(all)
}

// Parts are the parts of a country whose holidays are known, such as BY of DE, in order.
func Parts(country string) []string {
	var all []string
	for _, code := range slices.Sorted(maps.Keys(lists)) {
		if part, ok := strings.CutPrefix(code, country+"-"); ok {
			all = append(all, part)
		}
	}
	return all
}

const observed = " (observed)"

// In lists the holidays of a year, by date and name. A year that is not between [FirstYear] and [LastYear] has none.
func (r Region) In(year int) []Day {
	if year < FirstYear || year > LastYear {
		return nil
	}
	var days []Day
	for _, h := range r.holidays {
		if h.Type == cal.ObservanceReligious || h.Type == cal.ObservanceOther {
			continue
		}
		// New Year's Day may be observed on the last day of the year before.
		for _, of := range []int{year - 1, year, year + 1} {
			itself, dayOff := h.Calc(of) // zero times where there is none
			if itself.Year() == year {
				days = append(days, Day{dateOf(itself), h.Name})
			}
			if dayOff.Year() == year && !dayOff.Equal(itself) {
				days = append(days, Day{dateOf(dayOff), h.Name + observed})
			}
		}
	}
	slices.SortFunc(days, Day.Compare)
	return slices.Compact(days)
}

// dateOf takes the date: some rules of the library reckon in the zone of the host all the same.
func dateOf(at time.Time) time.Time {
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)
}

// Holiday is what a holiday is called, whether or not this is the day on which it is observed.
func (d Day) Holiday() string { return strings.TrimSuffix(d.Name, observed) }

// Called reports whether the region ever has a holiday of that name; else it gives the name that was probably meant, if
// there is one.
func (r Region) Called(name string) (meant string, known bool) {
	best, fewest := "", 4
	for _, h := range r.holidays {
		if h.Name == name {
			return name, true
		}
		if edits := typo.Edits(typo.Letters(h.Name), typo.Letters(clip(name, 100))); edits < fewest {
			best, fewest = h.Name, edits
		}
	}
	return best, false
}

// clip cuts foreign text that is longer than what it may stand for.
func clip(text string, most int) string { return text[:min(len(text), most)] }

package holiday

import (
	"fmt"
	"slices"
	"time"
)

// A Rule is the holidays of a region, less those on which work is done.
type Rule struct {
	Region Region
	Except []string // names of holidays, as Columbus Day, which stands for the day of its observance too, or dates, as 2026-10-12
}

// In lists the holidays of a year that are none of the exceptions, by date and name.
func (r Rule) In(year int) []Day {
	return slices.DeleteFunc(r.Region.In(year), func(d Day) bool {
		return slices.Contains(r.Except, d.Holiday()) || slices.Contains(r.Except, d.Date.Format(time.DateOnly))
	})
}

// Check reports what is wrong with an exception: it is neither a date nor the name of a holiday of the region.
func (r Rule) Check(except string) error {
	if _, err := time.Parse(time.DateOnly, except); err == nil {
		return nil
	}
	switch meant, known := r.Region.Called(except); {
	case known:
		return nil
	case meant != "":
		return fmt.Errorf("%s has no holiday %.40q: did you mean %s?", r.Region, except, meant)
	default:
		return fmt.Errorf("%s has no holiday %.40q, and it is no date such as 2026-10-12", r.Region, except)
	}
}

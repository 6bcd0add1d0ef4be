package worktime_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

var budgets = []struct {
	name  string
	hours time.Duration
}{{"4 hours", 4}, {"5 days", 5 * 8}, {"1 year", 52 * 5 * 8}, {"10 years", 10 * 52 * 5 * 8}}

// busy has holidays all along, as a calendar in use has.
func busy(b *testing.B) *worktime.Calendar {
	return newYork(b, func(s *worktime.Spec) {
		for year := 2020; year < 2040; year++ {
			for month := time.January; month <= time.December; month++ {
				s.Holidays = append(s.Holidays, date(year, month, 1))
			}
		}
	})
}

func BenchmarkDue(b *testing.B) {
	start := at("2026-03-04T10:00-05:00")
	for _, budget := range budgets {
		b.Run(budget.name, func(b *testing.B) {
			c := busy(b)
			b.ReportAllocs()
			for b.Loop() {
				due(b, c, start, budget.hours*time.Hour)
			}
		})
	}
	b.Run("paused", func(b *testing.B) {
		c := busy(b)
		pause := between("2026-03-04T10:30-05:00", "2026-03-05T10:30-05:00")
		b.ReportAllocs()
		for b.Loop() {
			due(b, c, start, 4*time.Hour, pause)
		}
	})
}

func BenchmarkWorked(b *testing.B) {
	start := at("2026-03-04T10:00-05:00")
	for _, budget := range budgets {
		b.Run(budget.name, func(b *testing.B) {
			c := busy(b)
			end := due(b, c, start, budget.hours*time.Hour)
			b.ReportAllocs()
			for b.Loop() {
				c.Worked(start, end)
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	c, instant := busy(b), at("2026-03-04T10:00-05:00")
	b.ReportAllocs()
	for b.Loop() {
		c.Open(instant)
	}
}

func BenchmarkNew(b *testing.B) {
	spec := worktime.Spec{TimeZone: "America/New_York", Hours: workdays(hours("09:00", "17:00"))}
	b.ReportAllocs()
	for b.Loop() {
		calendar(b, spec)
	}
}

package worktime_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

// drawLength is a length of up to most, in microseconds, and not zero.
func drawLength(t *rapid.T, label string, most time.Duration) time.Duration {
	return time.Duration(rapid.Int64Range(1, most.Microseconds()).Draw(t, label)) * time.Microsecond
}

func drawBudget(t *rapid.T) time.Duration {
	return drawLength(t, "budget", 2000*time.Hour)
}

func TestWorkedUntilDueIsTheBudget(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		start, budget, pauses := s.drawInstant(t, "start", time.Microsecond), drawBudget(t), s.drawPauses(t, time.Minute)
		got := must(s.calendar.Due(start, budget, pauses...))
		if worked := s.calendar.Worked(start, got, pauses...); worked != budget {
			t.Fatalf("worked until %v: got %v, want %v", got, worked, budget)
		}
		if worked := s.calendar.Worked(start, got.Add(-time.Microsecond), pauses...); worked != budget-time.Microsecond {
			t.Fatalf("worked until a moment before %v: got %v, want a moment less than %v", got, worked, budget)
		}
	})
}

func TestWorkedAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		from, pauses := s.drawInstant(t, "from", time.Microsecond), s.drawPauses(t, time.Second)
		middle := from.Add(drawLength(t, "to middle", 100*time.Hour))
		to := middle.Add(drawLength(t, "to end", 100*time.Hour))
		parts := s.calendar.Worked(from, middle, pauses...) + s.calendar.Worked(middle, to, pauses...)
		if whole := s.calendar.Worked(from, to, pauses...); whole != parts {
			t.Fatalf("worked: got %v for the whole, %v for its parts", whole, parts)
		}
	})
}

func TestDueCanBeReachedInTwoSteps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		start, first, second := s.drawInstant(t, "start", time.Microsecond), drawBudget(t), drawBudget(t)
		got := must(s.calendar.Due(must(s.calendar.Due(start, first)), second))
		if want := must(s.calendar.Due(start, first+second)); got != want {
			t.Fatalf("due: got %v in two steps, %v in one", got, want)
		}
	})
}

func TestPauseOutsideTheHoursIsFree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		start, budget := s.drawInstant(t, "start", time.Microsecond), drawBudget(t)
		closes := must(s.calendar.NextClose(s.drawInstant(t, "pause", time.Minute)))
		opens := must(s.calendar.NextOpen(closes))
		pause := worktime.Interval{Start: closes, End: opens}
		got, want := must(s.calendar.Due(start, budget, pause)), must(s.calendar.Due(start, budget))
		if got != want {
			t.Fatalf("due: got %v with a pause from %v to %v, want %v", got, closes, opens, want)
		}
	})
}

func TestPauseCostsTheHoursThatItCovers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		from, to := s.drawInstant(t, "from", time.Microsecond), s.drawInstant(t, "to", time.Microsecond)
		starts := s.drawInstant(t, "pause", time.Second)
		ends := starts.Add(drawLength(t, "long", 50*time.Hour))
		got := s.calendar.Worked(from, to) - s.calendar.Worked(from, to, worktime.Interval{Start: starts, End: ends})
		if want := s.calendar.Worked(later(from, starts), earlier(to, ends)); got != want {
			t.Fatalf("a pause costs %v, want the %v of hours that it covers", got, want)
		}
	})
}

func TestSegmentsAddUpAndDoNotTouch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		from, to, pauses := s.drawInstant(t, "from", time.Microsecond), s.drawInstant(t, "to", time.Microsecond), s.drawPauses(t, time.Minute)
		var total time.Duration
		last := from.Add(-time.Microsecond)
		for segment := range s.calendar.Segments(from, to, pauses...) {
			if !segment.Start.After(last) || !segment.End.After(segment.Start) || segment.End.After(to) {
				t.Fatalf("segment %v follows %v in [%v, %v)", segment, last, from, to)
			}
			total, last = total+segment.Duration(), segment.End
		}
		if worked := s.calendar.Worked(from, to, pauses...); total != worked {
			t.Fatalf("segments: got %v, want %v", total, worked)
		}
	})
}

func TestWallTimeIsElapsedTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		start, budget := s.drawInstant(t, "start", time.Microsecond), drawBudget(t)
		if got := must(worktime.Wall().Due(start, budget)); got != start.Add(budget) {
			t.Fatalf("due: got %v, want %v", got, start.Add(budget))
		}
		roundTheClock := must(worktime.New(worktime.Spec{
			TimeZone: s.spec.TimeZone, Hours: everyDay(hours("00:00", "10:00"), hours("10:00", "24:00")),
		}))
		if got := must(roundTheClock.Due(start, budget)); got != start.Add(budget) {
			t.Fatalf("due round the clock: got %v, want %v", got, start.Add(budget))
		}
	})
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

package worktime_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

var memorialDay = holiday(date(2026, time.May, 25))

func TestDeadlineIsTheEarliestInstantThatUsesUpTheBudget(t *testing.T) {
	t.Parallel()
	lunch := week(workdays(hours("09:00", "12:00"), hours("13:00", "17:00")))
	nights := week(everyDay(hours("00:00", "06:00"), hours("22:00", "24:00")))
	tests := map[string]struct {
		calendar *worktime.Calendar
		start    string
		budget   time.Duration
		want     string
	}{
		"over the weekend on which the clock springs forward": {
			newYork(t), "2026-03-06T16:30-05:00", 4 * time.Hour, "2026-03-09T12:30-04:00",
		},
		"at closing time, not when it opens again": {
			newYork(t), "2026-03-04T13:00-05:00", 4 * time.Hour, "2026-03-04T17:00-05:00",
		},
		"one minute before closing time": {
			newYork(t), "2026-03-04T16:59-05:00", time.Minute, "2026-03-04T17:00-05:00",
		},
		"started on a Saturday": {
			newYork(t), "2026-03-14T11:00-04:00", 4 * time.Hour, "2026-03-16T13:00-04:00",
		},
		"three whole days": {
			newYork(t), "2026-03-02T09:00-05:00", 24 * time.Hour, "2026-03-04T17:00-05:00",
		},
		"over a weekend and a holiday": {
			newYork(t, memorialDay), "2026-05-22T16:00-04:00", 4 * time.Hour, "2026-05-26T12:00-04:00",
		},
		"over lunch": {
			newYork(t, lunch), "2026-03-04T11:30-05:00", time.Hour, "2026-03-04T13:30-05:00",
		},
		"night shift that loses an hour": {
			newYork(t, nights), "2026-03-07T22:00-05:00", 7 * time.Hour, "2026-03-08T06:00-04:00",
		},
		"wall time over the hour that repeats": {
			worktime.Wall(), "2026-10-31T20:00-04:00", 24 * time.Hour, "2026-11-01T19:00-05:00",
		},
		"five wall days": {
			worktime.Wall(), "2026-05-20T15:00-04:00", worktime.Wall().Days(5), "2026-05-25T15:00-04:00",
		},
		"five business days": {
			newYork(t), "2026-05-20T15:00-04:00", newYork(t).Days(5), "2026-05-27T15:00-04:00",
		},
		"five business days over a holiday": {
			newYork(t, memorialDay), "2026-05-20T15:00-04:00", newYork(t).Days(5), "2026-05-28T15:00-04:00",
		},
		"no budget, out of hours": {
			newYork(t), "2026-03-14T11:00-04:00", 0, "2026-03-14T11:00-04:00",
		},
		"a microsecond of budget": {
			newYork(t), "2026-03-14T11:00-04:00", time.Microsecond, "2026-03-16T09:00:00.000001-04:00",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := due(t, test.calendar, at(test.start), test.budget)
			if want := at(test.want); got != want {
				t.Errorf("due: got %v, want %v", got, want)
			}
			if worked := test.calendar.Worked(at(test.start), got); worked != test.budget {
				t.Errorf("worked until due: got %v, want %v", worked, test.budget)
			}
		})
	}
}

func TestWorkedCountsOpeningHoursOnly(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		calendar *worktime.Calendar
		from, to string
		want     time.Duration
	}{
		"wall time over the spring weekend": {worktime.Wall(), "2026-03-06T16:30-05:00", "2026-03-09T12:30-04:00", 67 * time.Hour},
		"a closed weekend":                  {newYork(t), "2026-03-06T17:00-05:00", "2026-03-09T09:00-04:00", 0},
		"no time at all":                    {newYork(t), "2026-03-06T12:00-05:00", "2026-03-06T12:00-05:00", 0},
		"backwards":                         {newYork(t), "2026-03-06T13:00-05:00", "2026-03-06T12:00-05:00", 0},
		"backwards in wall time":            {worktime.Wall(), "2026-03-06T13:00-05:00", "2026-03-06T12:00-05:00", 0},
		"more than a duration can hold":     {worktime.Wall(), "1500-01-01T00:00Z", "2500-01-01T00:00Z", math.MaxInt64},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := test.calendar.Worked(at(test.from), at(test.to)); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestNewOwnerCarriesWhatIsLeftOrStartsAgain(t *testing.T) {
	t.Parallel()
	const budget = 4 * time.Hour
	reassigned := at("2026-03-04T12:00-05:00")
	used := newYork(t).Worked(at("2026-03-04T09:30-05:00"), reassigned)
	if used != 2*time.Hour+30*time.Minute {
		t.Fatalf("used before the change: got %v, want 2h30m", used)
	}
	berlin := workweek(t, "Europe/Berlin")
	if got, want := due(t, berlin, reassigned, budget-used), at("2026-03-05T10:30+01:00"); got != want {
		t.Errorf("carried: got %v, want %v", got, want)
	}
	if got, want := due(t, berlin, reassigned, budget), at("2026-03-05T13:00+01:00"); got != want {
		t.Errorf("restarted: got %v, want %v", got, want)
	}
}

func TestDeadlineThatNeverComesIsAnError(t *testing.T) {
	t.Parallel()
	openOnce := calendar(t, worktime.Spec{
		TimeZone:  "Europe/Berlin",
		Overrides: map[worktime.Date][]worktime.Span{date(2026, time.June, 1): {hours("09:00", "10:00")}},
	})
	start := at("2026-05-01T00:00Z")
	tests := map[string]struct {
		calendar *worktime.Calendar
		budget   time.Duration
		pauses   []worktime.Interval
		want     error
	}{
		"below zero":               {newYork(t), -1, nil, worktime.ErrNegativeBudget},
		"no more hours":            {openOnce, time.Hour + time.Microsecond, nil, worktime.ErrHorizon},
		"beyond the horizon":       {worktime.Wall(), worktime.Horizon + time.Microsecond, nil, worktime.ErrHorizon},
		"more days than there are": {newYork(t), newYork(t).Days(math.MaxInt), nil, worktime.ErrHorizon},
		"paused without an end":    {newYork(t), time.Hour, []worktime.Interval{{Start: start}}, worktime.ErrPaused},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := test.calendar.Due(start, test.budget, test.pauses...)
			if !errors.Is(err, test.want) {
				t.Errorf("got %v, %v, want %v", got, err, test.want)
			}
		})
	}
	if got, want := due(t, openOnce, start, time.Hour), at("2026-06-01T10:00+02:00"); got != want {
		t.Errorf("the only hour: got %v, want %v", got, want)
	}
	if got := due(t, worktime.Wall(), start, worktime.Horizon); got != start.Add(worktime.Horizon) {
		t.Errorf("at the horizon: got %v", got)
	}
}

func TestInstantsComeOutInUTCAndWholeMicroseconds(t *testing.T) {
	t.Parallel()
	start := time.Now().In(time.FixedZone("elsewhere", 3600)) // with a monotonic reading
	for _, budget := range []time.Duration{0, 999, time.Hour + 999} {
		want := start.UTC().Truncate(time.Microsecond).Add(budget.Truncate(time.Microsecond))
		if got := due(t, worktime.Wall(), start, budget); got != want {
			t.Errorf("budget %v: got %#v, want %#v", budget, got, want)
		}
	}
}

func TestOpenIsHalfOpen(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"2026-03-04T08:59:59.999999-05:00": false,
		"2026-03-04T09:00-05:00":           true,
		"2026-03-04T16:59:59.999999-05:00": true,
		"2026-03-04T17:00-05:00":           false,
	} {
		if got := newYork(t).Open(at(text)); got != want {
			t.Errorf("open at %s: got %v, want %v", text, got, want)
		}
	}
}

func TestNextOpenAndNextClose(t *testing.T) {
	t.Parallel()
	nights := newYork(t, week(everyDay(hours("00:00", "06:00"), hours("22:00", "24:00"))))
	tests := map[string]struct {
		calendar            *worktime.Calendar
		from, opens, closes string
	}{
		"while open":               {newYork(t), "2026-03-04T12:00-05:00", "2026-03-04T12:00-05:00", "2026-03-04T17:00-05:00"},
		"at closing time":          {newYork(t), "2026-03-06T17:00-05:00", "2026-03-09T09:00-04:00", "2026-03-09T17:00-04:00"},
		"overnight shift":          {nights, "2026-03-07T21:00-05:00", "2026-03-07T22:00-05:00", "2026-03-08T06:00-04:00"},
		"over a holiday":           {newYork(t, memorialDay), "2026-05-23T00:00-04:00", "2026-05-26T09:00-04:00", "2026-05-26T17:00-04:00"},
		"in the hour that repeats": {nights, "2026-11-01T01:30-05:00", "2026-11-01T01:30-05:00", "2026-11-01T06:00-05:00"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := test.calendar.NextOpen(at(test.from)); err != nil || got != at(test.opens) {
				t.Errorf("opens: got %v, %v, want %v", got, err, at(test.opens))
			}
			if got, err := test.calendar.NextClose(at(test.from)); err != nil || got != at(test.closes) {
				t.Errorf("closes: got %v, %v, want %v", got, err, at(test.closes))
			}
		})
	}
}

func TestCalendarThatNeverChangesIsAnError(t *testing.T) {
	t.Parallel()
	start := at("2026-05-01T00:00Z")
	over := calendar(t, worktime.Spec{
		TimeZone:  "Europe/Berlin",
		Overrides: map[worktime.Date][]worktime.Span{date(2020, time.June, 1): {hours("09:00", "10:00")}},
	})
	if got, err := over.NextOpen(start); !errors.Is(err, worktime.ErrHorizon) {
		t.Errorf("opens: got %v, %v, want %v", got, err, worktime.ErrHorizon)
	}
	roundTheClock := newYork(t, week(everyDay(hours("00:00", "24:00"))))
	for _, c := range []*worktime.Calendar{over, worktime.Wall(), roundTheClock} {
		if got, err := c.NextClose(start); !errors.Is(err, worktime.ErrHorizon) {
			t.Errorf("closes: got %v, %v, want %v", got, err, worktime.ErrHorizon)
		}
	}
}

func TestSegmentsExplainADeadline(t *testing.T) {
	t.Parallel()
	nights := newYork(t, week(everyDay(hours("00:00", "06:00"), hours("22:00", "24:00"))))
	tests := map[string]struct {
		calendar *worktime.Calendar
		from, to string
		pauses   []worktime.Interval
		want     []worktime.Interval
	}{
		"over the weekend": {
			newYork(t), "2026-03-06T16:30-05:00", "2026-03-09T12:30-04:00", nil,
			[]worktime.Interval{
				between("2026-03-06T16:30-05:00", "2026-03-06T17:00-05:00"),
				between("2026-03-09T09:00-04:00", "2026-03-09T12:30-04:00"),
			},
		},
		"one piece from evening to morning": {
			nights, "2026-03-07T12:00-05:00", "2026-03-08T12:00-04:00", nil,
			[]worktime.Interval{between("2026-03-07T22:00-05:00", "2026-03-08T06:00-04:00")},
		},
		"around a pause": {
			newYork(t), "2026-03-04T09:30-05:00", "2026-03-05T13:30-05:00",
			[]worktime.Interval{between("2026-03-04T10:30-05:00", "2026-03-05T10:30-05:00")},
			[]worktime.Interval{
				between("2026-03-04T09:30-05:00", "2026-03-04T10:30-05:00"),
				between("2026-03-05T10:30-05:00", "2026-03-05T13:30-05:00"),
			},
		},
		"wall time": {
			worktime.Wall(), "2026-03-06T16:30-05:00", "2026-03-09T12:30-04:00", nil,
			[]worktime.Interval{between("2026-03-06T16:30-05:00", "2026-03-09T12:30-04:00")},
		},
		"nothing": {newYork(t), "2026-03-07T09:00-05:00", "2026-03-08T09:00-04:00", nil, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := slices.Collect(test.calendar.Segments(at(test.from), at(test.to), test.pauses...))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("segments (-want +got):\n%s", diff)
			}
		})
	}
	for range newYork(t).Segments(at("2026-03-02T00:00Z"), at("2126-03-02T00:00Z")) {
		break // a reader may stop after the first
	}
}

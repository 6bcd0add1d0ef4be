package worktime_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/worktime"
)

func TestPausesPutOffTheDeadline(t *testing.T) {
	t.Parallel()
	const start, budget = "2026-03-04T09:30-05:00", 4 * time.Hour // a Wednesday
	tests := map[string]struct {
		pauses []worktime.Interval
		want   string
	}{
		"none": {nil, "2026-03-04T13:30-05:00"},
		"over a night": {
			[]worktime.Interval{between("2026-03-04T10:30-05:00", "2026-03-05T10:30-05:00")}, "2026-03-05T13:30-05:00",
		},
		"outside the hours costs nothing": {
			[]worktime.Interval{between("2026-03-03T17:00-05:00", "2026-03-04T09:30-05:00"), between("2026-03-04T17:00-05:00", "2026-03-05T09:00-05:00")},
			"2026-03-04T13:30-05:00",
		},
		"after the deadline": {
			[]worktime.Interval{between("2026-03-04T13:30-05:00", "2026-03-04T15:00-05:00")}, "2026-03-04T13:30-05:00",
		},
		"from before the start": {
			[]worktime.Interval{between("2026-03-01T00:00-05:00", "2026-03-04T10:00-05:00")}, "2026-03-04T14:00-05:00",
		},
		"overlapping and out of order": {
			[]worktime.Interval{
				between("2026-03-04T11:30-05:00", "2026-03-04T13:00-05:00"),
				between("2026-03-04T10:00-05:00", "2026-03-04T12:00-05:00"),
				between("2026-03-04T10:30-05:00", "2026-03-04T11:00-05:00"),
			},
			"2026-03-04T16:30-05:00",
		},
		"touching": {
			[]worktime.Interval{between("2026-03-04T10:00-05:00", "2026-03-04T11:00-05:00"), between("2026-03-04T11:00-05:00", "2026-03-04T12:00-05:00")},
			"2026-03-04T15:30-05:00",
		},
		"empty": {
			[]worktime.Interval{between("2026-03-04T10:00-05:00", "2026-03-04T10:00-05:00")}, "2026-03-04T13:30-05:00",
		},
		"backwards": {
			[]worktime.Interval{between("2026-03-04T12:00-05:00", "2026-03-04T09:45-05:00")}, "2026-03-04T13:30-05:00",
		},
		"without an end, after the deadline": {
			[]worktime.Interval{{Start: at("2026-03-04T13:30-05:00")}}, "2026-03-04T13:30-05:00",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := due(t, newYork(t), at(start), budget, test.pauses...)
			if want := at(test.want); got != want {
				t.Errorf("due: got %v, want %v", got, want)
			}
			if worked := newYork(t).Worked(at(start), got, test.pauses...); worked != budget {
				t.Errorf("worked until due: got %v, want %v", worked, budget)
			}
		})
	}
}

func TestPauseWithoutEndStopsTheClock(t *testing.T) {
	t.Parallel()
	paused := worktime.Interval{Start: at("2026-03-04T10:30-05:00")}
	for _, c := range []*worktime.Calendar{newYork(t), worktime.Wall()} {
		if got := c.Worked(at("2026-03-04T09:30-05:00"), at("2026-06-01T00:00Z"), paused); got != time.Hour {
			t.Errorf("worked: got %v, want 1h", got)
		}
	}
}

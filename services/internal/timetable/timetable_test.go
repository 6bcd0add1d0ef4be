package timetable_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/timetable"
	"github.com/handoffhq/handoff/services/internal/worktime"
)

func day(pairs ...string) *slav1.DayHours {
	d := &slav1.DayHours{}
	for i := 0; i < len(pairs); i += 2 {
		d.Intervals = append(d.Intervals, &slav1.Interval{Open: pairs[i], Close: pairs[i+1]})
	}
	return d
}

func TestTheDocumentsHoursAreTheCalendars(t *testing.T) {
	t.Parallel()
	c, err := timetable.Compile(&slav1.Calendar{
		TimeZone:  "America/New_York",
		Hours:     map[string]*slav1.DayHours{"mon": day("09:00", "12:00", "13:00", "17:00"), "sun": day("22:00", "24:00")},
		Holidays:  []string{"2026-05-25"},
		Overrides: map[string]*slav1.DayHours{"2026-03-09": day("10:00", "16:00")},
		Breaks:    map[string]*slav1.DayHours{"2026-03-09": day("11:00", "12:00")},
		DayHours:  durationpb.New(6 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	for instant, want := range map[string]bool{
		"2026-03-02T08:59-05:00": false, "2026-03-02T09:00-05:00": true, "2026-03-02T12:30-05:00": false, "2026-03-02T16:59-05:00": true,
		"2026-03-01T23:59-05:00": true, "2026-03-03T10:00-05:00": false, "2026-05-25T10:00-04:00": false,
		"2026-03-09T09:30-04:00": false, "2026-03-09T10:30-04:00": true, "2026-03-09T11:30-04:00": false,
	} {
		at, err := time.Parse("2006-01-02T15:04Z07:00", instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Open(at); got != want {
			t.Errorf("open at %s: got %v, want %v", instant, got, want)
		}
	}
	if got := c.Days(1); got != 6*time.Hour {
		t.Errorf("got a day of %v", got)
	}
}

func TestEveryProblemIsNamedByItsField(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		doc    *slav1.Calendar
		fields []string
	}{
		{"unreadable", &slav1.Calendar{TimeZone: "UTC", Hours: map[string]*slav1.DayHours{"monday": day(), "tue": day("9:00", "25:00")},
			Holidays: []string{"25 May"}, Overrides: map[string]*slav1.DayHours{"someday": day()}},
			[]string{"overrides", "hours", "hours.tue[0]", "holidays[0]"}},
		{"impossible", &slav1.Calendar{TimeZone: "Mars/Olympus", Hours: map[string]*slav1.DayHours{"tue": day("17:00", "09:00")},
			Holidays: []string{"2026-12-24"}}, []string{"time_zone", "hours.tue[0]"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := timetable.Compile(tc.doc)
			var refused *worktime.SpecError
			if !errors.As(err, &refused) {
				t.Fatalf("got %v", err)
			}
			var got []string
			for _, p := range refused.Problems {
				got = append(got, p.Field)
			}
			if diff := cmp.Diff(tc.fields, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

package sla_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

func TestACalendarIsMadeReadAndTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		in := office("America/New_York")
		in.Name, in.CreateTime = "calendars/other", stamp(at(time.Hour))
		made := b.calendar("us", in)
		want := office("America/New_York")
		want.Name, want.CreateTime, want.UpdateTime, want.Etag = "calendars/us", stamp(at(0)), stamp(at(0)), `"1"`
		equal(b, "made", made, want)
		got, err := b.api.GetCalendar(b.rep("ann"), &slav1.GetCalendarRequest{Name: "calendars/us"})
		equal(b, "error", refusal(err), "OK")
		equal(b, "read", got, want)

		told := b.room.Told(b)
		equal(b, "events", len(told), 2)
		equal(b, "changed", told[0].GetCalendarChanged(), &eventv1.CalendarChanged{Calendar: want})
		equal(b, "key", told[0].GetKey(), "calendars/us")
		equal(b, "audit", told[1].GetResourceChanged().GetMethod(), "CreateCalendar")
		equal(b, "audit before", told[1].GetResourceChanged().GetBefore() == nil, true)
	})
}

func TestRefusedCalendars(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		overlapping := office("America/New_York")
		overlapping.Hours["mon"] = &slav1.DayHours{Intervals: []*slav1.Interval{{Open: "09:00", Close: "13:00"}, {Open: "12:00", Close: "17:00"}}}
		create := func(id string, c *slav1.Calendar) error {
			_, err := b.api.CreateCalendar(b.admin(), &slav1.CreateCalendarRequest{CalendarId: id, Calendar: c})
			return err
		}
		update := func(c *slav1.Calendar, paths ...string) error {
			_, err := b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: c, UpdateMask: &fieldmaskpb.FieldMask{Paths: paths}})
			return err
		}
		_, missing := b.api.GetCalendar(b.admin(), &slav1.GetCalendarRequest{Name: "calendars/none"})
		_, byRep := b.api.CreateCalendar(b.rep("ann"), &slav1.CreateCalendarRequest{CalendarId: "mine", Calendar: office("UTC")})
		for name, test := range map[string]struct {
			err  error
			want string
		}{
			"a name that is taken":         {create("us", office("UTC")), "RESOURCE_EXISTS"},
			"a zone that does not exist":   {create("x", office("Mars/Olympus")), "FIELD_INVALID"},
			"hours that overlap":           {create("x", overlapping), "FIELD_INVALID"},
			"no zone":                      {create("x", office("")), "FIELD_INVALID"},
			"no id":                        {create("", office("UTC")), "FIELD_INVALID"},
			"one that nobody made":         {missing, "RESOURCE_NOT_FOUND"},
			"by a rep":                     {byRep, "ROLE_MISSING"},
			"a change of none":             {update(&slav1.Calendar{Name: "calendars/none", TimeZone: "UTC"}), "RESOURCE_NOT_FOUND"},
			"a change by an old etag":      {update(&slav1.Calendar{Name: "calendars/us", TimeZone: "UTC", Etag: `"0"`}), "ETAG_MISMATCH"},
			"a change of an unknown field": {update(&slav1.Calendar{Name: "calendars/us", TimeZone: "UTC"}, "color"), "FIELD_INVALID"},
			"a change of half a field":     {update(&slav1.Calendar{Name: "calendars/us", TimeZone: "UTC"}, "hours.intervals"), "FIELD_INVALID"},
			"a change into nonsense":       {update(&slav1.Calendar{Name: "calendars/us", TimeZone: "Mars/Olympus"}), "FIELD_INVALID"},
			"a change to nothing":          {update(&slav1.Calendar{Name: "calendars/us", TimeZone: "UTC"}, "hours"), "FIELD_INVALID"},
		} {
			equal(b, name, refusal(test.err), test.want)
		}
		got, err := b.api.GetCalendar(b.admin(), &slav1.GetCalendarRequest{Name: "calendars/us"})
		equal(b, "error", refusal(err), "OK")
		equal(b, "nothing was changed", got.GetEtag(), `"1"`)
	})
}

func TestACalendarIsChangedFieldByField(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		made := b.calendar("us", office("America/New_York"))
		b.room.Clock.Set(at(time.Hour))
		req := &slav1.UpdateCalendarRequest{Calendar: &slav1.Calendar{Name: "calendars/us", TimeZone: "Europe/Berlin", Holidays: []string{"2026-05-25"},
			DayHours: durationpb.New(7 * time.Hour), Etag: made.GetEtag()}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"holidays", "day_hours"}}}
		got, err := b.api.UpdateCalendar(b.admin(), req)
		equal(b, "error", refusal(err), "OK")
		want := office("America/New_York")
		want.Name, want.CreateTime, want.UpdateTime, want.Etag = "calendars/us", stamp(at(0)), stamp(at(time.Hour)), `"2"`
		want.Holidays, want.DayHours = []string{"2026-05-25"}, durationpb.New(7*time.Hour)
		equal(b, "only what the mask names", got, want)
		_, err = b.api.UpdateCalendar(b.admin(), req)
		equal(b, "the etag is used up", refusal(err), "ETAG_MISMATCH")

		got, err = b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: &slav1.Calendar{Name: "calendars/us", TimeZone: "Europe/Berlin"}})
		equal(b, "error", refusal(err), "OK")
		want.TimeZone, want.Etag = "Europe/Berlin", `"3"`
		equal(b, "without a mask what is set", got, want)
		audit := b.room.Told(b)
		equal(b, "audit", audit[len(audit)-1].GetResourceChanged().GetBefore() != nil, true)
	})
}

func TestACalendarThatStaysAsItIsIsNoNews(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		made := b.calendar("us", office("America/New_York"))
		b.room.Clock.Set(at(time.Hour))
		told := len(b.room.Told(b))
		got, err := b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: made})
		equal(b, "error", refusal(err), "OK")
		equal(b, "the calendar", got, made)
		equal(b, "events", len(b.room.Told(b)), told)
	})
}

func TestOfRacersWithOneEtagOneWins(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		made := b.calendar("us", office("America/New_York"))
		var all sync.WaitGroup
		results := make([]string, 8)
		for i := range results {
			all.Go(func() {
				_, err := b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: &slav1.Calendar{Name: "calendars/us", TimeZone: "UTC",
					Holidays: []string{fmt.Sprintf("2026-05-0%d", i+1)}, Etag: made.GetEtag()}})
				results[i] = refusal(err)
			})
		}
		all.Wait()
		count := map[string]int{}
		for _, r := range results {
			count[r]++
		}
		equal(b, "results", count, map[string]int{"OK": 1, "ETAG_MISMATCH": 7})
	})
}

func TestCalendarsAreListedByNameAPageAtATime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.room.Tell(b, eventlog.Scoring, qualified(1, 0)) // it waits for a calendar that nobody has made
		b.room.Tell(b, eventlog.Routing, opened(1, "T1", 0), assigned(1, 1, "ann", "", 0))
		for _, id := range []string{"c", "a", "b"} {
			b.calendar(id, office("UTC"))
		}
		var all []string
		req := &slav1.ListCalendarsRequest{PageSize: 2}
		for {
			resp, err := b.api.ListCalendars(b.admin(), req)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range resp.GetCalendars() {
				all = append(all, c.GetName())
			}
			if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
				break
			}
		}
		equal(b, "calendars", all, []string{"calendars/a", "calendars/b", "calendars/c"})
	})
}

func TestAClockWaitsForItsCalendarAndThenFires(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.intake(1, "T1", 0)
		b.wait(30 * time.Hour)
		accept := b.clock(1, "accept-1")
		equal(b, "waiting", accept.GetState().String(), "STATE_RUNNING")
		equal(b, "no deadline", accept.GetDueTime() == nil, true)
		equal(b, "waits for", accept.GetCalendar(), "calendars/us")
		equal(b, "told", len(only(b.alarms(), "accept-1")), 0)
		b.open()
		equal(b, "read at once", b.clock(1, "accept-1").GetDueTime(), stamp(at(4*time.Hour)))
		b.wait(30 * time.Hour)
		equal(b, "told", only(b.alarms(), "accept-1"), []string{"at risk accept-1 30h0m0s", "breached accept-1 30h0m0s"})
	})
}

// TestAChangedCalendarMovesRunningClocks makes the day a holiday while clocks run, and one has stopped.
func TestAChangedCalendarMovesRunningClocks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		const leads = 3
		for n := 1; n <= leads; n++ {
			b.intake(n, "T1", 0)
		}
		b.room.Tell(b, eventlog.Routing, accepted(2, 1, time.Hour))
		b.wait(2 * time.Hour)
		stopped := b.clock(2, "accept-1")
		_, err := b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: &slav1.Calendar{Name: "calendars/us", Holidays: []string{"2026-03-02"}}})
		equal(b, "error", refusal(err), "OK")
		equal(b, "moved at once", b.clock(1, "accept-1").GetDueTime(), stamp(at(28*time.Hour)))
		equal(b, "stopped ones stay", b.clock(2, "accept-1"), stopped)
		b.wait(10 * time.Hour)
		equal(b, "nobody is paged on a holiday", only(b.alarms(), "accept-1"), []string{"met accept-1 0s"})
		b.wait(29 * time.Hour)
		equal(b, "told", only(b.alarms(), "accept-1"), []string{"met accept-1 0s", "at risk accept-1 27h0m0s", "at risk accept-1 27h0m0s",
			"breached accept-1 28h0m1s", "breached accept-1 28h0m1s"})
	})
}

// TestABreachIsCalledOutOnceThoughTheCalendarMovesTheDeadlineOn makes yesterday a holiday after the breach.
func TestABreachIsCalledOutOnceThoughTheCalendarMovesTheDeadlineOn(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.wait(20 * time.Hour)
		_, err := b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: &slav1.Calendar{Name: "calendars/us", Holidays: []string{"2026-03-02"}}})
		equal(b, "error", refusal(err), "OK")
		equal(b, "it runs again", b.standing(1)["accept-1"], "RUNNING")
		b.wait(60 * time.Hour)
		equal(b, "and is overdue again", b.standing(1)["accept-1"], "OVERDUE")
		equal(b, "told", only(b.alarms(), "accept-1"), []string{"at risk accept-1 3h0m0s", "breached accept-1 4h0m1s"})
	})
}

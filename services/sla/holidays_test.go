package sla_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// federal is an office in New York that keeps the holidays of the US, but works on Columbus Day.
func federal() *slav1.Calendar {
	c := office("America/New_York")
	c.PublicHolidays = []*slav1.PublicHolidays{{Country: "US", Except: []string{"Columbus Day"}}}
	return c
}

// free is what a calendar calls a day.
func free(c *slav1.Calendar, date string) string {
	for _, day := range c.GetResolvedHolidays().GetDays() {
		if day.GetDate() == date {
			return day.GetName()
		}
	}
	return ""
}

func (b *bench) years(c *slav1.Calendar, first, last int32) {
	b.Helper()
	equal(b, "years", []int32{c.GetResolvedHolidays().GetFirstYear(), c.GetResolvedHolidays().GetLastYear()}, []int32{first, last})
}

func TestPublicHolidaysAreWorkedOutByNameAndMoveDeadlines(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		in := federal()
		in.ResolvedHolidays = &slav1.ResolvedHolidays{LastYear: 9000}
		made := b.calendar("us", in)
		b.years(made, 2024, 2031)
		for date, want := range map[string]string{"2026-05-25": "Memorial Day", "2026-07-03": "Independence Day (observed)", "2026-10-12": "", "2031-12-25": "Christmas Day"} {
			equal(b, date, free(made, date), want)
		}
		got, err := b.api.GetCalendar(b.admin(), &slav1.GetCalendarRequest{Name: "calendars/us"})
		equal(b, "error", refusal(err), "OK")
		equal(b, "read", got, made)

		friday := at(0).AddDate(0, 0, 81).Add(6 * time.Hour) // 22 May, 16:00 in New York
		b.room.Clock.Set(friday)
		b.intake(1, "T1", friday.Sub(at(0)))
		equal(b, "due over the holiday", b.clock(1, "accept-1").GetDueTime().AsTime(), time.Date(2026, time.May, 26, 16, 0, 0, 0, time.UTC))
		equal(b, "start", b.clock(1, "accept-1").GetStartTime().AsTime(), time.Date(2026, time.May, 22, 20, 0, 0, 0, time.UTC))
	})
}

func TestPublicHolidaysStayAsTheyWereWorkedOut(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		made := b.calendar("us", federal())
		b.room.Clock.Set(at(0).AddDate(1, 0, 0))
		change := func(c *slav1.Calendar, paths ...string) *slav1.Calendar {
			t.Helper()
			c.Name = "calendars/us"
			got, err := b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: c, UpdateMask: &fieldmaskpb.FieldMask{Paths: paths}})
			equal(b, "error", refusal(err), "OK")
			return got
		}
		got := change(&slav1.Calendar{DayHours: durationpb.New(7 * time.Hour)}, "day_hours")
		equal(b, "another change leaves them alone", got.GetResolvedHolidays(), made.GetResolvedHolidays())
		got = change(federal(), "public_holidays")
		b.years(got, 2025, 2032)
		equal(b, "asked for, and a new edition", got.GetEtag(), `"3"`)
		got = change(&slav1.Calendar{PublicHolidays: []*slav1.PublicHolidays{{Country: "DE", Subdivision: "BY"}}}, "public_holidays")
		equal(b, "of another country", []string{free(got, "2026-06-04"), free(got, "2026-07-03")}, []string{"Fronleichnam", ""})
		got = change(&slav1.Calendar{}, "public_holidays")
		equal(b, "of none", got.GetResolvedHolidays() == nil, true)
	})
}

func TestPublicHolidaysOfYearsToComeAreAddedInTime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		made := b.calendar("us", federal())
		b.calendar("own", office("UTC"))
		told := len(b.room.Told(b))
		prolong := func() *slav1.Calendar {
			t.Helper()
			equal(b, "error", refusal(b.service.Prolong(b.Context())), "OK")
			c, err := b.api.GetCalendar(b.admin(), &slav1.GetCalendarRequest{Name: "calendars/us"})
			equal(b, "error", refusal(err), "OK")
			return c
		}
		equal(b, "not yet", prolong(), made)
		b.room.Clock.Set(at(0).AddDate(1, 0, 0))
		got := prolong()
		b.years(got, 2024, 2032)
		equal(b, "a new edition", got.GetEtag(), `"2"`)
		equal(b, "the years before are as they were", got.GetResolvedHolidays().GetDays()[:len(made.GetResolvedHolidays().GetDays())], made.GetResolvedHolidays().GetDays())
		equal(b, "the year to come", free(got, "2032-12-24"), "Christmas Day (observed)")
		equal(b, "once", prolong(), got)
		news := b.room.Told(b)[told:]
		equal(b, "events", len(news), 2)
		equal(b, "changed", news[0].GetCalendarChanged().GetCalendar(), got)
		equal(b, "audit", news[1].GetResourceChanged().GetMethod(), "ProlongPublicHolidays")
	})
}

func TestRefusedPublicHolidays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		for name, wanted := range map[string]*slav1.PublicHolidays{
			"of no country":      {Country: "XX"},
			"of a country whole": {Country: "AU"},
			"of an unknown part": {Country: "DE", Subdivision: "XX"},
			"less an unknown":    {Country: "US", Except: []string{"Columbs Day"}},
			"in small letters":   {Country: "us"},
		} {
			c := office("UTC")
			c.PublicHolidays = []*slav1.PublicHolidays{wanted}
			_, err := b.api.CreateCalendar(b.admin(), &slav1.CreateCalendarRequest{CalendarId: "x", Calendar: c})
			equal(b, name, refusal(err), "FIELD_INVALID")
			_, err = b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: &slav1.Calendar{Name: "calendars/us", PublicHolidays: c.GetPublicHolidays()}})
			equal(b, name, refusal(err), "FIELD_INVALID")
		}
	})
}

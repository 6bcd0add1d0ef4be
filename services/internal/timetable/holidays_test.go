package timetable_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/holiday"
	"github.com/handoffhq/handoff/services/internal/timetable"
	"github.com/handoffhq/handoff/services/internal/worktime"
)

func mondays(public ...*slav1.PublicHolidays) *slav1.Calendar {
	return &slav1.Calendar{TimeZone: "America/New_York", Hours: map[string]*slav1.DayHours{"mon": day("09:00", "17:00")}, PublicHolidays: public}
}

func open(t *testing.T, doc *slav1.Calendar, date string) bool {
	t.Helper()
	c, err := timetable.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.Parse("2006-01-02T15:04", date+"T15:00")
	if err != nil {
		t.Fatal(err)
	}
	return c.Open(at)
}

func TestKeptHolidaysCountAndNotTheRules(t *testing.T) {
	t.Parallel()
	doc := mondays(&slav1.PublicHolidays{Country: "US"})
	if open(t, doc, "2026-05-25") || !open(t, doc, "2026-05-18") {
		t.Error("before they are worked out, the rules do not count")
	}
	if err := timetable.Resolve(doc, 2026, 2027); err != nil {
		t.Fatal(err)
	}
	if open(t, doc, "2026-05-25") || !open(t, doc, "2028-05-29") {
		t.Error("other days than those of the years that were worked out")
	}
	doc.ResolvedHolidays.Days = []*slav1.NamedHoliday{{Date: "2026-05-18", Name: "Our Day"}}
	if !open(t, doc, "2026-05-25") || open(t, doc, "2026-05-18") {
		t.Error("the rules count though days are kept")
	}
	c, err := timetable.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	want := []worktime.Holiday{{Date: worktime.Date{Year: 2026, Month: time.May, Day: 18}, Name: "Our Day"}}
	if diff := cmp.Diff(want, c.Holidays(time.Unix(0, 0), time.Unix(4e9, 0))); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestYearsAreAddedAndOthersStay(t *testing.T) {
	t.Parallel()
	doc := mondays(&slav1.PublicHolidays{Country: "US"}, &slav1.PublicHolidays{Country: "DE", Subdivision: "BY"})
	if err := timetable.Resolve(doc, 2026, 2026); err != nil {
		t.Fatal(err)
	}
	kept := doc.GetResolvedHolidays()
	kept.Source, kept.Days = "somebody@v1", append(kept.GetDays(), &slav1.NamedHoliday{Date: "2026-12-30", Name: "of old rules"})
	more, err := timetable.Extend(doc, 2027)
	if err != nil || !more || kept.GetLastYear() != 2027 || kept.GetSource() != "somebody@v1, "+holiday.Source {
		t.Fatalf("%v, %v, %v", more, err, kept)
	}
	names := map[string]string{}
	for _, d := range kept.GetDays() {
		names[d.GetDate()] += "/" + d.GetName()
	}
	for date, want := range map[string]string{"2026-12-30": "/of old rules", "2027-05-31": "/Memorial Day", "2027-01-01": "/Neujahrstag/New Year's Day", "2027-12-31": "/New Year's Day (observed)"} {
		if names[date] != want {
			t.Errorf("%s: got %q, want %q", date, names[date], want)
		}
	}
	if more, err := timetable.Extend(doc, 2027); more || err != nil {
		t.Errorf("a second time: %v, %v", more, err)
	}
	if more, err := timetable.Extend(mondays(), 2027); more || err != nil {
		t.Errorf("without any: %v, %v", more, err)
	}
}

func TestHolidaysThatCannotBeWorkedOutAreNamedByTheirField(t *testing.T) {
	t.Parallel()
	doc := mondays(&slav1.PublicHolidays{Country: "AU"}, &slav1.PublicHolidays{Country: "US", Except: []string{"Labor Day", "Laber Day"}})
	before := mondays(doc.GetPublicHolidays()...)
	for name, err := range map[string]error{
		"resolve": timetable.Resolve(doc, 2026, 2027),
		"compile": func() error { _, err := timetable.Compile(doc); return err }(),
		"extend":  func() error { _, err := timetable.Extend(doc, 2027); return err }(),
	} {
		var refused *worktime.SpecError
		if !errors.As(err, &refused) || len(refused.Problems) != 2 || refused.Problems[0].Field != "public_holidays[0]" ||
			refused.Problems[1].Field != "public_holidays[1].except[1]" || !strings.Contains(refused.Problems[1].Reason, "Labor Day?") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if diff := cmp.Diff(before, doc, protocmp.Transform()); diff != "" {
		t.Errorf("the document changed (-want +got):\n%s", diff)
	}
}

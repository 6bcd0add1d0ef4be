package sla_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// signable is the playbook with what none goes without.
func signable() *playbookv1.Document {
	doc := document()
	doc.Scoring, doc.Stages = &playbookv1.ScoringPolicy{}, &playbookv1.StagePolicy{Mql: "fit > 50"}
	doc.Routing = &playbookv1.RoutingPolicy{Otherwise: &playbookv1.Destination{To: &playbookv1.Destination_Pool{Pool: "sales"}}}
	return doc
}

// simulate sends the parts of a simulation, and gives what their clocks come to.
func (b *bench) simulate(parts ...*slav1.SimulateClocksRequest) (*slav1.SimulateClocksResponse, error) {
	b.Helper()
	stream, err := b.api.SimulateClocks(roomtest.AsService(b.Context(), eventlog.Playbook))
	if err != nil {
		b.Fatal(err)
	}
	for _, part := range parts {
		if err := stream.Send(part); err != nil && !errors.Is(err, io.EOF) {
			b.Fatal(err)
		}
	}
	return stream.CloseAndRecv()
}

func TestASimulationCountsTheClocksThatWouldStart(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.calendar("tokyo", office("Asia/Tokyo"))
		day := func(day, hour, minute int) time.Time { return time.Date(2026, 3, day, hour, minute, 0, 0, time.UTC) }
		got, err := b.simulate(
			&slav1.SimulateClocksRequest{Document: signable(), Handoffs: []*slav1.WouldBeClocked{
				{MqlTime: stamp(day(9, 14, 0)), Tier: "T1", AssignTime: stamp(day(9, 14, 3))}, // Monday at 10 in New York
				{MqlTime: stamp(day(9, 14, 0)), Tier: "T2", Nurture: true},
				{MqlTime: stamp(day(9, 14, 0)), Tier: "T2", Disqualified: true},
			}},
			&slav1.SimulateClocksRequest{Handoffs: []*slav1.WouldBeClocked{
				{MqlTime: stamp(day(10, 0, 0)), Tier: "T1", AssignTime: stamp(day(10, 0, 0)), Calendar: "calendars/tokyo"}, // Tuesday at 9 in Tokyo
				{MqlTime: stamp(day(10, 14, 0)), Tier: "T2"},                                                               // nobody gets it
			}})
		if err != nil {
			t.Fatal(err)
		}
		var clocks, days []string
		for _, c := range got.GetClocks() {
			clocks = append(clocks, fmt.Sprintf("%s %s: %d, out of hours %d", c.GetKind(), c.GetTier(), c.GetClockCount(), c.GetDueOutsideHoursCount()))
		}
		for _, d := range got.GetDays() {
			days = append(days, fmt.Sprintf("%d-%d: %d", d.GetDate().GetMonth(), d.GetDate().GetDay(), d.GetDueCount()))
		}
		// The second handoff of T1 begins at eight in the evening of Monday in New York, and what it must keep is due at
		// five past eight, and at midnight.
		want := []string{"assign T1: 2, out of hours 1", "assign T2: 1, out of hours 0", "accept T1: 2, out of hours 1", "first_touch T1: 2, out of hours 1", "first_touch T2: 1, out of hours 0",
			"demo_booked T2: 1, out of hours 0"}
		if diff := cmp.Diff(want, clocks); diff != "" {
			t.Errorf("clocks (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"3-9: 4", "3-10: 3", "3-11: 1", "4-9: 1"}, days); diff != "" {
			t.Errorf("days (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"disposition"}, got.GetUncountedKinds()); diff != "" {
			t.Errorf("not counted (-want +got):\n%s", diff)
		}
		if busy := got.GetBusiestHour(); busy.GetDueCount() != 2 || !busy.GetStartTime().AsTime().Equal(day(9, 18, 0)) {
			t.Errorf("the busiest hour is %v", busy)
		}
		if clocks := b.alarms(); len(clocks) > 0 {
			t.Errorf("it told %v", clocks)
		}
	})
}

func TestASimulationTellsWhichCalendarsDoNotExist(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		b.calendar("tokyo", office("Asia/Tokyo"))
		monday := stamp(time.Date(2026, 3, 9, 14, 0, 0, 0, time.UTC))
		wall := signable()
		wall.Sla.Clocks = map[string]*playbookv1.ClockPolicy{"assign": {Within: hours(time.Hour)}}
		tokyo := signable()
		tokyo.Sla.Calendar = "tokyo"
		for name, c := range map[string]struct {
			document *playbookv1.Document
			rep      string
			missing  []string
			placed   bool // the days and hours are known
		}{
			"of the playbook":             {signable(), "calendars/tokyo", []string{"calendars/us"}, false},
			"of the playbook and the rep": {signable(), "calendars/berlin", []string{"calendars/berlin", "calendars/us"}, false},
			"of the rep":                  {tokyo, "calendars/berlin", []string{"calendars/berlin"}, true},
			"of clocks on the wall":       {wall, "", []string{"calendars/us"}, false},
			"none":                        {tokyo, "", nil, true},
		} {
			got, err := b.simulate(&slav1.SimulateClocksRequest{Document: c.document,
				Handoffs: []*slav1.WouldBeClocked{{MqlTime: monday, Tier: "T1", AssignTime: monday, Calendar: c.rep}}})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.missing, got.GetMissingCalendars()); diff != "" {
				t.Errorf("%s: missing (-want +got):\n%s", name, diff)
			}
			if len(got.GetClocks()) == 0 || len(got.GetDays()) > 0 != c.placed || (got.GetBusiestHour() != nil) != c.placed {
				t.Errorf("%s: got %v", name, got)
			}
			for _, clock := range got.GetClocks() {
				if (clock.DueOutsideHoursCount != nil) != c.placed {
					t.Errorf("%s: what is due out of hours is %v", name, clock)
				}
			}
		}
	})
}

func TestASimulationOfClocksNeedsADocumentFirst(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		if _, err := b.simulate(&slav1.SimulateClocksRequest{}); status.Code(err) != codes.InvalidArgument {
			t.Errorf("got %v, want %v", err, codes.InvalidArgument)
		}
		stream, err := b.api.SimulateClocks(b.admin())
		if err == nil {
			_, err = stream.CloseAndRecv()
		}
		if status.Code(err) != codes.PermissionDenied {
			t.Errorf("a person got %v, want %v", err, codes.PermissionDenied)
		}
	})
}

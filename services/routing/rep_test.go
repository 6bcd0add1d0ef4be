package routing_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestARepIsStoredWithItsDefaults(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		got, err := b.client.CreateRep(revops(t), &routingv1.CreateRepRequest{RepId: "ann", Rep: &routingv1.Rep{
			DisplayName: "Ann", Subject: "ann", Team: "east", Calendar: "calendars/office", MaxOpen: proto.Int32(3), OpenCount: 9}})
		if err != nil {
			t.Fatal(err)
		}
		now := timestamppb.New(roomtest.Start)
		want := &routingv1.Rep{Name: "reps/ann", DisplayName: "Ann", Issuer: auth.LocalIssuer, Subject: "ann", Team: "east",
			Calendar: "calendars/office", Active: proto.Bool(true), MaxOpen: proto.Int32(3), CreateTime: now, UpdateTime: now, Etag: `"1"`}
		if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
			t.Errorf("created (-want +got):\n%s", diff)
		}
		read, err := b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/ann"})
		if diff := cmp.Diff(want, read, protocmp.Transform()); diff != "" || err != nil {
			t.Errorf("read: %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestAnUpdateChangesWhatTheMaskNames(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "mia")
		b.rep(t, "ann", maxOpen(3))
		update := func(r *routingv1.Rep, paths ...string) *routingv1.Rep {
			t.Helper()
			r.Name = "reps/ann"
			got, err := b.client.UpdateRep(revops(t), &routingv1.UpdateRepRequest{Rep: r, UpdateMask: &fieldmaskpb.FieldMask{Paths: paths}})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		got := update(&routingv1.Rep{DisplayName: "Ann", Team: "east", OpenCount: 7}) // no mask: what is set
		if got.GetDisplayName() != "Ann" || got.GetTeam() != "east" || got.GetMaxOpen() != 3 || got.GetOpenCount() != 0 || got.GetEtag() != `"2"` {
			t.Errorf("without a mask: got %v", got)
		}
		got = update(&routingv1.Rep{Manager: "reps/mia"}, "max_open", "manager", "open_count")
		if got.GetDisplayName() != "Ann" || got.MaxOpen != nil || got.GetManager() != "reps/mia" || got.GetOpenCount() != 0 {
			t.Errorf("with a mask: got %v", got)
		}
		got = update(&routingv1.Rep{DisplayName: "All new"}, "*")
		if got.GetTeam() != "" || got.GetManager() != "" || got.GetSubject() != "" || !got.GetActive() || got.GetName() != "reps/ann" || got.GetCreateTime() == nil {
			t.Errorf("with *: got %v", got)
		}
		for _, path := range []string{"no_such_field", "team.x", "*,team"} {
			_, err := b.client.UpdateRep(revops(t), &routingv1.UpdateRepRequest{Rep: &routingv1.Rep{Name: "reps/ann", DisplayName: "x"},
				UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{path}}})
			if diff := cmp.Diff([]string{"update_mask"}, fields(err)); diff != "" {
				t.Errorf("%s: got %v", path, err)
			}
		}
	})
}

func TestWhatOfARepIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "boss")
		b.rep(t, "ann", func(r *routingv1.Rep) { r.Manager = "reps/boss" })
		create := func(id string, r *routingv1.Rep) error {
			r.DisplayName = "x"
			_, err := b.client.CreateRep(revops(t), &routingv1.CreateRepRequest{RepId: id, Rep: r})
			return err
		}
		update := func(r *routingv1.Rep) error {
			r.DisplayName = "x"
			_, err := b.client.UpdateRep(revops(t), &routingv1.UpdateRepRequest{Rep: r})
			return err
		}
		nameless := func(id string) error {
			_, err := b.client.CreateRep(revops(t), &routingv1.CreateRepRequest{RepId: id, Rep: &routingv1.Rep{}})
			return err
		}
		for name, tc := range map[string]struct {
			err    error
			code   codes.Code
			reason string
			fields []string
		}{
			"without a name":              {nameless("bob"), codes.InvalidArgument, "FIELD_INVALID", []string{"rep.display_name"}},
			"an id in use":                {create("ann", &routingv1.Rep{}), codes.AlreadyExists, "RESOURCE_EXISTS", nil},
			"another's subject":           {create("bob", &routingv1.Rep{Subject: "ann"}), codes.AlreadyExists, "RESOURCE_EXISTS", []string{"rep.subject"}},
			"updated to another's":        {update(&routingv1.Rep{Name: "reps/boss", Subject: "ann"}), codes.AlreadyExists, "RESOURCE_EXISTS", []string{"rep.subject"}},
			"no such manager":             {create("bob", &routingv1.Rep{Manager: "reps/ghost"}), codes.InvalidArgument, "REFERENCE_NOT_FOUND", []string{"rep.manager"}},
			"their own manager":           {create("bob", &routingv1.Rep{Manager: "reps/bob"}), codes.InvalidArgument, "CYCLE", []string{"rep.manager"}},
			"managed by whom they manage": {update(&routingv1.Rep{Name: "reps/boss", Manager: "reps/ann"}), codes.InvalidArgument, "CYCLE", []string{"rep.manager"}},
			"nobody":                      {update(&routingv1.Rep{Name: "reps/ghost"}), codes.NotFound, "RESOURCE_NOT_FOUND", nil},
			"a stale etag":                {update(&routingv1.Rep{Name: "reps/ann", Etag: `"9"`}), codes.Aborted, "ETAG_MISMATCH", nil},
		} {
			got := refusalOf(tc.err)
			if got.code != tc.code || got.reason != tc.reason {
				t.Errorf("%s: got %v", name, tc.err)
			}
			if diff := cmp.Diff(tc.fields, fields(tc.err)); diff != "" {
				t.Errorf("%s: fields (-want +got):\n%s", name, diff)
			}
		}
	})
}

func TestOneOfManyWritersWithOneEtagWins(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.pool(t, "velocity", "ann")
		for _, update := range []func(i int) error{
			func(i int) error {
				_, err := b.client.UpdateRep(revops(t), &routingv1.UpdateRepRequest{Rep: &routingv1.Rep{Name: "reps/ann", DisplayName: fmt.Sprint(i), Etag: `"1"`}})
				return err
			},
			func(i int) error {
				_, err := b.client.UpdatePool(revops(t), &routingv1.UpdatePoolRequest{Pool: &routingv1.Pool{Name: "pools/velocity", DisplayName: fmt.Sprint(i), Etag: `"1"`}})
				return err
			},
		} {
			won, lost := race(8, update)
			if won != 1 {
				t.Errorf("%d won", won)
			}
			for _, err := range lost {
				if got := refusalOf(err).reason; got != "ETAG_MISMATCH" {
					t.Errorf("a loser got %v", err)
				}
			}
		}
	})
}

// race runs a function n times at once, and gives how many succeeded and the errors of the others.
func race(n int, f func(i int) error) (won int, lost []error) {
	errs := make(chan error)
	for i := range n {
		go func() { errs <- f(i) }()
	}
	for range n {
		if err := <-errs; err != nil {
			lost = append(lost, err)
		} else {
			won++
		}
	}
	return won, lost
}

// TestWeeksAndRollingDaysAreKept: through the API, over the weekend, and by another calendar, which gives nothing back.
func TestWeeksAndRollingDaysAreKept(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.calendar(t, hours("always", "America/New_York", "00:00", "24:00", wholeWeek...))
		b.calendar(t, hours("tokyo", "Asia/Tokyo", "00:00", "24:00", wholeWeek...))
		b.rep(t, "vic", worksBy("always"), func(r *routingv1.Rep) {
			r.MaxPerWeek, r.RollingCap = proto.Int32(3), &routingv1.RollingCap{Days: 2, Max: 2}
		})
		b.pool(t, "velocity", "vic")
		b.advanceTo(t, at("2026-03-06T23:00-05:00")) // a Friday
		names := b.qualifyMany(t, 5)
		b.assignedTo(t, names[1], "vic")
		if next := b.heldFor(t, names[2], routingv1.Hold_REASON_EVERYBODY_AT_CAP).AsTime(); !next.Equal(at("2026-03-08T00:00-05:00")) {
			t.Errorf("the two days end at %v", next)
		}
		b.updateRep(t, &routingv1.Rep{Name: "reps/vic", Calendar: "calendars/tokyo"}, "calendar")
		b.heldFor(t, names[2], routingv1.Hold_REASON_EVERYBODY_AT_CAP) // in Tokyo they came on Saturday
		b.updateRep(t, &routingv1.Rep{Name: "reps/vic", Calendar: "calendars/always"}, "calendar")
		b.advanceTo(t, at("2026-03-08T12:00-04:00"))
		b.assignedTo(t, names[2], "vic")
		if next := b.heldFor(t, names[3], routingv1.Hold_REASON_EVERYBODY_AT_CAP).AsTime(); !next.Equal(at("2026-03-09T00:00-04:00")) {
			t.Errorf("the week ends at %v", next)
		}
		b.advanceTo(t, at("2026-03-09T00:00-04:00"))
		b.assignedTo(t, names[3], "vic")
		r, err := b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/vic"})
		if err != nil || r.GetMaxPerWeek() != 3 || r.GetRollingCap().GetDays() != 2 || r.GetRollingCap().GetMax() != 2 {
			t.Errorf("got %v, %v", r, err)
		}
	})
}

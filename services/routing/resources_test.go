package routing_test

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
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
		for _, path := range []string{"no_such_field", "create_time.seconds", "*,team"} {
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

func TestWhatOfAPoolIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.pool(t, "last", "ann")
		b.overflowing(t, "first", "last")
		member := func(ids ...string) (m []*routingv1.PoolMember) {
			for _, id := range ids {
				m = append(m, &routingv1.PoolMember{Rep: "reps/" + id})
			}
			return m
		}
		create := func(id string, p *routingv1.Pool) error {
			p.DisplayName = "x"
			_, err := b.client.CreatePool(revops(t), &routingv1.CreatePoolRequest{PoolId: id, Pool: p})
			return err
		}
		update := func(p *routingv1.Pool) error {
			p.DisplayName = "x"
			_, err := b.client.UpdatePool(revops(t), &routingv1.UpdatePoolRequest{Pool: p})
			return err
		}
		for name, tc := range map[string]struct {
			err    error
			code   codes.Code
			reason string
			fields []string
		}{
			"an id in use":           {create("last", &routingv1.Pool{}), codes.AlreadyExists, "RESOURCE_EXISTS", nil},
			"a member twice":         {create("p", &routingv1.Pool{Members: member("ann", "ann")}), codes.InvalidArgument, "FIELD_INVALID", []string{"pool.members[1].rep"}},
			"a member who is no rep": {create("p", &routingv1.Pool{Members: member("ghost")}), codes.InvalidArgument, "REFERENCE_NOT_FOUND", []string{"pool.members"}},
			"a weight too large":     {create("p", &routingv1.Pool{Members: []*routingv1.PoolMember{{Rep: "reps/ann", Weight: 1001}}}), codes.InvalidArgument, "FIELD_INVALID", []string{"pool.members[0].weight"}},
			"no such overflow":       {create("p", &routingv1.Pool{Overflow: "pools/ghost"}), codes.InvalidArgument, "REFERENCE_NOT_FOUND", []string{"pool.overflow"}},
			"its own overflow":       {create("p", &routingv1.Pool{Overflow: "pools/p"}), codes.InvalidArgument, "CYCLE", []string{"pool.overflow"}},
			"overflow in a circle":   {update(&routingv1.Pool{Name: "pools/last", Overflow: "pools/first"}), codes.InvalidArgument, "CYCLE", []string{"pool.overflow"}},
			"no such pool":           {update(&routingv1.Pool{Name: "pools/ghost"}), codes.NotFound, "RESOURCE_NOT_FOUND", nil},
			"a stale etag":           {update(&routingv1.Pool{Name: "pools/last", Etag: `"9"`}), codes.Aborted, "ETAG_MISMATCH", nil},
		} {
			got := refusalOf(tc.err)
			if got.code != tc.code || got.reason != tc.reason {
				t.Errorf("%s: got %v", name, tc.err)
			}
			if diff := cmp.Diff(tc.fields, fields(tc.err)); diff != "" {
				t.Errorf("%s: fields (-want +got):\n%s", name, diff)
			}
		}
		if _, err := b.client.GetFairnessLedger(revops(t), &routingv1.GetFairnessLedgerRequest{Name: "pools/ghost/ledger"}); status.Code(err) != codes.NotFound {
			t.Errorf("ledger of no pool: got %v", err)
		}
	})
}

func TestMembersJoinLeaveAndWeighAsThePoolSays(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, id := range []string{"ann", "bob", "cat"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann", "bob")
		b.qualify(t)
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{
			{Rep: "reps/cat"}, {Rep: "reps/bob", Weight: 3}}}, "members")
		p, err := b.client.GetPool(revops(t), &routingv1.GetPoolRequest{Name: "pools/velocity"})
		if err != nil {
			t.Fatal(err)
		}
		want := []*routingv1.PoolMember{{Rep: "reps/bob", Weight: 3}, {Rep: "reps/cat", Weight: 1}}
		if diff := cmp.Diff(want, p.GetMembers(), protocmp.Transform()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		var sum int64
		for _, a := range b.ledger(t, "velocity").GetAccounts() {
			sum += a.GetDeficitNanos()
			if a.GetRep() == "reps/cat" && a.GetDeficitNanos() != 0 {
				t.Errorf("cat joined with %d", a.GetDeficitNanos())
			}
		}
		if sum != 0 {
			t.Errorf("the deficits add up to %d", sum)
		}
	})
}

func TestAbsencesAreListedByStart(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		start := roomtest.Start
		late := b.absent(t, "ann", start.Add(48*time.Hour), start.Add(72*time.Hour))
		early := b.absent(t, "ann", start.Add(-72*time.Hour), start)
		same := b.absent(t, "ann", start.Add(48*time.Hour), start.Add(49*time.Hour))
		b.absent(t, "bob", start, start.Add(time.Hour))
		var got []string
		token := ""
		for {
			resp, err := b.client.ListAbsences(as(t, "ann"), &routingv1.ListAbsencesRequest{Parent: "reps/ann", PageSize: 1, PageToken: token})
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, resp.GetAbsences()[0].GetName())
			if token = resp.GetNextPageToken(); token == "" {
				break
			}
		}
		want := []string{early, min(late, same), max(late, same)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		for name, err := range map[string]error{
			"a colleague's": second(b.client.ListAbsences(as(t, "bob"), &routingv1.ListAbsencesRequest{Parent: "reps/ann"})),
			"nobody's":      second(b.client.ListAbsences(revops(t), &routingv1.ListAbsencesRequest{Parent: "reps/ghost"})),
			"under another": second(b.client.DeleteAbsence(revops(t), &routingv1.DeleteAbsenceRequest{Name: "reps/bob" + early[len("reps/ann"):]})),
		} {
			if status.Code(err) != codes.NotFound {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestAnAbsenceHasAnEnd(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		start := roomtest.Start
		for _, end := range []time.Time{start, start.Add(-time.Hour), start.Add(401 * 24 * time.Hour)} {
			_, err := b.client.CreateAbsence(revops(t), &routingv1.CreateAbsenceRequest{Parent: "reps/ann", Absence: &routingv1.Absence{
				StartTime: timestamppb.New(start), EndTime: timestamppb.New(end)}})
			if diff := cmp.Diff([]string{"absence.end_time"}, fields(err)); diff != "" {
				t.Errorf("%v: got %v", end, err)
			}
		}
		_, err := b.client.CreateAbsence(revops(t), &routingv1.CreateAbsenceRequest{Parent: "reps/ghost", Absence: &routingv1.Absence{
			StartTime: timestamppb.New(start), EndTime: timestamppb.New(start.Add(time.Hour))}})
		if status.Code(err) != codes.NotFound {
			t.Errorf("of nobody: got %v", err)
		}
	})
}

func TestListsArePagedByName(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		var reps, pools []string
		for _, id := range []string{"ann", "bob", "cat", "dan", "eve"} {
			b.rep(t, id)
			b.pool(t, "p-"+id)
			reps, pools = append(reps, "reps/"+id), append(pools, "pools/p-"+id)
		}
		gotReps := paged(t, func(ctx context.Context, token string) ([]string, string, error) {
			resp, err := b.client.ListReps(ctx, &routingv1.ListRepsRequest{PageSize: 2, PageToken: token})
			return namesOf(resp.GetReps()), resp.GetNextPageToken(), err
		})
		if diff := cmp.Diff(reps, gotReps); diff != "" {
			t.Errorf("reps (-want +got):\n%s", diff)
		}
		gotPools := paged(t, func(ctx context.Context, token string) ([]string, string, error) {
			resp, err := b.client.ListPools(ctx, &routingv1.ListPoolsRequest{PageSize: 2, PageToken: token})
			return namesOf(resp.GetPools()), resp.GetNextPageToken(), err
		})
		if diff := cmp.Diff(pools, gotPools); diff != "" {
			t.Errorf("pools (-want +got):\n%s", diff)
		}
	})
}

// paged reads all pages of a list.
func paged(t *testing.T, list func(ctx context.Context, token string) ([]string, string, error)) []string {
	t.Helper()
	var all []string
	for token, first := "", true; first || token != ""; first = false {
		names, next, err := list(revops(t), token)
		if err != nil {
			t.Fatal(err)
		}
		all, token = append(all, names...), next
	}
	return all
}

func namesOf[T interface{ GetName() string }](resources []T) []string {
	var names []string
	for _, r := range resources {
		names = append(names, r.GetName())
	}
	return names
}

// TestTheAuditNamesNoPerson: who changed what is told, without people's names and why they are away.
func TestTheAuditNamesNoPerson(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann", func(r *routingv1.Rep) { r.DisplayName = "Ann Example" })
		b.updateRep(t, &routingv1.Rep{Name: "reps/ann", DisplayName: "Ann Sample", Team: "east"})
		absence := b.absent(t, "ann", roomtest.Start, roomtest.Start.Add(time.Hour))
		if _, err := b.client.DeleteAbsence(revops(t), &routingv1.DeleteAbsenceRequest{Name: absence}); err != nil {
			t.Fatal(err)
		}
		b.pool(t, "velocity", "ann")
		var got []string
		for _, e := range b.Told(t) {
			c := e.GetResourceChanged()
			got = append(got, fmt.Sprint(c.GetMethod(), " ", c.GetResource(), " ", e.GetSeq(), " by ", e.GetActor()))
			body, err := proto.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			for _, personal := range []string{"Example", "Sample", "vacation"} {
				if bytes.Contains(body, []byte(personal)) {
					t.Errorf("%s tells %q", e.GetId(), personal)
				}
			}
		}
		by := " by " + auth.LocalIssuer + "|rita"
		want := []string{"CreateRep reps/ann 1" + by, "UpdateRep reps/ann 2" + by, "CreateAbsence " + absence + " 1" + by,
			"DeleteAbsence " + absence + " 2" + by, "CreatePool pools/velocity 1" + by}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

package routing_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// leave enters an absence from now on, in which another stands in.
func (b *bundle) leave(t *testing.T, rep, cover string, from, to time.Time) *routingv1.Absence {
	t.Helper()
	a, err := b.enter(t, rep, cover, from, to)
	if err != nil {
		t.Fatalf("absence of %s: %v", rep, err)
	}
	return a
}

func (b *bundle) enter(t *testing.T, rep, cover string, from, to time.Time) (*routingv1.Absence, error) {
	t.Helper()
	a := &routingv1.Absence{StartTime: timestamppb.New(from), EndTime: timestamppb.New(to)}
	if cover != "" {
		a.Cover = "reps/" + cover
	}
	return b.client.CreateAbsence(revops(t), &routingv1.CreateAbsenceRequest{Parent: "reps/" + rep, Absence: a})
}

func (b *bundle) updateAbsence(t *testing.T, a *routingv1.Absence, paths ...string) (*routingv1.Absence, error) {
	t.Helper()
	return b.client.UpdateAbsence(revops(t), &routingv1.UpdateAbsenceRequest{Absence: a, UpdateMask: &fieldmaskpb.FieldMask{Paths: paths}})
}

// covers are the events about covers of a handoff, in words, with their times.
func (b *bundle) covers(t *testing.T, handoff string) []string {
	t.Helper()
	var all []string
	for _, e := range b.Told(t) {
		if e.GetKey() != handoff {
			continue
		}
		if c := e.GetCoverStarted(); c != nil {
			all = append(all, c.GetCover()+" for "+c.GetRep()+" from "+c.GetStartTime().AsTime().Format("01-02 15:04"))
		}
		if c := e.GetCoverEnded(); c != nil {
			all = append(all, c.GetCover()+" for "+c.GetRep()+" until "+c.GetEndTime().AsTime().Format("01-02 15:04"))
		}
	}
	return all
}

// sees says whether a rep can read a handoff and list it; the two must agree.
func (b *bundle) sees(t *testing.T, rep, handoff string) bool {
	t.Helper()
	_, err := b.client.GetHandoff(as(t, rep), &routingv1.GetHandoffRequest{Name: handoff})
	if err != nil && refusalOf(err).code != codes.NotFound {
		t.Fatal(err)
	}
	resp, listErr := b.client.ListHandoffs(as(t, rep), &routingv1.ListHandoffsRequest{})
	if listErr != nil {
		t.Fatal(listErr)
	}
	if listed := slices.Contains(namesOf(resp.GetHandoffs()), handoff); listed != (err == nil) {
		t.Fatalf("%s reads %s: %v, and lists it: %v", rep, handoff, err, listed)
	}
	_, told := b.client.ExplainRoute(as(t, rep), &routingv1.ExplainRouteRequest{Name: handoff + "/route"})
	if refusalOf(told).code != refusalOf(err).code {
		t.Fatalf("%s reads %s: %v, and is told its route: %v", rep, handoff, err, told)
	}
	return err == nil
}

// TestACoverStandsInForAsLongAsTheAbsenceLasts: the cover sees and answers what is open with the rep, no more and no longer;
// who owns it does not change.
func TestACoverStandsInForAsLongAsTheAbsenceLasts(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"ann", "cat", "eve"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann")
		first, second, third, over := b.qualify(t), b.qualify(t), b.qualify(t), b.qualify(t)
		b.advanced(t, "ann", over, 1, routingv1.Step_STEP_REJECT)
		b.advanced(t, "ann", second, 1, routingv1.Step_STEP_ACCEPT)
		b.leave(t, "ann", "cat", day(1, 9), day(3, 9))
		b.advanceTo(t, day(1, 9).Add(-time.Microsecond))
		if b.sees(t, "cat", first) || b.handoff(t, first).GetCover() != "" {
			t.Error("cat stands in too early")
		}
		b.advanceTo(t, day(1, 9))
		for name, want := range map[string]bool{first: true, second: true, third: true, over: false} {
			if b.sees(t, "cat", name) != want || b.sees(t, "eve", name) || !b.sees(t, "ann", name) {
				t.Errorf("%s: want %v for cat, nothing for eve, and ann sees her own", name, want)
			}
		}
		if h := b.handoff(t, first); h.GetCover() != "reps/cat" || h.GetRep() != "reps/ann" || h.GetCoverFor() != "" {
			t.Errorf("got cover %q of %q", h.GetCover(), h.GetRep())
		}
		if _, err := b.answer(as(t, "cat"), over, 1, routingv1.Step_STEP_REJECT); refusalOf(err).code != codes.NotFound {
			t.Errorf("cat answers what was over before: %v", err)
		}
		b.advanced(t, "cat", first, 1, routingv1.Step_STEP_ACCEPT)
		if h := b.advanced(t, "cat", second, 1, routingv1.Step_STEP_DISPOSE); h.GetRep() != "reps/ann" {
			t.Errorf("it became %q's", h.GetRep())
		}
		if !b.sees(t, "cat", second) {
			t.Error("cat does not see what closed while she stood in")
		}
		b.advanced(t, "cat", second, 1, routingv1.Step_STEP_DISPOSE) // again: it stands already

		b.advanceTo(t, day(3, 9))
		for _, name := range []string{first, second, third} {
			if b.sees(t, "cat", name) {
				t.Errorf("cat still sees %s", name)
			}
		}
		if _, err := b.answer(as(t, "cat"), third, 1, routingv1.Step_STEP_ACCEPT); refusalOf(err).code != codes.NotFound {
			t.Errorf("cat answers when it is over: %v", err)
		}
		b.advanced(t, "ann", third, 1, routingv1.Step_STEP_ACCEPT)
		want := []string{"reps/cat for reps/ann from 03-03 14:00", "reps/cat for reps/ann until 03-05 14:00"}
		for _, name := range []string{first, third} {
			if diff := cmp.Diff(want, b.covers(t, name)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
		}
		if diff := cmp.Diff(want[:1], b.covers(t, second)); diff != "" {
			t.Errorf("what closed (-want +got):\n%s", diff)
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestACoverGetsWhatIsTheOwners: as a deputy, so that the account stays the owner's. What the cover has not accepted when the
// owner is back at work comes back; what they have accepted they keep.
func TestACoverGetsWhatIsTheOwners(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"olga", "cat", "eve"} {
			b.rep(t, id)
		}
		b.pool(t, "enterprise", "eve")
		b.pool(t, "velocity", "eve")
		b.leave(t, "olga", "cat", day(0, 12), day(2, 0))
		b.advanceTo(t, day(1, 10))
		open, kept, deal := b.qualify(t, target, ownedBy("olga")), b.qualify(t, target, ownedBy("olga")), b.qualify(t, dealOf("olga"))
		for _, name := range []string{open, kept, deal} {
			b.assignedTo(t, name, "cat")
			if h := b.handoff(t, name); h.GetCoverFor() != "reps/olga" || h.GetPool() != "" {
				t.Errorf("%s: cover for %q, by %q", name, h.GetCoverFor(), h.GetPool())
			}
		}
		if told := lastTold[*eventv1.HandoffAssigned](t, b, "handoff_assigned"); told.GetCoverFor() != "reps/olga" || told.GetRep() != "reps/cat" {
			t.Errorf("told %v", told)
		}
		b.assignedTo(t, b.qualify(t, target), "eve")
		if b.sees(t, "olga", open) {
			t.Error("olga sees what is cat's now")
		}
		b.advanced(t, "cat", kept, 1, routingv1.Step_STEP_ACCEPT)
		b.advanceTo(t, day(2, 8)) // the absence is over, and olga is not at work yet
		b.assignedTo(t, open, "cat")
		b.advanceTo(t, day(2, 9))
		for _, name := range []string{open, deal} {
			if n := b.assignedTo(t, name, "olga"); n != 2 || b.handoff(t, name).GetCoverFor() != "" {
				t.Errorf("%s: assignment %d, cover for %q", name, n, b.handoff(t, name).GetCoverFor())
			}
		}
		told := lastTold[*eventv1.HandoffAssigned](t, b, "handoff_assigned")
		if told.GetReassignReason() != routingv1.ReassignReason_REASSIGN_REASON_COVER_ENDED || told.GetPreviousRep() != "reps/cat" {
			t.Errorf("told %v", told)
		}
		if h := b.handoff(t, kept); h.GetState() != routingv1.Handoff_STATE_ACCEPTED || h.GetRep() != "reps/cat" || h.GetCoverFor() != "reps/olga" {
			t.Errorf("what was accepted: %v", h)
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestCoversStandInInARow: who stands in for a cover who is away too stands in for all; without anybody, what nobody has
// accepted is passed on.
func TestCoversStandInInARow(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"ann", "cat", "dan", "eve"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann")
		name, worked := b.qualify(t), b.qualify(t)
		b.advanced(t, "ann", worked, 1, routingv1.Step_STEP_ACCEPT)
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/ann"}, {Rep: "reps/eve"}}}, "members")
		b.leave(t, "ann", "cat", day(0, 11), day(4, 9))
		b.leave(t, "cat", "dan", day(1, 9), day(4, 9))
		b.leave(t, "dan", "", day(2, 9), day(3, 9))
		seen := func() (who []string) {
			for _, id := range []string{"cat", "dan", "eve"} {
				if b.sees(t, id, worked) {
					who = append(who, id)
				}
			}
			return who
		}
		for _, step := range []struct {
			at   time.Time
			want []string
		}{{day(0, 10), nil}, {day(0, 12), []string{"cat"}}, {day(1, 10), []string{"dan"}}, {day(2, 8), []string{"dan"}}, {day(2, 10), nil}, {day(3, 10), []string{"dan"}}, {day(4, 10), nil}} {
			b.advanceTo(t, step.at)
			if diff := cmp.Diff(step.want, seen()); diff != "" {
				t.Errorf("at %v (-want +got):\n%s", step.at, diff)
			}
		}
		want := []string{"reps/cat for reps/ann from 03-02 16:00", "reps/cat for reps/ann until 03-03 14:00", "reps/dan for reps/ann from 03-03 14:00",
			"reps/dan for reps/ann until 03-04 14:00", "reps/dan for reps/ann from 03-05 14:00", "reps/dan for reps/ann until 03-06 14:00"}
		if diff := cmp.Diff(want, b.covers(t, worked)); diff != "" {
			t.Errorf("covers (-want +got):\n%s", diff)
		}
		if h := b.handoff(t, name); h.GetRep() != "reps/eve" { // when dan went, too, nobody was left
			t.Errorf("what nobody had accepted is %q's", h.GetRep())
		}
	})
}

// TestAbsencesChangeWhileTheyLast: cut short, moved, with another cover, overlapping, taken back.
func TestAbsencesChangeWhileTheyLast(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"ann", "cat", "dan"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann")
		name := b.qualify(t)
		seen := func(want string) {
			t.Helper()
			for _, id := range []string{"cat", "dan"} {
				if b.sees(t, id, name) != (id == want) {
					t.Errorf("at %v %s sees it: %v, want %q to", b.Clock.Now(), id, id != want, want)
				}
			}
			if got := b.handoff(t, name).GetCover(); got != map[bool]string{true: "", false: "reps/" + want}[want == ""] {
				t.Errorf("at %v: covered by %q, want %q", b.Clock.Now(), got, want)
			}
		}
		long := b.leave(t, "ann", "cat", day(0, 10), day(10, 9))
		seen("cat")
		sick := b.leave(t, "ann", "dan", day(1, 0), day(2, 0)) // within it; it began last
		b.leave(t, "ann", "", day(1, 12), day(1, 13))          // names nobody
		b.advanceTo(t, day(1, 12))
		seen("dan")
		b.advanceTo(t, day(2, 0))
		seen("cat")
		if _, err := b.client.DeleteAbsence(revops(t), &routingv1.DeleteAbsenceRequest{Name: sick.GetName()}); err != nil {
			t.Fatal(err)
		}
		long.Cover = "reps/dan"
		long, err := b.updateAbsence(t, long, "cover")
		if err != nil {
			t.Fatal(err)
		}
		seen("dan")
		b.advanceTo(t, day(3, 9))
		long.EndTime = timestamppb.New(day(4, 9))
		if long, err = b.updateAbsence(t, long, "end_time"); err != nil {
			t.Fatal(err)
		}
		seen("dan")
		b.advanceTo(t, day(4, 9))
		seen("")
		long.StartTime, long.EndTime = timestamppb.New(day(4, 9)), timestamppb.New(day(7, 9))
		if long, err = b.updateAbsence(t, long); err != nil {
			t.Fatal(err)
		}
		seen("dan")
		if _, err := b.client.DeleteAbsence(revops(t), &routingv1.DeleteAbsenceRequest{Name: long.GetName()}); err != nil {
			t.Fatal(err)
		}
		seen("")
		b.advanceTo(t, day(8, 9)) // nothing is left that could happen
		want := []string{"reps/cat for reps/ann from 03-02 15:00", "reps/cat for reps/ann until 03-03 05:00", "reps/dan for reps/ann from 03-03 05:00",
			"reps/dan for reps/ann until 03-04 05:00", "reps/cat for reps/ann from 03-04 05:00", "reps/cat for reps/ann until 03-04 05:00",
			"reps/dan for reps/ann from 03-04 05:00", "reps/dan for reps/ann until 03-06 14:00", "reps/dan for reps/ann from 03-06 14:00",
			"reps/dan for reps/ann until 03-06 14:00"}
		if diff := cmp.Diff(want, b.covers(t, name)); diff != "" {
			t.Errorf("covers (-want +got):\n%s", diff)
		}
		b.assignedTo(t, name, "ann")
	})
}

func TestWhatOfACoverIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		row := []string{"a", "b", "c", "d", "e", "f", "g"}
		for _, id := range row {
			b.rep(t, id)
		}
		for i := range 4 { // a by b, b by c, c by d, d by e
			b.leave(t, row[i], row[i+1], day(0, 0), day(5, 0))
		}
		own := b.leave(t, "g", "", day(0, 0), day(5, 0))
		own.Cover = "reps/g"
		stale := &routingv1.Absence{Name: own.GetName(), Kind: "x", Etag: `"7"`}
		for name, tc := range map[string]struct {
			err    error
			code   codes.Code
			reason string
		}{
			"themselves":                     {second(b.enter(t, "f", "f", day(0, 0), day(1, 0))), codes.InvalidArgument, "CYCLE"},
			"each other":                     {second(b.enter(t, "e", "d", day(0, 0), day(1, 0))), codes.InvalidArgument, "CYCLE"},
			"in a circle of five":            {second(b.enter(t, "e", "a", day(4, 23), day(9, 0))), codes.InvalidArgument, "CYCLE"},
			"themselves by a change":         {second(b.updateAbsence(t, own, "cover")), codes.InvalidArgument, "CYCLE"},
			"nobody we know":                 {second(b.enter(t, "f", "ghost", day(0, 0), day(1, 0))), codes.InvalidArgument, "REFERENCE_NOT_FOUND"},
			"an end before the start":        {second(b.updateAbsence(t, &routingv1.Absence{Name: own.GetName(), EndTime: timestamppb.New(day(-1, 0))}, "end_time")), codes.InvalidArgument, "FIELD_INVALID"},
			"without an end":                 {second(b.updateAbsence(t, &routingv1.Absence{Name: own.GetName()}, "end_time")), codes.InvalidArgument, "FIELD_INVALID"},
			"what changed since it was read": {second(b.updateAbsence(t, stale, "kind")), codes.Aborted, "ETAG_MISMATCH"},
			"an absence of another":          {second(b.updateAbsence(t, &routingv1.Absence{Name: "reps/a" + own.GetName()[len("reps/g"):], Kind: "x"}, "kind")), codes.NotFound, "RESOURCE_NOT_FOUND"},
		} {
			if got := refusalOf(tc.err); got.code != tc.code || got.reason != tc.reason {
				t.Errorf("%s: got %v", name, tc.err)
			}
		}
		b.leave(t, "e", "f", day(0, 0), day(2, 0)) // the fifth in the row
		_, err := b.enter(t, "f", "g", day(1, 0), day(3, 0))
		if diff := cmp.Diff([]string{"absence.cover"}, fields(err)); diff != "" {
			t.Errorf("a sixth: got %v", err)
		}
		b.leave(t, "f", "g", day(2, 0), day(3, 0)) // when e is back
		b.leave(t, "e", "a", day(5, 0), day(6, 0)) // when a is back
	})
}

// TestAnAlertGoesToWhoStandsIn: or to the pool if nobody does.
func TestAnAlertGoesToWhoStandsIn(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"olga", "cat", "eve", "otto"} {
			b.rep(t, id)
		}
		b.pool(t, "enterprise", "eve")
		b.leave(t, "olga", "cat", day(0, 9), day(1, 9))
		b.leave(t, "otto", "", day(0, 9), day(1, 9))
		b.surge(t, 1, 1, "reps/olga", true)
		b.surge(t, 2, 1, "reps/otto", true)
		b.advanceTo(t, day(1, 9))
		b.surge(t, 1, 2, "reps/olga", true)
		var got []string
		for _, a := range b.alerts(roomtest.AsService(t.Context(), "journey"), t, &routingv1.ListAccountAlertsRequest{}) {
			got = append(got, a.GetRep()+a.GetPool()+" for "+a.GetCoverFor())
		}
		slices.Sort(got)
		if diff := cmp.Diff([]string{"pools/enterprise for ", "reps/cat for reps/olga", "reps/olga for "}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestOneOfCoverAndRepAnswers: both answer the same assignment at once, and one of them counts.
func TestOneOfCoverAndRepAnswers(t *testing.T) {
	const rounds = 8
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(day(0, 10))
		for _, id := range []string{"ann", "cat"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann")
		var names []string
		for range rounds {
			names = append(names, b.qualify(t))
		}
		b.leave(t, "ann", "cat", day(0, 9), day(1, 9))
		steps := map[string]routingv1.Step{"ann": routingv1.Step_STEP_ACCEPT, "cat": routingv1.Step_STEP_REJECT}
		for _, name := range names {
			rivals := []string{"ann", "cat"}
			ctx := map[string]context.Context{"ann": as(t, "ann"), "cat": as(t, "cat")}
			won, lost := race(len(rivals), func(i int) error {
				_, err := b.answer(ctx[rivals[i]], name, 1, steps[rivals[i]])
				return err
			})
			if won != 1 || refusalOf(lost[0]).reason != "VERDICT_EXISTS" {
				t.Errorf("%s: %d won, and who lost got %v", name, won, lost)
			}
		}
		b.checkBooks(t)
	})
}

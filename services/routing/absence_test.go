package routing_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/timestamppb"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

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

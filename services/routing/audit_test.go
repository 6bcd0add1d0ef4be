package routing_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

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

func TestAnUpdateThatChangesNothingLeavesTheEtagAndTellsNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann", maxOpen(3))
		b.pool(t, "velocity", "ann")
		rep, err := b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/ann"})
		if err != nil {
			t.Fatal(err)
		}
		pool, err := b.client.GetPool(revops(t), &routingv1.GetPoolRequest{Name: "pools/velocity"})
		if err != nil {
			t.Fatal(err)
		}
		told := len(b.Told(t))
		again, err := b.client.UpdateRep(revops(t), &routingv1.UpdateRepRequest{Rep: rep})
		if diff := cmp.Diff(rep, again, protocmp.Transform()); diff != "" || err != nil {
			t.Errorf("rep: %v (-want +got):\n%s", err, diff)
		}
		whole, err := b.client.UpdatePool(revops(t), &routingv1.UpdatePoolRequest{Pool: pool})
		if diff := cmp.Diff(pool, whole, protocmp.Transform()); diff != "" || err != nil {
			t.Errorf("pool: %v (-want +got):\n%s", err, diff)
		}
		if got := len(b.Told(t)); got != told {
			t.Errorf("%d events tell of it", got-told)
		}
	})
}

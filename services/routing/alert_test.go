package routing_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func accountName(n int) string { return fmt.Sprintf("accounts/%032x", n) }

// surge tells that an account became hot.
func (b *bundle) surge(t testing.TB, account int, number int64, owner string, target bool) {
	t.Helper()
	b.Tell(t, eventlog.Scoring, &eventv1.Event{Subject: accountName(account), Playbook: "playbooks/1", Payload: &eventv1.Event_AccountSurged{
		AccountSurged: &eventv1.AccountSurged{Account: accountName(account), Number: number, Owner: owner, Target: target, ScoreMicros: 7,
			Surge: &scoringv1.AccountSurge{Surging: true, PointsMicros: 30_000_000}}}})
}

func (b *bundle) alerts(ctx context.Context, t testing.TB, req *routingv1.ListAccountAlertsRequest) []*routingv1.AccountAlert {
	t.Helper()
	resp, err := b.client.ListAccountAlerts(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetAccountAlerts()
}

func TestAnAlertGoesToTheOwnerOrThePoolOrIsSeenToBeForNobody(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "gone", inactive)
		b.rep(t, "eve")
		b.pool(t, "enterprise", "eve")
		b.surge(t, 1, 1, "reps/ann", true)
		b.surge(t, 2, 1, "reps/gone", true)
		b.surge(t, 3, 1, "reps/unheard-of", true)
		b.surge(t, 4, 1, "", true)
		b.surge(t, 5, 1, "", false) // the pool velocity does not exist
		got := map[string]string{}
		for _, a := range b.alerts(revops(t), t, &routingv1.ListAccountAlertsRequest{}) {
			got[a.GetAccount()] = a.GetRep() + a.GetPool()
		}
		want := map[string]string{accountName(1): "reps/ann", accountName(2): "pools/enterprise", accountName(3): "pools/enterprise",
			accountName(4): "pools/enterprise", accountName(5): ""}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("receivers (-want +got):\n%s", diff)
		}
		for rep, want := range map[string]int{"ann": 1, "eve": 3, "gone": 0, "stranger": 0} {
			if got := b.alerts(as(t, rep), t, &routingv1.ListAccountAlertsRequest{}); len(got) != want {
				t.Errorf("%s sees %d alerts, want %d", rep, len(got), want)
			}
		}
		if got := b.alerts(revops(t), t, &routingv1.ListAccountAlertsRequest{Rep: "reps/ann"}); len(got) != 1 {
			t.Errorf("by rep: got %v", got)
		}
		if got := b.alerts(as(t, "eve"), t, &routingv1.ListAccountAlertsRequest{Account: accountName(1)}); len(got) != 0 {
			t.Errorf("a foreign account: got %v", got)
		}
	})
}

func TestAnAlertIsRaisedOnceForEachSurgeAndTold(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.surge(t, 1, 1, "reps/ann", true)
		b.surge(t, 1, 1, "reps/ann", true) // as if a sender had lost its memory
		b.surge(t, 1, 2, "reps/ann", true)
		var raised []*routingv1.AccountAlert
		for _, e := range b.Told(t) {
			if a := e.GetAccountAlertRaised().GetAlert(); a != nil {
				if e.GetSeq() != 1 || e.GetSubject() != a.GetName() || e.GetPlaybook() != "playbooks/1" {
					t.Errorf("envelope %v", e)
				}
				raised = append(raised, a)
			}
		}
		if len(raised) != 2 {
			t.Fatalf("%d alerts were told, want 2", len(raised))
		}
		want := &routingv1.AccountAlert{Name: raised[0].GetName(), Account: accountName(1), Rep: "reps/ann", Target: true, ScoreMicros: 7, Playbook: "playbooks/1",
			Surge: &scoringv1.AccountSurge{Surging: true, PointsMicros: 30_000_000}, RaiseTime: timestamppb.New(roomtest.Start), Test: true}
		if diff := cmp.Diff(want, raised[0], protocmp.Transform()); diff != "" {
			t.Errorf("alert (-want +got):\n%s", diff)
		}
		first, err := b.client.ListAccountAlerts(revops(t), &routingv1.ListAccountAlertsRequest{PageSize: 1})
		if err != nil || len(first.GetAccountAlerts()) != 1 || first.GetNextPageToken() == "" {
			t.Fatalf("got %v, %v", first, err)
		}
		rest, err := b.client.ListAccountAlerts(revops(t), &routingv1.ListAccountAlertsRequest{PageSize: 1, PageToken: first.GetNextPageToken()})
		if err != nil || len(rest.GetAccountAlerts()) != 1 || rest.GetNextPageToken() != "" || rest.GetAccountAlerts()[0].GetName() == first.GetAccountAlerts()[0].GetName() {
			t.Errorf("the second page: got %v, %v", rest, err)
		}
	})
}

func TestAnAlertTakesNobodysTurn(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann", maxOpen(1))
		b.pool(t, "enterprise", "ann")
		b.pool(t, "velocity", "ann")
		b.surge(t, 1, 1, "", true)
		b.assignedTo(t, b.qualify(t), "ann")
	})
}

package routing_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// heldPages lists the holding queue in pages of a size; between asks before each page but the first.
func (b *bundle) heldPages(t *testing.T, ctx context.Context, req *routingv1.ListHeldHandoffsRequest, between func()) []string {
	t.Helper()
	var all []string
	for first := true; first || req.GetPageToken() != ""; first = false {
		if !first && between != nil {
			between()
		}
		resp, err := b.client.ListHeldHandoffs(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		all, req.PageToken = append(all, namesOf(resp.GetHandoffs())...), resp.GetNextPageToken()
	}
	return all
}

// waitingRoom holds leads of both tiers, of an owner and of a queue, in an order that is not theirs.
func waitingRoom(t *testing.T, b *bundle) (inOrder, customers []string) {
	t.Helper()
	counter(t, b)
	b.updateRep(t, &routingv1.Rep{Name: "reps/vic", MaxOpen: new(int32)}, "max_open")
	b.pool(t, "enterprise")
	early := qualifiedAt(b.Clock.Now().Add(-time.Hour))
	third := b.qualify(t)
	second1, second2 := b.qualify(t, target, mediumIntent), b.qualify(t, target, mediumIntent, early)
	first := b.qualify(t, target)
	customer1, customer2 := b.qualify(t, customer), b.qualify(t, customer, early)
	deal := b.qualify(t, dealOf("olga"), lowIntent)
	customers = []string{customer2, customer1}
	return []string{customer2, customer1, deal, first, second2, second1, third}, customers
}

// TestTheHoldingQueueIsListedInItsOrder: rules before tiers, tiers by rank, then by the time of the MQL.
func TestTheHoldingQueueIsListedInItsOrder(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		all, customers := waitingRoom(t, b)
		for name, tc := range map[string]struct {
			req  *routingv1.ListHeldHandoffsRequest
			want []string
		}{
			"everything":        {&routingv1.ListHeldHandoffsRequest{}, all},
			"a pool":            {&routingv1.ListHeldHandoffsRequest{Pool: "pools/enterprise"}, all[3:6]},
			"a queue":           {&routingv1.ListHeldHandoffsRequest{Queue: "queues/customer-success"}, customers},
			"a reason":          {&routingv1.ListHeldHandoffsRequest{Reason: routingv1.Hold_REASON_EVERYBODY_AT_CAP}, all[6:]},
			"a pool and reason": {&routingv1.ListHeldHandoffsRequest{Pool: "pools/velocity", Reason: routingv1.Hold_REASON_POOL_EMPTY}, nil},
			"no such queue":     {&routingv1.ListHeldHandoffsRequest{Queue: "queues/none"}, nil},
		} {
			for _, size := range []int32{0, 1, 2} {
				tc.req.PageSize = size
				if diff := cmp.Diff(tc.want, b.heldPages(t, revops(t), tc.req, nil)); diff != "" {
					t.Errorf("%s in pages of %d (-want +got):\n%s", name, size, diff)
				}
			}
		}
	})
}

// TestWhoWaitsAllTheWhileIsListedOnce: between two pages somebody in front is taken, and somebody new comes in front.
func TestWhoWaitsAllTheWhileIsListedOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		all, customers := waitingRoom(t, b)
		taken := customers
		got := b.heldPages(t, revops(t), &routingv1.ListHeldHandoffsRequest{PageSize: 2}, func() {
			if len(taken) > 0 {
				if _, err := b.claim(as(t, "ann"), taken[0], ""); err != nil {
					t.Fatal(err)
				}
				taken = taken[1:]
			}
			b.qualify(t, customer, qualifiedAt(b.Clock.Now().Add(-2*time.Hour)))
		})
		if diff := cmp.Diff(all, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// TestEverybodySeesTheirPartOfTheHoldingQueue: lists it and reads each of it, as every kind of caller.
func TestEverybodySeesTheirPartOfTheHoldingQueue(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		all, customers := waitingRoom(t, b)
		brought := b.lead(customer, qualifiedAt(b.Clock.Now().Add(-2*time.Hour)))
		brought.Partner = "acme"
		b.Tell(t, eventlog.Scoring, brought)
		customers = append([]string{brought.GetHandoff()}, customers...)
		all = append(append([]string{}, customers...), all[2:]...)
		for name, tc := range map[string]struct {
			ctx  context.Context
			want []string
		}{
			"who picks":            {as(t, "ann"), customers},
			"who does not":         {as(t, "vic"), nil},
			"a rep nobody entered": {as(t, "zoe"), nil},
			"the partner":          {roomtest.AsPartner(t.Context(), "pat", "acme"), []string{brought.GetHandoff()}},
			"another partner":      {roomtest.AsPartner(t.Context(), "pia", "other"), nil},
			"marketing":            {roomtest.As(t.Context(), "mary", accessv1.Role_ROLE_MARKETING), all},
			"a rep who leads":      {roomtest.As(t.Context(), "vic", accessv1.Role_ROLE_SALES_REP, accessv1.Role_ROLE_SALES_MANAGER), all},
		} {
			if diff := cmp.Diff(tc.want, b.heldPages(t, tc.ctx, &routingv1.ListHeldHandoffsRequest{PageSize: 2}, nil)); diff != "" {
				t.Errorf("%s lists (-want +got):\n%s", name, diff)
			}
			visible := map[string]bool{}
			for _, name := range tc.want {
				visible[name] = true
			}
			for _, handoff := range all {
				_, err := b.client.GetHandoff(tc.ctx, &routingv1.GetHandoffRequest{Name: handoff})
				if visible[handoff] != (err == nil) || err != nil && status.Code(err) != codes.NotFound {
					t.Errorf("%s reads %s: got %v", name, handoff, err)
				}
			}
		}
		if _, err := b.claim(as(t, "ann"), customers[0], ""); err != nil {
			t.Fatal(err)
		}
		if _, err := b.client.GetHandoff(as(t, "bob"), &routingv1.GetHandoffRequest{Name: customers[0]}); status.Code(err) != codes.NotFound {
			t.Errorf("what somebody else took: got %v", err)
		}
		resp, err := b.client.ListHandoffs(as(t, "bob"), &routingv1.ListHandoffsRequest{})
		if err != nil || len(resp.GetHandoffs()) > 0 {
			t.Errorf("bob has %v, %v", resp, err)
		}
	})
}

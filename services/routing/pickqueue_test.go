package routing_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// pickQueue makes a queue from which the members of pools pick.
func (b *bundle) pickQueue(t testing.TB, id string, pools ...string) {
	t.Helper()
	q := &routingv1.Queue{DisplayName: id}
	for _, p := range pools {
		q.Pools = append(q.Pools, "pools/"+p)
	}
	if _, err := b.client.CreateQueue(revops(t), &routingv1.CreateQueueRequest{QueueId: id, Queue: q}); err != nil {
		t.Fatalf("create queue %s: %v", id, err)
	}
}

// customer is a lead that the playbook sends to the queue customer-success.
func customer(q *eventv1.LeadQualified) { q.Context.FirstMatch = []int32{1} }

func TestAQueueIsKeptAsItWasEntered(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.pool(t, "east")
		b.pool(t, "west")
		b.qualify(t, customer) // it waits before the queue is entered
		created, err := b.client.CreateQueue(revops(t), &routingv1.CreateQueueRequest{QueueId: "customer-success", Queue: &routingv1.Queue{
			DisplayName: "Customers", Pools: []string{"pools/west", "pools/east"}, HeldCount: 7}})
		if err != nil || created.GetHeldCount() != 1 {
			t.Fatalf("got %v, %v", created, err)
		}
		if diff := cmp.Diff([]string{"pools/east", "pools/west"}, created.GetPools()); diff != "" {
			t.Errorf("pools (-want +got):\n%s", diff)
		}
		changed, err := b.client.UpdateQueue(revops(t), &routingv1.UpdateQueueRequest{Queue: &routingv1.Queue{
			Name: created.GetName(), Pools: []string{"pools/east"}, Etag: created.GetEtag()}, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"pools"}}})
		if err != nil || changed.GetDisplayName() != "Customers" || len(changed.GetPools()) != 1 || changed.GetEtag() == created.GetEtag() {
			t.Fatalf("got %v, %v", changed, err)
		}
		again, err := b.client.UpdateQueue(revops(t), &routingv1.UpdateQueueRequest{Queue: changed})
		if err != nil || again.GetEtag() != changed.GetEtag() {
			t.Errorf("no change: got %v, %v", again, err)
		}
		var methods []string
		for _, e := range b.Told(t) {
			if c := e.GetResourceChanged(); c.GetResource() == created.GetName() {
				methods = append(methods, c.GetMethod())
			}
		}
		if diff := cmp.Diff([]string{"CreateQueue", "UpdateQueue"}, methods); diff != "" {
			t.Errorf("audited (-want +got):\n%s", diff)
		}
		b.pickQueue(t, "reviews")
		got := paged(t, func(ctx context.Context, token string) ([]string, string, error) {
			resp, err := b.client.ListQueues(ctx, &routingv1.ListQueuesRequest{PageSize: 1, PageToken: token})
			return namesOf(resp.GetQueues()), resp.GetNextPageToken(), err
		})
		if diff := cmp.Diff([]string{"queues/customer-success", "queues/reviews"}, got); diff != "" {
			t.Errorf("listed (-want +got):\n%s", diff)
		}
	})
}

func TestAQueueThatMakesNoSenseIsRefused(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.pool(t, "east")
		b.pickQueue(t, "reviews", "east")
		create := func(id string, q *routingv1.Queue) error {
			_, err := b.client.CreateQueue(revops(t), &routingv1.CreateQueueRequest{QueueId: id, Queue: q})
			return err
		}
		update := func(q *routingv1.Queue, paths ...string) error {
			q.Name = "queues/" + q.GetName()
			_, err := b.client.UpdateQueue(revops(t), &routingv1.UpdateQueueRequest{Queue: q, UpdateMask: &fieldmaskpb.FieldMask{Paths: paths}})
			return err
		}
		for name, tc := range map[string]struct {
			err    error
			code   codes.Code
			reason string
		}{
			"an id that is in use":         {create("reviews", &routingv1.Queue{DisplayName: "x"}), codes.AlreadyExists, "RESOURCE_EXISTS"},
			"a queue without a name":       {create("a", &routingv1.Queue{}), codes.InvalidArgument, "FIELD_INVALID"},
			"a pool that is not there":     {create("a", &routingv1.Queue{DisplayName: "x", Pools: []string{"pools/north"}}), codes.InvalidArgument, "REFERENCE_NOT_FOUND"},
			"a pool twice":                 {create("a", &routingv1.Queue{DisplayName: "x", Pools: []string{"pools/east", "pools/east"}}), codes.InvalidArgument, "FIELD_INVALID"},
			"a change of no queue":         {update(&routingv1.Queue{Name: "none", DisplayName: "x"}), codes.NotFound, "RESOURCE_NOT_FOUND"},
			"a change of an older version": {update(&routingv1.Queue{Name: "reviews", DisplayName: "x", Etag: `"9"`}), codes.Aborted, "ETAG_MISMATCH"},
			"a change to no name":          {update(&routingv1.Queue{Name: "reviews"}, "display_name"), codes.InvalidArgument, "FIELD_INVALID"},
		} {
			if got := refusalOf(tc.err); got.code != tc.code || got.reason != tc.reason {
				t.Errorf("%s: got %v", name, tc.err)
			}
		}
		if _, err := b.client.GetQueue(revops(t), &routingv1.GetQueueRequest{Name: "queues/none"}); status.Code(err) != codes.NotFound {
			t.Errorf("no queue: got %v", err)
		}
		rep := roomtest.As(t.Context(), "ann", accessv1.Role_ROLE_SALES_REP)
		if _, err := b.client.GetQueue(rep, &routingv1.GetQueueRequest{Name: "queues/reviews"}); err != nil {
			t.Errorf("a rep reads it: %v", err)
		}
	})
}

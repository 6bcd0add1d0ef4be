package routing_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

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

func second[T any](_ T, err error) error { return err }

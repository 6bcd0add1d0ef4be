package routing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

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

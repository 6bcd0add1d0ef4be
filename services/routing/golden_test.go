package routing_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// TestTheThreeExamples: a director of sales at a target account asked for a demo, a marketing manager at a target account
// attended a webinar, an account executive at a fintech off the list asked for a demo.
func TestTheThreeExamples(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "eve")
		b.rep(t, "vic")
		b.pool(t, "enterprise", "eve")
		b.pool(t, "velocity", "vic")
		for _, tc := range []struct {
			name                  string
			changes               []func(*eventv1.LeadQualified)
			tier, rule, pool, rep string
		}{
			{"tier 1", []func(*eventv1.LeadQualified){target}, "T1", "tiers.T1", "enterprise", "eve"},
			{"tier 2", []func(*eventv1.LeadQualified){target, mediumIntent}, "T2", "tiers.T2", "enterprise", "eve"},
			{"tier 3", nil, "T3", "tiers.T3", "velocity", "vic"},
		} {
			name := b.qualify(t, tc.changes...)
			h := b.handoff(t, name)
			if h.GetTier() != tc.tier || h.GetRule() != tc.rule || h.GetPool() != "pools/"+tc.pool {
				t.Errorf("%s: got %q by %q to %q", tc.name, h.GetTier(), h.GetRule(), h.GetPool())
			}
			if got := b.assignedTo(t, name, tc.rep); got != 1 {
				t.Errorf("%s: got assignment %d", tc.name, got)
			}
		}
	})
}

func TestAnOpenedHandoffShowsWhatMarketingKnows(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		e := b.lead(func(q *eventv1.LeadQualified) {
			q.Account, q.Cycle = "accounts/0000000000000000000000000000000a", 1
		})
		e.Partner = "acme-partners"
		b.Tell(t, "scoring", e)
		now := timestamppb.New(roomtest.Start)
		want := &routingv1.Handoff{
			Name: e.GetHandoff(), Kind: routingv1.Handoff_KIND_LEAD, Lead: e.GetLead(), Account: e.GetLeadQualified().GetAccount(), Cycle: 1,
			State: routingv1.Handoff_STATE_ASSIGNED, Tier: "T3", Rule: "tiers.T3", Pool: "pools/velocity", Rep: "reps/vic", Assignment: 1,
			Context: e.GetLeadQualified().GetContext(), Playbook: "playbooks/1", Partner: "acme-partners", MqlTime: now, AssignTime: now,
			TraceId: e.GetHandoff()[len("handoffs/"):], Test: true, CreateTime: now, UpdateTime: now, Etag: `"1"`,
		}
		if diff := cmp.Diff(want, b.handoff(t, e.GetHandoff()), protocmp.Transform()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

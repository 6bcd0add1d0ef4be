package figures_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func TestTheHoldingQueueSaysWhyAndUntilWhen(t *testing.T) {
	t.Parallel()
	since := timestamppb.New(time.Date(2026, 3, 2, 23, 4, 5, 0, time.UTC))
	unfit := &scoringv1.Rubric{}
	for kind := scoringv1.RubricCheck_KIND_BUYER_ROLE; kind <= scoringv1.RubricCheck_KIND_PURPOSE_AGREED; kind++ {
		unfit.Checks = append(unfit.GetChecks(), &scoringv1.RubricCheck{Kind: kind, Result: scoringv1.RubricCheck_RESULT_PASSED})
	}
	unfit.GetChecks()[0].Result = scoringv1.RubricCheck_RESULT_FAILED
	for name, tc := range map[string]struct {
		held []*routingv1.Handoff
		want string
	}{
		"nobody": {nil, "  nobody waits\n"},
		"for a queue, a pool, and an owner": {[]*routingv1.Handoff{
			{Name: "handoffs/1", Rule: "first_match[1]", Queue: "queues/care", Hold: &routingv1.Hold{Reason: routingv1.Hold_REASON_QUEUED, HoldTime: since}},
			{Name: "handoffs/2", Tier: "T1", Pool: "pools/enterprise", Hold: &routingv1.Hold{Reason: routingv1.Hold_REASON_NOBODY_AVAILABLE,
				HoldTime: since, NextAvailableTime: timestamppb.New(since.AsTime().Add(15 * time.Hour))}},
			{Name: "handoffs/3", Rule: "first_match[0]", Hold: &routingv1.Hold{Reason: routingv1.Hold_REASON_EVERYBODY_AT_CAP, HoldTime: since}},
		}, `
  handoff     tier            waits for         because                       since              until
  handoffs/1  first_match[1]  queues/care       queued            2026-03-02 23:04Z
  handoffs/2  T1              pools/enterprise  nobody available  2026-03-02 23:04Z  2026-03-03 14:04Z
  handoffs/3  first_match[0]  its owner         everybody at cap  2026-03-02 23:04Z
`[1:]},
		"a meeting that did not pass": {[]*routingv1.Handoff{{Name: "handoffs/1", Kind: routingv1.Handoff_KIND_MEETING, Rule: "meetings.otherwise",
			Queue: "queues/partner-review", Hold: &routingv1.Hold{Reason: routingv1.Hold_REASON_QUEUED, HoldTime: since}, Rubric: unfit}}, `
  handoff     tier                waits for              because                                                      since  until
  handoffs/1  meetings.otherwise  queues/partner-review  queued; 5 of 6 checks passed, buyer role failed  2026-03-02 23:04Z
`[1:]},
	} {
		var text strings.Builder
		p := figures.New(&text)
		p.Held(tc.held)
		if err := p.Flush(); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tc.want, text.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

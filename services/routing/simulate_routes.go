package routing

import (
	"context"

	"google.golang.org/protobuf/proto"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

// DescribeRoutes implements RoutingService.
func (s *Service) DescribeRoutes(_ context.Context, req *routingv1.DescribeRoutesRequest) (*routingv1.DescribeRoutesResponse, error) {
	t, err := readTerms(req.GetDocument())
	if err != nil {
		return nil, fault.Field("document", "cannot be read: %v", err)
	}
	resp := &routingv1.DescribeRoutesResponse{}
	for i := range t.table.Conditions() {
		resp.Rules = append(resp.Rules, toRoute(t.routeOf(&routingv1.WouldBeHandoff{FirstMatch: proto.Int32(int32(i))})))
	}
	for _, target := range []bool{true, false} {
		for _, level := range []playbookv1.IntentLevel{playbookv1.IntentLevel_INTENT_LEVEL_LOW,
			playbookv1.IntentLevel_INTENT_LEVEL_MEDIUM, playbookv1.IntentLevel_INTENT_LEVEL_HIGH} {
			route := toRoute(t.routeOf(&routingv1.WouldBeHandoff{Target: target, Intent: level}))
			route.Target, route.Intent = target, level
			resp.Kinds = append(resp.Kinds, route)
		}
	}
	return resp, nil
}

// routeOf is where a playbook sends a would-be handoff: the way of a real one with the same context.
func (t terms) routeOf(h *routingv1.WouldBeHandoff) route {
	known := &scoringv1.LeadContext{Intent: h.GetIntent(), Account: &scoringv1.AccountContext{Target: h.GetTarget(), Owner: h.GetOwner(),
		OpportunityOwner: h.GetOpportunityOwner()}}
	if h.FirstMatch == nil {
		return t.route(known, nil)
	}
	return t.route(known, []int32{h.GetFirstMatch()})
}

func toRoute(r route) *routingv1.Route {
	return &routingv1.Route{Tier: r.tier, Rule: r.rule, Nurture: r.destination == tier.Nurture,
		Disqualify: r.destination == tier.Disqualify}
}

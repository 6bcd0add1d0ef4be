package demo

import (
	"context"
	"fmt"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

// census is everything that there is at the end of the month, listed and not added up.
type census struct {
	leads    []*scoringv1.Lead
	handoffs []*routingv1.Handoff
	clocks   []*slav1.Clock
	deals    []*attributionv1.Opportunity
	parked   int64 // events that a service could not apply
}

// page is how many are listed at a time.
const page = 1000

// pages lists everything: list appends a page and gives the token of the next.
func pages(list func(token string) (next string, err error)) error {
	for token := ""; ; {
		next, err := list(token)
		if err != nil || next == "" {
			return err
		}
		token = next
	}
}

// census lists everything.
func (p *player) census(ctx context.Context) (*census, error) {
	c := &census{}
	for _, step := range []func(context.Context, *player) error{c.listLeads, c.listHandoffs, c.listClocks, c.listDeals, c.listParked} {
		if err := step(ctx, p); err != nil {
			return nil, fmt.Errorf("list what there is: %w", err)
		}
	}
	return c, nil
}

func (c *census) listLeads(ctx context.Context, p *player) error {
	return pages(func(token string) (string, error) {
		resp, err := scoringv1.NewScoringServiceClient(p.ops).ListLeads(ctx, &scoringv1.ListLeadsRequest{PageSize: page, PageToken: token})
		c.leads = append(c.leads, resp.GetLeads()...)
		return resp.GetNextPageToken(), err
	})
}

func (c *census) listHandoffs(ctx context.Context, p *player) error {
	return pages(func(token string) (string, error) {
		resp, err := routingv1.NewRoutingServiceClient(p.ops).ListHandoffs(ctx, &routingv1.ListHandoffsRequest{PageSize: page, PageToken: token})
		c.handoffs = append(c.handoffs, resp.GetHandoffs()...)
		return resp.GetNextPageToken(), err
	})
}

func (c *census) listClocks(ctx context.Context, p *player) error {
	for _, h := range c.handoffs {
		err := pages(func(token string) (string, error) {
			resp, err := slav1.NewSlaServiceClient(p.ops).ListClocks(ctx, &slav1.ListClocksRequest{Parent: h.GetName(), PageSize: page, PageToken: token})
			c.clocks = append(c.clocks, resp.GetClocks()...)
			return resp.GetNextPageToken(), err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *census) listDeals(ctx context.Context, p *player) error {
	return pages(func(token string) (string, error) {
		resp, err := attributionv1.NewAttributionServiceClient(p.ops).ListOpportunities(ctx,
			&attributionv1.ListOpportunitiesRequest{PageSize: page, PageToken: token})
		c.deals = append(c.deals, resp.GetOpportunities()...)
		return resp.GetNextPageToken(), err
	})
}

func (c *census) listParked(ctx context.Context, p *player) error {
	return pages(func(token string) (string, error) {
		resp, err := journeyv1.NewJourneyServiceClient(p.ops).ListParkedEvents(ctx,
			&journeyv1.ListParkedEventsRequest{Parent: "services/-", PageSize: page, PageToken: token})
		c.parked += int64(len(resp.GetParkedEvents()))
		if err == nil && len(resp.GetUnreachable()) > 0 {
			err = fmt.Errorf("%v cannot be asked for parked events", resp.GetUnreachable())
		}
		return resp.GetNextPageToken(), err
	})
}

// of counts the handoffs of which something holds.
func (c *census) of(holds func(h *routingv1.Handoff) bool) (n int64) {
	for _, h := range c.handoffs {
		if holds(h) {
			n++
		}
	}
	return n
}

// ticking counts the clocks of which something holds.
func (c *census) ticking(holds func(k *slav1.Clock) bool) (n int64) {
	for _, k := range c.clocks {
		if holds(k) {
			n++
		}
	}
	return n
}

package routing

import (
	"context"
	"slices"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

// matchChanged stores the account. Nobody is re-owned silently: a handoff goes elsewhere only if its playbook says so and
// nobody has accepted it, and then whoever has it and whoever gets it is told.
func (in *intake) matchChanged(ctx context.Context, e *eventv1.Event) error {
	m := e.GetMatchChanged()
	concerned := in.openOf(ident.ID(m.GetLead(), "leads"))
	// A handoff that somebody accepted stays with the lead under which it began, also when that lead was merged into this one.
	if p := in.passages[ident.ID(m.GetHandoff(), "handoffs")]; p != nil && p.life.State != lifecycle.StateClosed && !slices.Contains(concerned, p) {
		concerned = append(concerned, p)
	}
	for _, p := range concerned {
		p.row.Account = ident.ID(m.GetToAccount(), "accounts")
		p.touch(in.now)
		unaccepted := p.life.State == lifecycle.StateHeld || p.life.State == lifecycle.StateAssigned
		if !p.playbook.Policy.reroutes || !unaccepted || m.GetContext() == nil || p.row.ID != ident.ID(m.GetHandoff(), "handoffs") {
			continue
		}
		p.context = m.GetContext()
		other := p.require(e, m.GetContext())
		if err := in.reroute(ctx, p, in.rerouted(p, e, m.GetContext())); err != nil {
			return err
		}
		if err := in.reconsider(ctx, p, other); err != nil {
			return err
		}
	}
	return nil
}

// reroute sends a handoff that nobody has accepted where its playbook sends the lead now. Nurture is no way back for what
// sales was told of, and a rep keeps it while nobody there could take it.
func (in *intake) reroute(ctx context.Context, p *passage, r route) error {
	if p.goes(r) || r.destination == tier.Nurture {
		return nil
	}
	p.send(r)
	if err := in.retier(ctx, p, r); err != nil {
		return err
	}
	switch {
	case r.destination == tier.Disqualify:
		return in.withdraw(ctx, p, lifecycle.OutcomeDisqualified)
	case r.destination == tier.Queue:
		return in.hold(ctx, p, dispatch.Hold{Reason: dispatch.Queued})
	case p.life.State == lifecycle.StateHeld:
		return in.place(ctx, p)
	case p.holder() == r.owner:
		return nil
	default:
		return in.replace(ctx, p)
	}
}

// goes reports whether the handoff is on this way already.
func (p *passage) goes(r route) bool {
	return p.row.Destination == r.destination && p.row.Home == r.home && p.row.Owner == r.owner && p.row.Queue == r.queue
}

// replace gives an assigned handoff to another rep, if there is one.
func (in *intake) replace(ctx context.Context, p *passage) error {
	_, err := in.passOn(ctx, p, routingv1.ReassignReason_REASSIGN_REASON_MATCH_CHANGED, p.holder())
	return err
}

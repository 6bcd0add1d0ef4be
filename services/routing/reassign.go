package routing

import (
	"context"
	"time"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

// ReassignHandoff implements RoutingService.
func (s *Service) ReassignHandoff(ctx context.Context, req *routingv1.ReassignHandoffRequest) (*routingv1.Handoff, error) {
	now := s.cfg.Now()
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Handoff, error) {
		return s.reassign(ctx, tx, req, now)
	})
}

// reassign gives a handoff to another rep. What is asked is judged before anything is locked, and again under the locks.
func (s *Service) reassign(ctx context.Context, tx *sqldb.Tx, req *routingv1.ReassignHandoffRequest, now time.Time) (*routingv1.Handoff, error) {
	id, named := ident.ID(req.GetName(), "handoffs"), ident.ID(req.GetRep(), "reps")
	seen, err := s.peek(ctx, tx, id)
	if err != nil {
		return nil, missing(err, req.GetName())
	}
	if err := checkTaken(seen, req); err != nil {
		return nil, err
	}
	w := s.begin(tx, now)
	if err := w.lockReassigned(ctx, seen, named); err != nil {
		return nil, err
	}
	if err := w.open(ctx, []string{id}); err != nil {
		return nil, err
	}
	p := w.passages[id]
	if err := checkTaken(p, req); err != nil {
		return nil, err
	}
	if err := w.ready(ctx, p); err != nil {
		return nil, err
	}
	placed, err := w.another(ctx, p, named, req)
	if err != nil {
		return nil, err
	}
	p.cause = req.GetReason()
	if err := w.assign(ctx, p, placed); err != nil {
		return nil, err
	}
	if err := w.serveFreed(ctx); err != nil {
		return nil, err
	}
	if err := w.save(ctx); err != nil {
		return nil, err
	}
	return s.show(ctx, tx, p.row)
}

// checkTaken refuses what cannot be taken from anybody, and what somebody else has by now.
func checkTaken(p *passage, req *routingv1.ReassignHandoffRequest) error {
	name, state := req.GetName(), p.life.State.String()
	switch {
	case p.holder() == "":
		return fault.Refused(name, state, "%s is %s: nobody has it who could pass it on", name, state)
	case int(req.GetAssignment()) != len(p.assignments):
		return superseded(p, name)
	}
	return nil
}

// lockReassigned locks what a reassignment will change, in the order of locks.
func (w *work) lockReassigned(ctx context.Context, p *passage, named string) error {
	n := newNeed()
	p.needs(n)
	n.books.add(p.last().Book) // whose turn may be taken back
	n.reps.add(named)
	if err := w.addLineOf(ctx, p.holder(), n); err != nil {
		return err
	}
	if err := w.addOverflows(ctx, n.pools); err != nil {
		return err
	}
	return w.lock(ctx, n)
}

// another finds the rep who gets a handoff from the one who has it: the one who is named, or by the rules.
func (w *work) another(ctx context.Context, p *passage, named string, req *routingv1.ReassignHandoffRequest) (dispatch.Placement, error) {
	lead := p.lead()
	switch {
	case named == "" && p.row.Destination == tier.Queue:
		return dispatch.Placement{}, fault.Refused(req.GetName(), p.life.State.String(), "%s came out of a queue: name who gets it", req.GetName())
	case named == "":
	case w.reps[named] == nil:
		return dispatch.Placement{}, fault.Dangling("rep", req.GetRep())
	case named == p.holder():
		return dispatch.Placement{}, fault.Field("rep", "has it already")
	default:
		return w.give(lead, named, p.life, req)
	}
	lead.Refused = append(lead.Refused[:len(lead.Refused):len(lead.Refused)], p.holder())
	placed, hold, err := w.search(ctx, lead)
	if hold != nil && err == nil {
		return placed, fault.Refused(req.GetName(), p.life.State.String(), "nobody else can take it now: %s",
			routingv1.Hold_Reason(hold.Reason).String()[len("REASON_"):])
	}
	return placed, err
}

// give gives a lead to a rep who is named, if they can take it.
func (w *work) give(lead dispatch.Lead, named string, life lifecycle.Handoff, req *routingv1.ReassignHandoffRequest) (dispatch.Placement, error) {
	a := w.desk.Give(named, lead)
	if !a.Eligible() {
		return dispatch.Placement{}, fault.Refused(req.GetName(), life.State.String(), "%s cannot take it now: %s", req.GetRep(), a)
	}
	return dispatch.Placement{Rep: named}, nil
}

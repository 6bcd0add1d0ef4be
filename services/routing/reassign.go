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
	w, n := s.begin(tx, now), newNeed()
	n.reps.add(named)
	if err := w.lockMoved(ctx, n, seen); err != nil {
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
	if err := w.giveAway(ctx, p, named, req); err != nil {
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

// lockMoved locks what is needed, and what taking handoffs from the reps who have them will change, in the order of locks.
func (w *work) lockMoved(ctx context.Context, n need, moved ...*passage) error {
	for _, p := range moved {
		p.needs(n)
		n.books.add(p.last().Book) // whose turn may be taken back
		if err := w.addLineOf(ctx, p.holder(), n); err != nil {
			return err
		}
	}
	if err := w.addOverflows(ctx, n.pools); err != nil {
		return err
	}
	return w.lock(ctx, n)
}

// giveAway gives a handoff from the rep who has it to another: to the one who is named, or by the rules.
func (w *work) giveAway(ctx context.Context, p *passage, named string, req *routingv1.ReassignHandoffRequest) error {
	name, state := req.GetName(), p.life.State.String()
	if named == "" {
		if p.row.Destination == tier.Queue {
			return fault.Refused(name, state, "%s came out of a queue: name who gets it", name)
		}
		hold, err := w.passOn(ctx, p, req.GetReason(), p.holder())
		if hold == nil || err != nil {
			return err
		}
		return fault.Refused(name, state, "nobody else can take it now: %s", routingv1.Hold_Reason(hold.Reason).String()[len("REASON_"):])
	}
	switch {
	case w.reps[named] == nil:
		return fault.Dangling("rep", req.GetRep())
	case named == p.holder():
		return fault.Field("rep", "has it already")
	}
	if a := w.desk.Give(named, p.lead()); !a.Eligible() {
		return fault.Refused(name, state, "%s cannot take it now: %s", req.GetRep(), a)
	}
	return w.assignFor(ctx, p, req.GetReason(), dispatch.Placement{Rep: named})
}

// passOn gives a handoff from the rep who has it to another by the rules, but to none of some. If there is nobody it changes
// nothing, and says why.
func (w *work) passOn(ctx context.Context, p *passage, cause routingv1.ReassignReason, besides ...string) (*dispatch.Hold, error) {
	if err := w.ready(ctx, p); err != nil {
		return nil, err
	}
	lead := p.lead()
	lead.Refused = append(lead.Refused[:len(lead.Refused):len(lead.Refused)], besides...)
	placed, hold, err := w.search(ctx, lead)
	if hold != nil || err != nil {
		return hold, err
	}
	return nil, w.assignFor(ctx, p, cause, placed)
}

// assignFor gives a handoff from the rep who has it to another, for a cause.
func (w *work) assignFor(ctx context.Context, p *passage, cause routingv1.ReassignReason, placed dispatch.Placement) error {
	p.cause = cause
	return w.assign(ctx, p, placed)
}

// moveOn takes a handoff from a rep who will not answer it, and passes it on. What nobody can take is held until somebody can;
// what came out of a queue goes back there.
func (w *work) moveOn(ctx context.Context, p *passage, cause routingv1.ReassignReason) error {
	hold, err := w.passOn(ctx, p, cause)
	if hold == nil || err != nil {
		return err
	}
	p.cause = cause
	err = w.hold(ctx, p, *hold)
	p.cause = 0
	return err
}

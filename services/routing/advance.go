package routing

import (
	"context"
	"errors"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// AdvanceHandoff implements RoutingService.
func (s *Service) AdvanceHandoff(ctx context.Context, req *routingv1.AdvanceHandoffRequest) (*routingv1.Handoff, error) {
	now := s.cfg.Now()
	a, err := readAnswer(req)
	if err != nil {
		return nil, err
	}
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Handoff, error) {
		return s.advance(ctx, tx, a, now)
	})
}

// advance hears an answer. It is judged twice: by what is there before anything is locked, so that a refusal costs no
// lock and tells which to take, and again under the locks.
func (s *Service) advance(ctx context.Context, tx *sqldb.Tx, a answer, now time.Time) (*routingv1.Handoff, error) {
	seen, err := s.peek(ctx, tx, a.handoff)
	if err != nil {
		return nil, missing(err, a.name)
	}
	by, err := speaker(ctx, tx, seen, a)
	if err != nil {
		return nil, err
	}
	w := s.begin(tx, now)
	if err := w.lend(ctx, seen, by); err != nil {
		return nil, err
	}
	command := a.command(by, seen.life)
	step, err := lifecycle.Next(seen.life, command)
	if err != nil {
		return s.refuse(ctx, tx, seen, a, err)
	}
	if err := w.lockFor(ctx, seen, step, creditFor(step, command)); err != nil {
		return nil, err
	}
	if err := w.open(ctx, []string{a.handoff}); err != nil {
		return nil, err
	}
	p := w.passages[a.handoff]
	if err := w.lend(ctx, p, by); err != nil {
		return nil, err
	}
	if err := w.answer(ctx, p, a.command(by, p.life)); err != nil {
		return s.refuse(ctx, tx, p, a, err)
	}
	return s.show(ctx, tx, p.row)
}

// peek reads a handoff without a lock.
func (s *Service) peek(ctx context.Context, q sqldb.Querier, id string) (*passage, error) {
	row, err := store.GetHandoff(ctx, q, id)
	if err != nil {
		return nil, err
	}
	found, err := s.passages(ctx, q, []*store.Handoff{row})
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// answer takes the step of a verdict, finds the next rep after a decline, and serves those who waited for the rep who is
// free now.
func (w *work) answer(ctx context.Context, p *passage, c lifecycle.Command) error {
	if err := w.step(ctx, p, c); err != nil {
		return err
	}
	if p.life.State == lifecycle.StateHeld {
		if err := w.place(ctx, p); err != nil {
			return err
		}
	}
	if err := w.serveFreed(ctx); err != nil {
		return err
	}
	return w.save(ctx)
}

// lockFor locks what a step will change, in the order of locks.
func (w *work) lockFor(ctx context.Context, p *passage, step lifecycle.Transition, credit routingv1.CreditReason) error {
	if step.Handoff.State == lifecycle.StateAccepted {
		return nil
	}
	n := newNeed()
	if step.Handoff.State == lifecycle.StateHeld {
		p.needs(n)
	}
	n.credit(p.last(), credit)
	n.reps.add(p.holder())
	if err := w.addLineOf(ctx, p.holder(), n); err != nil {
		return err
	}
	if err := w.addOverflows(ctx, n.pools); err != nil {
		return err
	}
	return w.lock(ctx, n)
}

// addLineOf adds the pools in which somebody may be waiting for a rep who is full and gives a handoff back. Pools are
// locked before reps, so it goes by what the rep looks like before the lock.
func (w *work) addLineOf(ctx context.Context, rep string, n need) error {
	r, err := store.GetRep(ctx, w.tx, rep)
	if err != nil || !atDesk(r).Full() {
		return err
	}
	line, err := w.lineOf(ctx, []string{rep})
	n.pools.add(line.Pools...)
	return err
}

// speaker is the rep for whom the caller answers: themselves, or the assignee if the caller leads sales or administers.
// Who is no rep is a stranger.
func speaker(ctx context.Context, q sqldb.Querier, p *passage, a answer) (string, error) {
	actor := auth.ActorFrom(ctx)
	if auth.Has(actor, accessv1.Role_ROLE_SALES_MANAGER, accessv1.Role_ROLE_REVOPS) {
		switch n := len(p.assignments); {
		case n == 0:
			return "", fault.Refused(a.name, p.life.State.String(), "nobody has had %s yet", a.name)
		case a.assignment <= n:
			return p.assignments[a.assignment-1].Rep, nil
		default:
			return p.last().Rep, nil
		}
	}
	rep, err := store.RepOf(ctx, q, actor.GetIssuer(), actor.GetSubject())
	if errors.Is(err, store.ErrNotFound) {
		return "", fault.Missing(a.name)
	}
	if err != nil {
		return "", err
	}
	return rep.ID, nil
}

package routing

import (
	"context"
	"errors"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

// ClaimHandoff implements RoutingService.
func (s *Service) ClaimHandoff(ctx context.Context, req *routingv1.ClaimHandoffRequest) (*routingv1.Handoff, error) {
	now := s.cfg.Now()
	return idempotency.Alone(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*routingv1.Handoff, error) {
		c, err := readClaim(ctx, tx, req)
		if err != nil {
			return nil, err
		}
		return s.claim(ctx, tx, c, now)
	})
}

// claim is somebody's wish to have a handoff that waits in a queue.
type claim struct {
	name, handoff string
	rep           string // who is to get it; empty for a caller who is no rep and names none
	themselves    bool   // it is the rep who asks
	leads         bool   // whoever asks leads sales, and sees every queue
	queues        names  // else the queues that they may pick from
}

// readClaim finds out for whom a handoff is to be taken, and by whom. It tells nothing of the handoff.
func readClaim(ctx context.Context, q sqldb.Querier, req *routingv1.ClaimHandoffRequest) (claim, error) {
	actor := auth.ActorFrom(ctx)
	c := claim{name: req.GetName(), handoff: ident.ID(req.GetName(), "handoffs"), rep: ident.ID(req.GetRep(), "reps"),
		leads: auth.Has(actor, accessv1.Role_ROLE_SALES_MANAGER, accessv1.Role_ROLE_REVOPS)}
	own, err := store.RepOf(ctx, q, actor.GetIssuer(), actor.GetSubject())
	switch {
	case errors.Is(err, store.ErrNotFound):
		own = &store.Rep{}
	case err != nil:
		return c, err
	}
	if c.rep == "" {
		c.rep = own.ID
	}
	c.themselves = c.rep == own.ID
	switch {
	case c.leads && c.rep == "":
		return c, fault.Field("rep", "is needed from somebody who is no rep")
	case c.leads:
		return c, nil
	case !c.themselves:
		return c, fault.New(fault.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_ROLE_MISSING, "a rep takes handoffs for themselves alone")
	}
	c.queues, err = queuesOf(ctx, q, own.ID)
	return c, err
}

// claim gives a handoff of a queue to whoever came first. What is asked is judged before anything is locked, and again
// under the locks.
func (s *Service) claim(ctx context.Context, tx *sqldb.Tx, c claim, now time.Time) (*routingv1.Handoff, error) {
	p, err := s.peek(ctx, tx, c.handoff)
	if err != nil {
		return nil, missing(err, c.name)
	}
	if done, err := c.judge(p); err != nil {
		return nil, err
	} else if done {
		return s.show(ctx, tx, p.row)
	}
	n := newNeed()
	p.needs(n)
	n.reps.add(c.rep)
	w := s.begin(tx, now)
	if err := w.lock(ctx, n); err != nil {
		return nil, err
	}
	if err := w.open(ctx, []string{c.handoff}); err != nil {
		return nil, err
	}
	p = w.passages[c.handoff]
	if done, err := c.judge(p); err != nil {
		return nil, err
	} else if done {
		return s.show(ctx, tx, p.row)
	}
	if err := w.pick(ctx, p, c); err != nil {
		return nil, err
	}
	if err := w.save(ctx); err != nil {
		return nil, err
	}
	return s.show(ctx, tx, p.row)
}

// judge says whether a handoff can be taken, or has been, by the same rep. To a rep who may not pick from its queue it does
// not exist; to one who may, it is gone when somebody was faster.
func (c claim) judge(p *passage) (done bool, err error) {
	queue, state := p.row.Queue, p.life.State
	mine := c.rep != "" && p.holder() == c.rep
	switch {
	case !c.leads && !mine && !c.queues[queue]:
		return false, fault.Missing(c.name)
	case state == lifecycle.StateHeld && p.row.Destination == tier.Queue:
		return false, nil
	case mine && p.last().Queue != "":
		return true, nil
	case state == lifecycle.StateHeld:
		return false, fault.Refused(c.name, state.String(), "%s waits for its turn, not in a queue that people pick from", c.name)
	case queue == "":
		return false, fault.Refused(c.name, state.String(), "%s waits in no queue: it is %s", c.name, state)
	default:
		return false, fault.Refused(c.name, state.String(), "%s is gone: somebody else took it out of %s", c.name, queueName(queue))
	}
}

// pick gives a locked handoff to the rep who is to get it, if they can take it. Who takes it themselves need not be on shift.
func (w *work) pick(ctx context.Context, p *passage, c claim) error {
	if w.reps[c.rep] == nil {
		return fault.Dangling("rep", repName(c.rep))
	}
	give := w.desk.Give
	if c.themselves {
		give = w.desk.Claim
	}
	if a := give(c.rep, p.lead()); !a.Eligible() {
		return fault.Refused(c.name, p.life.State.String(), "%s cannot take it now: %s", repName(c.rep), a)
	}
	p.picked, p.claimed = p.row.Queue, c.themselves
	return w.assign(ctx, p, dispatch.Placement{Rep: c.rep})
}

// queuesOf are the queues that a rep may pick from.
func queuesOf(ctx context.Context, q sqldb.Querier, rep string) (names, error) {
	found, err := store.QueuesOf(ctx, q, rep)
	queues := names{}
	queues.add(found...)
	return queues, err
}

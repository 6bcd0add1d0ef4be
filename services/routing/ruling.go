package routing

import (
	"context"
	"errors"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// ruled keeps how a dispute over an answer ended, and puts the turn right that the answer decided about. A ruling on an answer
// that is not known here yet waits for it.
func (s *Service) ruled(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch, e *eventv1.Event) error {
	d := e.GetDisputeResolved()
	if d == nil {
		return nil
	}
	r := &store.Ruling{Handoff: ident.ID(d.GetHandoff(), "handoffs"), Assignment: int64(d.GetAssignment()),
		Upheld: d.GetRuling() == feedbackv1.Dispute_RULING_UPHELD, Before: lifecycle.Reason(d.GetReasonBefore()), After: lifecycle.Reason(d.GetReasonAfter()),
		At: d.GetResolveTime().AsTime().UnixMicro()}
	if err := store.PutRuling(ctx, tx, r); err != nil {
		return err
	}
	p, err := s.peek(ctx, tx, r.Handoff)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil || r.Assignment > int64(len(p.assignments)) {
		return err
	}
	a := p.assignments[r.Assignment-1]
	if a.Answer == 0 {
		return nil
	}
	w := s.begin(tx, batch.Now)
	if err := w.rule(ctx, a, r); err != nil {
		return err
	}
	return w.save(ctx)
}

// recall puts a turn right by a ruling that was here before the answer.
func (w *work) recall(ctx context.Context, a *store.Assignment) error {
	r, err := store.GetRuling(ctx, w.tx, a.Handoff, a.Number)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return w.rule(ctx, a, r)
}

// rule puts a turn right: the reason that counts in the end decides whether the rep had a lead to work on. A turn that was taken
// back for another reason than the answer's stays as it is.
func (w *work) rule(ctx context.Context, a *store.Assignment, r *store.Ruling) error {
	before, after := creditOf(r.Before), creditOf(r.After)
	switch {
	case a.Book == "" || r.Upheld || before == after:
		return nil
	case after != 0 && before == 0:
		return w.turnBack(ctx, a, after)
	case after == 0:
		return w.turnAgain(ctx, a, before, r.At)
	default: // spoilt either way
		return nil
	}
}

// creditOf is why a rejection for a reason takes the turn back; nothing if it does not.
func creditOf(r lifecycle.Reason) routingv1.CreditReason {
	switch r {
	case lifecycle.ReasonBadData:
		return routingv1.CreditReason_CREDIT_REASON_BAD_DATA
	case lifecycle.ReasonDuplicate:
		return routingv1.CreditReason_CREDIT_REASON_DUPLICATE
	default:
		return 0
	}
}

// turnAgain gives the rep a turn again that was taken back for a reason which a dispute has undone.
func (w *work) turnAgain(ctx context.Context, a *store.Assignment, takenFor routingv1.CreditReason, at int64) error {
	n := newNeed()
	n.books.add(a.Book)
	if err := w.lock(ctx, n); err != nil {
		return err
	}
	entry, err := store.GiveAgain(ctx, w.tx, a.Book, a.Epoch, a.Turn, int64(takenFor), store.Credit{At: at,
		Reason: int64(routingv1.CreditReason_CREDIT_REASON_DISPUTED), By: auth.Principal(auth.ActorFrom(ctx))})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	b := w.books[a.Book]
	b.Ledger = b.Ledger.Restore(entry)
	return nil
}

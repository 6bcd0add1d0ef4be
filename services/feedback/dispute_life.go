package feedback

import (
	"context"
	"errors"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// open stores a dispute over a verdict, and tells of it.
func (s *Service) open(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, v *store.Verdict, opened dispute.Dispute, comment string) (*store.Dispute, error) {
	d := &store.Dispute{Handoff: v.Handoff, Assignment: v.Assignment, Step: v.Step, Rep: v.Rep, Dispute: opened, Comment: comment, Version: 1}
	if err := store.InsertDispute(ctx, tx, d); err != nil {
		return nil, err
	}
	tx.AfterCommit(s.terms.Ring)
	if err := s.stand(ctx, tx, v, d); err != nil {
		return nil, err
	}
	return d, s.tellOf(ctx, tx, h, d, d.OpenedAt, &eventv1.Event{Payload: &eventv1.Event_DisputeOpened{DisputeOpened: toOpened(d)}})
}

// turn stores what became of a dispute. When it has ended the verdict counts as was decided, and that is told.
func (s *Service) turn(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, v *store.Verdict, d *store.Dispute) error {
	if err := store.UpdateDispute(ctx, tx, d); err != nil || d.State == dispute.Opened {
		return err
	}
	if err := s.stand(ctx, tx, v, d); err != nil {
		return err
	}
	return s.tellOf(ctx, tx, h, d, d.EndedAt, &eventv1.Event{Payload: &eventv1.Event_DisputeResolved{DisputeResolved: toResolved(d, h)}})
}

// stand has a verdict count as its dispute says.
func (s *Service) stand(ctx context.Context, tx *sqldb.Tx, v *store.Verdict, d *store.Dispute) error {
	v.Disputed = true
	v.Standing, v.Counted = d.Standing()
	return store.SetStanding(ctx, tx, v)
}

// tellOf tells something of a dispute.
func (s *Service) tellOf(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, d *store.Dispute, at time.Time, e *eventv1.Event) error {
	e.Subject, e.Handoff, e.Lead = disputeName(d.Handoff, d.Assignment, d.Step), handoffName(h), leadName(h)
	e.Playbook, e.Partner, e.Time = playbookName(h), h.Partner, timestamppb.New(at)
	if err := s.log.Emit(ctx, tx, eventlog.Key{Name: handoffName(h), Seq: &h.Events}, e); err != nil {
		return err
	}
	return store.CountEvents(ctx, tx, h)
}

// lapses is the duty that ends disputes which nobody touches.
type lapses struct{ s *Service }

// lapsing is the duty with what wakes it.
func (s *Service) lapsing() duty {
	return duty{Timed: lapses{s}, alarm: s.terms, undone: "disputes do not lapse"}
}

// lapsesAtOnce is how many disputes are read at once that lapse.
const lapsesAtOnce = 100

// NextDue implements alarm.Timed.
func (l lapses) NextDue(ctx context.Context) (time.Time, bool, error) {
	at, err := store.NextLapse(ctx, l.s.cfg.DB)
	return at, !at.IsZero(), err
}

// Fire implements alarm.Timed. Each dispute ends in a transaction of its own; one that cannot keeps no other from it.
func (l lapses) Fire(ctx context.Context) error {
	ctx, now := auth.WithActor(ctx, auth.Service(eventlog.Feedback)), l.s.cfg.Now()
	for {
		due, err := store.LapsedDisputes(ctx, l.s.cfg.DB, now, lapsesAtOnce)
		if err != nil {
			return err
		}
		var failed []error
		for _, d := range due {
			failed = append(failed, l.s.lapse(ctx, now, d))
		}
		if err := errors.Join(failed...); err != nil || len(due) < lapsesAtOnce {
			return err
		}
	}
}

// lapse ends a dispute that is due, unless somebody said something meanwhile.
func (s *Service) lapse(ctx context.Context, now time.Time, due *store.Dispute) error {
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		h, v, err := s.judged(ctx, tx, spot{due.Handoff, due.Assignment, due.Step})
		if err != nil {
			return err
		}
		d, err := store.GetDispute(ctx, tx, due.Handoff, due.Assignment, due.Step)
		if err != nil {
			return err
		}
		before := d.State
		if d.Dispute = d.Lapse(now); d.State == before {
			return nil
		}
		return s.turn(ctx, tx, h, v, d)
	})
}

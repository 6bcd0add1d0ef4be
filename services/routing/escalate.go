package routing

import (
	"context"
	"slices"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// escalated does what steps of ladders want done. SLA says when, by what it knows; here it is looked at under the handoff's
// lock whether the rep still owes the answer. If not, somebody was faster, and that is all right.
func (s *Service) escalated(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch) error {
	steps := slices.DeleteFunc(slices.Clone(batch.Events), func(e *eventv1.Event) bool { return e.GetEscalationReached().GetAction() == 0 })
	if len(steps) == 0 {
		return nil
	}
	w := s.begin(tx, batch.Now)
	if err := w.lockEscalated(ctx, steps); err != nil {
		return err
	}
	for _, e := range steps {
		if err := w.escalate(ctx, e.GetEscalationReached()); err != nil {
			return eventlog.Blame(e, err)
		}
	}
	if err := w.serveFreed(ctx); err != nil {
		return err
	}
	return w.save(ctx)
}

// lockEscalated locks what steps of ladders will change, in the order of locks, as far as it can be foreseen.
func (w *work) lockEscalated(ctx context.Context, steps []*eventv1.Event) error {
	var ids []string
	for _, e := range steps {
		ids = append(ids, ident.ID(e.GetEscalationReached().GetHandoff(), "handoffs"))
	}
	silent, err := w.foreseeSilent(ctx, ids, steps)
	if err != nil {
		return err
	}
	n := newNeed()
	for _, e := range steps {
		step := e.GetEscalationReached()
		i := slices.IndexFunc(silent, func(p *passage) bool { return p.awaits(step) })
		if i < 0 || step.GetAction() != playbookv1.EscalationAction_ESCALATION_ACTION_TAKE_OFFLINE {
			continue
		}
		more, err := w.foreseeOffline(ctx, silent[i].holder(), n)
		if err != nil {
			return err
		}
		silent = append(silent, more...)
	}
	if err := w.lockMoved(ctx, n, silent...); err != nil {
		return err
	}
	return w.open(ctx, ids)
}

// foreseeSilent reads which of the handoffs wait for the answers that steps are about, without a lock.
func (w *work) foreseeSilent(ctx context.Context, ids []string, steps []*eventv1.Event) ([]*passage, error) {
	rows, err := store.Handoffs(ctx, w.tx, ids)
	if err != nil {
		return nil, err
	}
	found, err := w.s.passages(ctx, w.tx, rows)
	return slices.DeleteFunc(found, func(p *passage) bool {
		return !slices.ContainsFunc(steps, func(e *eventv1.Event) bool { return p.awaits(e.GetEscalationReached()) })
	}), err
}

// foreseeOffline adds what taking a rep offline changes: the line that they could serve. It gives what waits for their answer.
func (w *work) foreseeOffline(ctx context.Context, rep string, n need) ([]*passage, error) {
	line, err := w.lineOf(ctx, []string{rep})
	if err != nil {
		return nil, err
	}
	n.pools.add(line.Pools...)
	rows, err := store.AwaitingOf(ctx, w.tx, rep)
	if err != nil {
		return nil, err
	}
	return w.s.passages(ctx, w.tx, rows)
}

// awaits says whether a handoff still waits for the answer whose time is running out.
func (p *passage) awaits(step *eventv1.EscalationReached) bool {
	return p != nil && handoffName(p.row.ID) == step.GetHandoff() && p.life.State == lifecycle.StateAssigned &&
		len(p.assignments) == int(step.GetAssignment())
}

// escalate does what one step wants done.
func (w *work) escalate(ctx context.Context, step *eventv1.EscalationReached) error {
	p := w.passages[ident.ID(step.GetHandoff(), "handoffs")]
	switch {
	case !p.awaits(step):
		w.note(ctx, step, tooLate)
		return nil
	case step.GetAction() == playbookv1.EscalationAction_ESCALATION_ACTION_REASSIGN:
		return w.passSilent(ctx, p, step)
	case step.GetAction() == playbookv1.EscalationAction_ESCALATION_ACTION_TAKE_OFFLINE:
		return w.takeOffline(ctx, p, step)
	default:
		w.note(ctx, step, unknown)
		return nil
	}
}

// passSilent passes a handoff on from a rep who does not answer. Without anybody else it stays with them: they may still.
func (w *work) passSilent(ctx context.Context, p *passage, step *eventv1.EscalationReached) error {
	const cause = routingv1.ReassignReason_REASSIGN_REASON_BREACH
	hold, err := w.passOn(ctx, p, cause, p.silent()...)
	if err != nil {
		return err
	}
	if hold == nil {
		w.note(ctx, step, reassigned)
		return nil
	}
	w.note(ctx, step, kept)
	if err := w.writeKept(p, cause, *hold); err != nil {
		return err
	}
	p.moved = true
	return w.emit(ctx, p, &eventv1.Event{Payload: &eventv1.Event_HandoffKept{HandoffKept: &eventv1.HandoffKept{Handoff: step.GetHandoff(),
		Assignment: step.GetAssignment(), Rep: repName(p.holder()), ReassignReason: cause, Reason: routingv1.Hold_Reason(hold.Reason),
		NextAvailableTime: instant(store.Micros(hold.Next))}}})
}

// writeKept writes down that a handoff stays with its rep, because nobody else can take it.
func (w *work) writeKept(p *passage, cause routingv1.ReassignReason, h dispatch.Hold) error {
	p.cause = cause
	d := w.decision(p)
	p.cause = 0
	d.held(h, "")
	d.Rep = p.holder()
	return w.write(p, d)
}

// silent are the reps who did not answer in time, the present one and who stands in for them among them.
func (p *passage) silent() []string {
	reps := []string{p.holder()}
	if p.row.Cover != "" {
		reps = append(reps, p.row.Cover)
	}
	for i, a := range p.assignments[1:] {
		if a.Cause == int64(routingv1.ReassignReason_REASSIGN_REASON_BREACH) {
			reps = append(reps, p.assignments[i].Rep)
		}
	}
	return reps
}

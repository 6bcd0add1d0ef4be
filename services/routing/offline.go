package routing

import (
	"cmp"
	"context"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// takeOffline has a silent rep get nothing more, and passes on what waits for their answer. What they accepted stays theirs.
func (w *work) takeOffline(ctx context.Context, p *passage, step *eventv1.EscalationReached) error {
	n := newNeed()
	p.needs(n)
	n.reps.add(p.row.Cover)
	if err := w.lock(ctx, n); err != nil {
		return err
	}
	rep := cmp.Or(p.row.Cover, p.holder()) // who is away was not silent: who stands in was
	if err := w.switchOff(ctx, w.reps[rep], step); err != nil {
		return err
	}
	if err := w.relieve(ctx, rep, p); err != nil {
		return err
	}
	line, err := w.lineOf(ctx, []string{rep}) // whoever waits for the rep waits longer
	if err != nil {
		return err
	}
	if err := w.save(ctx); err != nil {
		return err
	}
	w.note(ctx, step, offline)
	if err := w.wake(ctx, line); err != nil {
		return err
	}
	return w.attend(ctx, rep, w.now) // nor does the rep stand in for anybody
}

// switchOff marks a rep as offline, and has the audit say why. Whoever was inactive before stays so.
func (w *work) switchOff(ctx context.Context, row *store.Rep, step *eventv1.EscalationReached) error {
	if !row.Active {
		return nil
	}
	before := publicRep(row)
	row.Active, row.OfflineAt, row.OfflineCause = false, w.now.UnixMicro(), step.GetClock().GetClock()
	row.UpdatedAt = w.now.UnixMicro()
	row.RowVersion++
	seat := w.desk.Rep(row.ID)
	seat.Active, seat.Offline = false, true
	if err := w.s.log.EmitChange(ctx, w.tx, eventlog.Key{Name: repName(row.ID), Seq: &row.Events}, "TakeOffline", before, publicRep(row)); err != nil {
		return err
	}
	return store.PutRep(ctx, w.tx, row)
}

// relieve passes on what waits for the answer of a rep who is locked and offline: what they were silent on first, then, if the
// playbook does not leave it with them, everything else, the most urgent first. What nobody can take is held until somebody can.
func (w *work) relieve(ctx context.Context, rep string, silent *passage) error {
	const cause = routingv1.ReassignReason_REASSIGN_REASON_OFFLINE
	if err := w.moveOn(ctx, silent, cause); err != nil {
		return err
	}
	if err := w.save(ctx); err != nil { // so that the table says who has what by now
		return err
	}
	rows, err := store.AwaitingOf(ctx, w.tx, rep)
	if err != nil {
		return err
	}
	waiting, err := w.openRows(ctx, rows)
	if err != nil {
		return err
	}
	for _, p := range waiting {
		if p.life.State != lifecycle.StateAssigned || p.holder() != rep || p.playbook.Policy.keepsUnaccepted {
			continue // the state is another if it was answered before it was locked
		}
		if err := w.moveOn(ctx, p, cause); err != nil {
			return err
		}
	}
	return nil
}

package routing

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// step takes a step, and books what it means: for the rep's open count, for the ledger, and for whoever is told. The
// error of a step that is not possible is a *lifecycle.Refusal, and nothing is changed.
func (w *work) step(ctx context.Context, p *passage, c lifecycle.Command) error {
	t, err := lifecycle.Next(p.life, c)
	if err != nil {
		return err
	}
	before := p.holder()
	p.adopt(t.Handoff, w.now)
	if before != "" && before != p.holder() {
		if err := w.giveBack(ctx, before); err != nil {
			return err
		}
	}
	if reason := creditFor(t, c); reason != 0 {
		if err := w.turnBack(ctx, p.assignments[t.From.Assignment-1], reason); err != nil {
			return err
		}
	}
	if c, said := c.(lifecycle.Reject); said {
		if err := w.recall(ctx, p.assignments[c.Assignment-1]); err != nil {
			return err
		}
	}
	for _, event := range t.Events {
		if err := w.tell(ctx, p, event, c); err != nil {
			return err
		}
	}
	if t.From.State == lifecycle.StateNew && t.Handoff.State == lifecycle.StateClosed {
		return w.write(p, w.decision(p))
	}
	return nil
}

// giveBack counts a handoff that a rep no longer has open.
func (w *work) giveBack(ctx context.Context, rep string) error {
	n := newNeed()
	n.reps.add(rep)
	if err := w.lock(ctx, n); err != nil {
		return err
	}
	r := w.desk.Rep(rep)
	if r.Full() {
		w.freed.add(rep)
	}
	r.Give()
	return nil
}

// adopt writes down where a step has led.
func (p *passage) adopt(next lifecycle.Handoff, now time.Time) {
	at := now.UnixMicro()
	for i, a := range next.Assignments {
		if i == len(p.assignments) {
			p.assignments = append(p.assignments, &store.Assignment{Handoff: p.row.ID, Number: int64(i) + 1, Rep: a.Rep,
				Queue: p.picked, AssignedAt: at, Cause: int64(p.cause)})
			p.cause, p.picked, p.claimed = 0, "", false
		}
		answered(p.assignments[i], a, at)
	}
	p.life = next
	p.touch(now)
	row := p.row
	row.State, row.Outcome, row.Assignment = next.State, next.Outcome, int64(len(next.Assignments))
	switch next.State {
	case lifecycle.StateHeld:
		row.Rep, row.Cover, row.CoverFor, row.Pool, row.AssignedAt, row.AcceptedAt = "", "", "", "", 0, 0
	case lifecycle.StateAssigned:
		row.Rep, row.Cover, row.CoverFor, row.AssignedAt, row.AcceptedAt = p.holder(), "", p.coverFor, at, 0
	case lifecycle.StateAccepted:
		row.AcceptedAt = at
	case lifecycle.StateClosed:
		row.ClosedAt = at
	}
	if next.State != lifecycle.StateHeld {
		row.HoldReason, row.HeldAt, row.NextAt, row.DueAt = 0, 0, 0, 0
	}
}

// answered writes down what a rep said of an assignment.
func answered(stored *store.Assignment, a lifecycle.Assignment, at int64) {
	stored.Over = a.Over
	if a.Answer.Step != stored.Answer {
		stored.Answer, stored.Reason, stored.AnsweredAt = a.Answer.Step, a.Answer.Reason, at
	}
	if a.Disposition.Step != stored.Disposition {
		stored.Disposition, stored.Outcome, stored.DisposedAt = a.Disposition.Step, a.Disposition.Outcome, at
	}
}

// place finds a rep for a handoff that is new or held, or holds it with a reason.
func (w *work) place(ctx context.Context, p *passage) error {
	if err := w.ready(ctx, p); err != nil {
		return err
	}
	placed, hold, err := w.search(ctx, p.lead())
	switch {
	case err != nil:
		return err
	case hold != nil:
		return w.hold(ctx, p, *hold)
	default:
		return w.assign(ctx, p, placed)
	}
}

// search finds a rep for a lead. Before a lead is held for want of something that was not there, that is looked for again.
func (w *work) search(ctx context.Context, l dispatch.Lead) (dispatch.Placement, *dispatch.Hold, error) {
	placed, hold, err := w.desk.Place(l)
	if hold == nil || l.Queued || err != nil {
		return placed, hold, err
	}
	if found, err := w.lookAgain(ctx); !found || err != nil {
		return placed, hold, err
	}
	return w.desk.Place(l)
}

// assign gives a handoff to a rep who was found for it, and takes it from whoever has it.
func (w *work) assign(ctx context.Context, p *passage, placed dispatch.Placement) error {
	p.row.Pool, p.coverFor = placed.Pool, placed.CoverFor
	d := w.decision(p)
	d.found(placed, p)
	var c lifecycle.Command = lifecycle.Assign{To: placed.Rep}
	if p.holder() != "" {
		c = lifecycle.Reassign{Seen: p.life.View(), To: placed.Rep}
	}
	before := stood{since: p.row.HeldAt, reason: p.row.HoldReason}
	if err := w.step(ctx, p, c); err != nil {
		return err
	}
	w.measure(ctx, p, before)
	if err := w.write(p, d); err != nil {
		return err
	}
	return w.book(p.assignments[len(p.assignments)-1], placed)
}

// hold lets a handoff wait. What it waits for already is not told again.
func (w *work) hold(ctx context.Context, p *passage, h dispatch.Hold) error {
	h = w.yield(p, h)
	row, next := p.row, store.Micros(h.Next)
	if next > 0 {
		w.tx.AfterCommit(w.s.alarm.Ring)
	}
	if row.HeldAt > 0 && row.HoldReason == h.Reason && row.NextAt == next {
		p.moved = p.moved || row.DueAt != next
		row.DueAt = next
		return nil
	}
	news := row.HeldAt == 0 || row.HoldReason != h.Reason
	d := w.decision(p)
	d.held(h, row.Queue)
	row.HoldReason, row.NextAt, row.DueAt = h.Reason, next, next
	if row.HeldAt == 0 {
		row.HeldAt = w.now.UnixMicro()
	}
	if err := w.step(ctx, p, lifecycle.Hold{Seen: p.life.View()}); err != nil || !news {
		return err
	}
	return w.write(p, d)
}

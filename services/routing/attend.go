package routing

import (
	"context"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/routing/internal/cover"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// round is what a rep's coming or going means for what is open with them, with whom they stand in for, and with those who got
// something in their stead. It brings everything to where it should be, so that to go twice changes nothing more.
//
//	the rep left         ─▶ who stands in is told; without anybody, what nobody has accepted is passed on
//	the rep is back      ─▶ that somebody stood in is over; what they got in the rep's stead and nobody has accepted comes back
//	held for the rep     ─▶ is looked at again
type round struct {
	*work
	rep  string
	asOf time.Time            // when the rep came or went; a timer may be late
	whom []string             // the rep, and those whose covers that can change
	was  map[string]cover.Rep // where they were then, and are now
	is   map[string]cover.Rep
	owed time.Time // when the rep can take what is to come back; zero for nothing
}

// attend goes the round of a rep who is locked, and plans the next one.
func (w *work) attend(ctx context.Context, rep string, asOf time.Time) error {
	r := &round{work: w, rep: rep, asOf: asOf}
	if err := r.lockAll(ctx); err != nil {
		return err
	}
	concerned, err := r.gather(ctx)
	if err != nil {
		return err
	}
	for _, p := range concerned {
		if err := r.settle(ctx, p); err != nil {
			return err
		}
	}
	if err := w.serveFreed(ctx); err != nil {
		return err
	}
	if err := w.wake(ctx, store.Line{Owners: r.whom}); err != nil {
		return err
	}
	return r.plan(ctx)
}

// lockAll locks whoever is concerned, and what passing their handoffs on will change. Whoever names the rep as a cover, or
// somebody in whose row the rep is, must lock the rep first: so the rows stay as they are found here.
func (r *round) lockAll(ctx context.Context) error {
	if err := r.lockCovers(ctx, names{r.rep: true}); err != nil {
		return err
	}
	var err error
	if r.whom, err = downstream(ctx, r.tx, r.rep, r.asOf, r.now); err != nil {
		return err
	}
	n := newNeed()
	n.reps.add(r.whom...)
	where, err := whereabouts(ctx, r.tx, r.whom, r.now)
	if err != nil {
		return err
	}
	rows, err := r.rows(ctx)
	if err != nil {
		return err
	}
	found, err := r.s.passages(ctx, r.tx, slices.DeleteFunc(rows, func(h *store.Handoff) bool {
		return h.State != lifecycle.StateAssigned || r.rep != h.CoverFor && stays(h.Rep, where)
	}))
	if err != nil {
		return err
	}
	return r.lockMoved(ctx, n, found...)
}

// stays says whether somebody can answer what a rep has: the rep, or who stands in for them.
func stays(rep string, where map[string]cover.Rep) bool {
	at := where[rep]
	return at.Active && (!at.Away || cover.StandIn(rep, where) != "")
}

// rows are the handoffs that are open with those who are concerned, and what others got in the rep's stead and did not accept.
func (r *round) rows(ctx context.Context) ([]*store.Handoff, error) {
	open, err := store.OpenOf(ctx, r.tx, r.whom)
	if err != nil {
		return nil, err
	}
	deputised, err := store.Deputised(ctx, r.tx, r.rep)
	return append(open, deputised...), err
}

// gather takes the handoffs in hand, in the order of the queue.
func (r *round) gather(ctx context.Context) ([]*passage, error) {
	rows, err := r.rows(ctx)
	if err != nil {
		return nil, err
	}
	concerned, err := r.openRows(ctx, rows)
	if err != nil {
		return nil, err
	}
	if r.was, err = whereabouts(ctx, r.tx, r.whom, r.asOf); err != nil {
		return nil, err
	}
	if r.is, err = whereabouts(ctx, r.tx, r.whom, r.now); err != nil {
		return nil, err
	}
	return concerned, nil
}

// settle does with a handoff what is to be done.
func (r *round) settle(ctx context.Context, p *passage) error {
	if slices.Contains(r.whom, p.holder()) {
		if err := r.tellCover(ctx, p); err != nil {
			return err
		}
	}
	switch {
	case p.life.State != lifecycle.StateAssigned:
		return nil
	case p.row.CoverFor == r.rep && p.holder() != r.rep:
		return r.bringBack(ctx, p)
	case p.playbook.Policy.keepsUnaccepted:
		return nil
	case p.holder() == r.rep && !r.is[r.rep].Active:
		return r.moveOn(ctx, p, routingv1.ReassignReason_REASSIGN_REASON_REP_LEFT)
	case slices.Contains(r.whom, p.holder()) && !stays(p.holder(), r.is) && r.tooLong(p):
		return r.moveOn(ctx, p, routingv1.ReassignReason_REASSIGN_REASON_ABSENCE)
	}
	return nil
}

// tellCover tells who stands in for the rep of a handoff, if that was another before. What came to the rep only after they
// went was given by what is known now.
func (r *round) tellCover(ctx context.Context, p *passage) error {
	rep, at := p.holder(), timestamppb.New(r.asOf)
	before, by := p.row.Cover, cover.StandIn(rep, r.was)
	if before == by || store.Instant(p.row.AssignedAt).After(r.asOf) {
		return nil
	}
	name, number := handoffName(p.row.ID), int32(p.last().Number)
	if before != "" {
		err := r.emit(ctx, p, &eventv1.Event{Payload: &eventv1.Event_CoverEnded{CoverEnded: &eventv1.CoverEnded{Handoff: name,
			Assignment: number, Rep: repName(rep), Cover: repName(before), EndTime: at}}})
		if err != nil {
			return err
		}
	}
	p.row.Cover = by
	p.touch(r.now)
	if by == "" {
		return nil
	}
	return r.emit(ctx, p, &eventv1.Event{Payload: &eventv1.Event_CoverStarted{CoverStarted: &eventv1.CoverStarted{Handoff: name,
		Assignment: number, Rep: repName(rep), Cover: repName(by), Calendar: ident.Name("calendars", r.calendarOf(by, p)), StartTime: at}}})
}

// calendarOf is the calendar of somebody who stands in, and is locked therefore.
func (r *round) calendarOf(rep string, p *passage) string {
	if r.desk.Rep(rep) == nil {
		return ""
	}
	return r.desk.Calendar(rep, p.lead())
}

// bringBack gives a handoff back to the rep in whose stead another got it, once the rep can take it.
func (r *round) bringBack(ctx context.Context, p *passage) error {
	if err := r.ready(ctx, p); err != nil {
		return err
	}
	lead := p.lead()
	if r.desk.Give(r.rep, lead).Eligible() {
		return r.assignFor(ctx, p, routingv1.ReassignReason_REASSIGN_REASON_COVER_ENDED, dispatch.Placement{Rep: r.rep})
	}
	if at, known := r.desk.Next(r.rep, lead); known && at.After(r.now) && (r.owed.IsZero() || at.Before(r.owed)) {
		r.owed = at
	}
	return nil
}

// tooLong says whether a rep is away for longer than the playbook lets a handoff wait for them, in their working time.
func (r *round) tooLong(p *passage) bool {
	leave, away := r.desk.Leave(p.holder(), p.lead())
	return away && leave > p.playbook.Policy.bearsAbsence
}

// plan notes when the timer goes the round of the rep next: when they come or go, or can take what is to come back.
func (r *round) plan(ctx context.Context) error {
	absences, err := store.AbsencesAfter(ctx, r.tx, []string{r.rep}, r.asOf.UnixMicro())
	if err != nil {
		return err
	}
	next := store.Micros(r.owed)
	for _, a := range absences {
		for _, at := range []int64{a.StartAt, a.EndAt} {
			if at > r.asOf.UnixMicro() && (next == 0 || at < next) {
				next = at
			}
		}
	}
	if next > 0 {
		r.tx.AfterCommit(r.s.alarm.Ring)
	}
	return store.PutAttendance(ctx, r.tx, r.rep, next)
}

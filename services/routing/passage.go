package routing

import (
	"context"
	"time"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

// passage is a handoff in hand: as it is stored, and as the lifecycle sees it.
type passage struct {
	row         *store.Handoff
	life        lifecycle.Handoff
	assignments []*store.Assignment
	playbook    shelf.Version[terms]
	earlier     []string               // reps who refused the lead in earlier cycles
	context     *scoringv1.LeadContext // to be stored; nil when it is stored already
	rubric      *scoringv1.Rubric      // how the meeting does that it is for; nil for a lead

	picked   string                   // the queue that it is taken from; nothing if it is not
	claimed  bool                     // by the rep who gets it
	rated    *tier.Facts              // what put it into its tier, until that is written down
	cause    routingv1.ReassignReason // why it is taken from the rep who has it; nothing if it is not
	coverFor string                   // in whose stead the next assignee gets it; empty for nobody's
	changed  bool                     // callers see a difference
	moved    bool                     // only the time of the next look differs
}

// passages takes handoffs in hand.
func (s *Service) passages(ctx context.Context, q sqldb.Querier, rows []*store.Handoff) ([]*passage, error) {
	var given, returned []string // those that somebody had, and the leads that came back
	for _, row := range rows {
		if row.Assignment > 0 {
			given = append(given, row.ID)
		}
		if row.Cycle > 1 {
			returned = append(returned, row.Lead)
		}
	}
	assignments, err := assignmentsOf(ctx, q, given)
	if err != nil {
		return nil, err
	}
	refusals, err := refusalsOf(ctx, q, returned)
	if err != nil {
		return nil, err
	}
	taken := make([]*passage, len(rows))
	for i, row := range rows {
		playbook, err := s.playbooks.Get(ctx, q, row.Playbook)
		if err != nil {
			return nil, &unreadError{row, err}
		}
		if taken[i], err = newPassage(row, assignments[row.ID], playbook); err != nil {
			return nil, &unreadError{row, err}
		}
		taken[i].remember(refusals[row.Lead])
	}
	return taken, nil
}

// unreadError says which handoff cannot be taken in hand, and why.
type unreadError struct {
	row *store.Handoff
	err error
}

func (e *unreadError) Error() string { return "read handoff " + e.row.ID + ": " + e.err.Error() }
func (e *unreadError) Unwrap() error { return e.err }

func newPassage(row *store.Handoff, assignments []*store.Assignment, playbook shelf.Version[terms]) (p *passage, err error) {
	p = &passage{row: row, assignments: assignments, playbook: playbook, life: lifecycle.Handoff{State: row.State, Outcome: row.Outcome}}
	for _, a := range assignments {
		p.life.Assignments = append(p.life.Assignments, lived(a))
	}
	if row.Kind == int64(routingv1.Handoff_KIND_MEETING) {
		p.rubric, err = readRubric(row)
	}
	return p, err
}

func assignmentsOf(ctx context.Context, q sqldb.Querier, handoffs []string) (map[string][]*store.Assignment, error) {
	if len(handoffs) == 0 {
		return nil, nil
	}
	return store.Assignments(ctx, q, handoffs)
}

func refusalsOf(ctx context.Context, q sqldb.Querier, leads []string) (map[string][]*store.Refusal, error) {
	if len(leads) == 0 {
		return nil, nil
	}
	found, err := store.Refusals(ctx, q, leads)
	byLead := make(map[string][]*store.Refusal, len(leads))
	for _, r := range found {
		byLead[r.Lead] = append(byLead[r.Lead], r)
	}
	return byLead, err
}

// lived is an assignment as the lifecycle sees it. Where a recycled lead goes is Feedback's business; here one place
// stands for all.
func lived(a *store.Assignment) lifecycle.Assignment {
	verdict := func(step lifecycle.Step) lifecycle.Verdict {
		v := lifecycle.Verdict{Step: step}
		switch step {
		case lifecycle.StepReject:
			v.Reason = a.Reason
		case lifecycle.StepDispose:
			v.Outcome = a.Outcome
		case lifecycle.StepRecycle:
			v.Destination = lifecycle.ToNurture
		}
		return v
	}
	return lifecycle.Assignment{Rep: a.Rep, Answer: verdict(a.Answer), Disposition: verdict(a.Disposition), Over: a.Over}
}

// remember keeps the lead from those who refused it in earlier cycles. Who declined it, it will never suit; who rejected
// it is left out if the playbook says so.
func (p *passage) remember(refusals []*store.Refusal) {
	for _, r := range refusals {
		if r.Handoff != p.row.ID && (r.Step == lifecycle.StepDecline || p.playbook.Policy.excludeRejecting) {
			p.earlier = append(p.earlier, r.Rep)
		}
	}
}

// refused are the reps who do not get the lead any more.
func (p *passage) refused() []string {
	refused := p.earlier
	for _, a := range p.life.Assignments {
		if a.Answer.Step == lifecycle.StepDecline || a.Answer.Step == lifecycle.StepReject {
			refused = append(refused[:len(refused):len(refused)], a.Rep)
		}
	}
	return refused
}

// lead is the passage as the desk sees it.
func (p *passage) lead() dispatch.Lead {
	return dispatch.Lead{
		Key:      fairness.LeadKey{Source: p.row.Source, SourceID: p.row.SourceID},
		Calendar: p.playbook.Policy.calendar,
		Owner:    p.row.Owner,
		Waits:    waits(p.row.Destination),
		Pool:     p.row.Home,
		Overflow: p.playbook.Policy.overflow,
		Fallback: fallback(p.row.Fallback),
		Needs:    p.row.Needs.Coverage(),
		Refused:  p.refused(),
		Queued:   p.row.Destination == tier.Queue,
	}
}

// fallback is whom a name means.
func fallback(name string) dispatch.Fallback {
	return dispatch.Fallback{Pool: ident.ID(name, "pools"), Rep: ident.ID(name, "reps")}
}

// needs adds what a decision on the passage rests on.
func (p *passage) needs(n need) {
	n.pools.add(p.row.Home)
	n.reps.add(p.row.Owner, p.holder())
	n.name(p.row.Fallback)
	n.calendars.add(p.playbook.Policy.calendar)
}

// holder is the rep who has the handoff open; empty for nobody.
func (p *passage) holder() string {
	if p.life.State != lifecycle.StateAssigned && p.life.State != lifecycle.StateAccepted {
		return ""
	}
	return p.life.Assignments[len(p.life.Assignments)-1].Rep
}

// touch marks the row as changed at an instant.
func (p *passage) touch(now time.Time) {
	if !p.changed {
		p.row.RowVersion++
	}
	p.changed = true
	p.row.UpdatedAt = now.UnixMicro()
}

package routing

import (
	"context"
	"fmt"
	"maps"
	"slices"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// mentions are the ids that a delivery names.
type mentions struct {
	handoffs names // qualified, or told more of
	leads    names // whose open handoffs are concerned
	fresh    names // leads that qualified
	returned names // those of them that came back
}

// prepare locks and reads everything that the events rest on.
func (in *intake) prepare(ctx context.Context, events []*eventv1.Event) error {
	there, err := in.read(ctx, mentioned(events))
	if err != nil {
		return err
	}
	if err := in.readRivals(ctx, events, there); err != nil {
		return err
	}
	n := newNeed()
	for _, p := range there {
		p.needs(n)
		n.books.add(p.last().Book) // whose turn may be taken back
	}
	for _, e := range events {
		if err := in.foresee(ctx, e, there, n); err != nil {
			return eventlog.Blame(e, err)
		}
	}
	if err := in.addOverflows(ctx, n.pools); err != nil {
		return err
	}
	if err := in.lock(ctx, n); err != nil {
		return err
	}
	// Whoever should have been served by now goes before those who come now.
	if _, err := in.lookAt(ctx, store.Line{Pools: n.pools.sorted()}); err != nil {
		return err
	}
	return in.open(ctx, slices.Sorted(maps.Keys(there)))
}

// read reads what needs no lock, and the handoffs that are there already.
func (in *intake) read(ctx context.Context, m mentions) (there map[string]*passage, err error) {
	if in.merged, err = in.mergedOf(ctx, m.fresh); err != nil {
		return nil, err
	}
	in.returned = m.returned.sorted()
	if err := in.recall(ctx); err != nil {
		return nil, err
	}
	return in.peek(ctx, m)
}

// recall reads who refused the leads that come back. That can change while the events are applied: a lead turns out to be
// another one.
func (in *intake) recall(ctx context.Context) (err error) {
	in.refusals, err = refusalsOf(ctx, in.tx, in.returned)
	return err
}

func mentioned(events []*eventv1.Event) mentions {
	m := mentions{handoffs: names{}, leads: names{}, fresh: names{}, returned: names{}}
	for _, e := range events {
		lead := ident.ID(e.GetLeadQualified().GetLead(), "leads")
		m.fresh.add(lead)
		if e.GetLeadQualified().GetCycle() > 1 {
			m.returned.add(lead)
		}
		for _, name := range []string{e.GetLeadQualified().GetHandoff(), e.GetLeadContextChanged().GetHandoff(), e.GetLeadDisqualified().GetHandoff(),
			e.GetMatchChanged().GetHandoff(), e.GetMeetingAdded().GetHandoff()} {
			m.handoffs.add(ident.ID(name, "handoffs"))
		}
		m.leads.add(ident.ID(e.GetLeadMerged().GetMerged(), "leads"), ident.ID(e.GetMatchChanged().GetLead(), "leads"))
	}
	return m
}

func (in *intake) mergedOf(ctx context.Context, leads names) (map[string]bool, error) {
	if len(leads) == 0 {
		return map[string]bool{}, nil
	}
	return store.Merged(ctx, in.tx, leads.sorted())
}

// peek reads the handoffs that are there already, without a lock: pools and reps must be locked before them.
func (in *intake) peek(ctx context.Context, m mentions) (map[string]*passage, error) {
	var rows []*store.Handoff
	if len(m.handoffs) > 0 {
		found, err := store.Handoffs(ctx, in.tx, m.handoffs.sorted())
		if err != nil {
			return nil, err
		}
		rows = found
	}
	if len(m.leads) > 0 {
		found, err := store.OpenHandoffs(ctx, in.tx, m.leads.sorted())
		if err != nil {
			return nil, err
		}
		for _, row := range found {
			if !m.handoffs[row.ID] {
				rows = append(rows, row)
			}
		}
	}
	found, err := in.s.passages(ctx, in.tx, rows)
	there := make(map[string]*passage, len(found))
	for _, p := range found {
		there[p.row.ID] = p
	}
	return there, err
}

// foresee adds what an event will rest on.
func (in *intake) foresee(ctx context.Context, e *eventv1.Event, there map[string]*passage, n need) error {
	if q := e.GetLeadQualified(); q != nil {
		playbook, err := in.playbook(ctx, e.GetPlaybook())
		if err != nil {
			return err
		}
		in.playbooks[e.GetPlaybook()] = playbook
		n.expect(in.way(playbook.Policy, q.GetContext(), q.GetContext().GetFirstMatch(), brought(q)), playbook.Policy)
	}
	if e.GetAccountSurged() != nil {
		playbook, err := in.playbook(ctx, e.GetPlaybook())
		if err != nil {
			return err
		}
		in.playbooks[e.GetPlaybook()] = playbook
	}
	if p := there[ident.ID(e.GetLeadContextChanged().GetHandoff(), "handoffs")]; p != nil {
		n.expect(in.rerouted(p, e, e.GetLeadContextChanged().GetContext()), p.playbook.Policy)
	}
	if p := there[ident.ID(e.GetMatchChanged().GetHandoff(), "handoffs")]; p != nil && p.playbook.Policy.reroutes && e.GetMatchChanged().GetContext() != nil {
		n.expect(in.rerouted(p, e, e.GetMatchChanged().GetContext()), p.playbook.Policy)
	}
	return nil
}

// playbook is the version that an event was made by.
func (in *intake) playbook(ctx context.Context, name string) (shelf.Version[terms], error) {
	number := shelf.Number(name)
	if number < 1 {
		return shelf.Version[terms]{}, fmt.Errorf("%q is not the name of a playbook", name)
	}
	return in.s.playbooks.Get(ctx, in.tx, number)
}

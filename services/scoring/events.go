package scoring

import (
	"context"
	"time"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// apply takes in what other services tell. It stores the facts, and what follows from them follows from the set of facts,
// in whatever order they came.
func (s *Service) apply(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch, e *eventv1.Event) error {
	switch payload := e.GetPayload().(type) {
	case *eventv1.Event_PlaybookActivated:
		return s.activated(ctx, tx, e, batch.Now)
	case *eventv1.Event_HandoffClosed:
		return s.closed(ctx, tx, payload.HandoffClosed, batch.Now)
	case *eventv1.Event_DisputeResolved:
		return s.ruled(ctx, tx, payload.DisputeResolved, batch.Now)
	case *eventv1.Event_OpportunityCreated:
		return s.dealt(ctx, tx, payload.OpportunityCreated.GetOpportunity(), batch.Now)
	case *eventv1.Event_OpportunityChanged:
		return s.dealt(ctx, tx, payload.OpportunityChanged.GetOpportunity(), batch.Now)
	case *eventv1.Event_OpportunityClosed:
		return s.dealt(ctx, tx, payload.OpportunityClosed.GetOpportunity(), batch.Now)
	}
	return nil // a verdict is scored by what follows from it, and what later versions tell is not for us
}

// activated brings a playbook version into force, and plans that everybody is judged by it, and every account looked at. If it
// asks whether accounts surge, they are looked at first: nobody is to be judged by how one stood by the version before.
func (s *Service) activated(ctx context.Context, tx *sqldb.Tx, e *eventv1.Event, now time.Time) error {
	if err := s.rules.replace(ctx, tx); err != nil {
		return err
	}
	version, err := s.shelf.Put(ctx, tx, e)
	if err != nil {
		return err
	}
	jobs := map[string]store.Scope{everybody: {}, everyAccount: {Momenta: true}}
	if version.Policy.AsksForSurges() {
		jobs = map[string]store.Scope{everyAccount: {Momenta: true, Judges: true}}
	}
	s.plan(tx, now, jobs)
	return nil
}

// closed notes how the handoff of a lead ended. A handoff that is not the person's present one changes nothing.
func (s *Service) closed(ctx context.Context, tx *sqldb.Tx, e *eventv1.HandoffClosed, now time.Time) error {
	return s.restate(ctx, tx, e.GetLead(), now, func(p *dossier.Dossier, edges []*record.Edge) {
		p.Close(handoffID(e.GetHandoff()), standing.Outcome(e.GetOutcome()), e.GetStep() == routingv1.Step_STEP_UNSPECIFIED,
			moment(e.GetCloseTime()), edges)
	})
}

// restate changes how the handoffs of a lead's person stand, also in what its merges that last keep.
func (s *Service) restate(ctx context.Context, tx *sqldb.Tx, lead string, now time.Time, change func(*dossier.Dossier, []*record.Edge)) error {
	d, err := s.desk(ctx, tx, now)
	if err != nil {
		return err
	}
	if err := d.open(ctx, []string{ident.ID(lead, "leads")}); err != nil {
		return err
	}
	for _, p := range d.all() {
		var edges []*record.Edge
		if p.Lead.Absorbed > 0 {
			if edges, err = store.Edges(ctx, tx, p.Leads()); err != nil {
				return err
			}
		}
		change(p, edges)
	}
	return d.finish(ctx)
}

// dealt notes a deal, and what the deals of its account come to.
func (s *Service) dealt(ctx context.Context, tx *sqldb.Tx, o *attributionv1.Opportunity, now time.Time) error {
	l, err := s.ledger(ctx, tx, now)
	if err != nil {
		return err
	}
	deal := store.Opportunity{ID: ident.ID(o.GetName(), "opportunities"), Account: ident.ID(o.GetAccount(), "accounts"),
		Owner: ident.ID(o.GetOwner(), "reps"), State: store.OpportunityState(o.GetState()), OpenedAt: moment(o.GetOpenTime()),
		ClosedAt: moment(o.GetCloseTime()), Handoff: ident.ID(o.GetHandoff(), "handoffs")}
	for _, contact := range o.GetContacts() {
		deal.Contacts = append(deal.Contacts, ident.ID(contact.GetLead(), "leads"))
	}
	if deal.State == 0 {
		deal.State = store.OpportunityOpen
	}
	before, err := store.PutOpportunity(ctx, tx, deal)
	if err != nil {
		return err
	}
	if err := l.open(ctx, store.Wanted{IDs: []string{before, deal.Account}}); err != nil {
		return err
	}
	for _, id := range []string{before, deal.Account} {
		a := l.accounts[id]
		if a == nil {
			continue
		}
		company := a.Company
		if company.Deals, err = store.DealsOf(ctx, tx, id); err != nil {
			return err
		}
		l.change(a, company)
	}
	return l.save(ctx)
}

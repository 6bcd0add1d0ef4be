package routing

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/lifecycle"
	"github.com/handoffhq/handoff/services/routing/internal/store"
	"github.com/handoffhq/handoff/services/routing/internal/tier"
)

// intake is what one delivery of Scoring does. Everything that its events rest on is locked and read before the first of
// them is applied; then they are applied in their order.
type intake struct {
	*work
	playbooks map[string]shelf.Version[terms] // of new handoffs
	returned  []string                        // leads that came back
	refusals  map[string][]*store.Refusal     // of these
	rivals    map[string]string               // who has the handoffs that are in the way of meetings, by id
	merged    map[string]bool                 // leads that turned out to be another one
}

// takeIn takes in what Scoring tells of leads.
func (s *Service) takeIn(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch) error {
	in := &intake{work: s.begin(tx, batch.Now), playbooks: map[string]shelf.Version[terms]{}}
	if err := in.prepare(ctx, batch.Events); err != nil {
		return err
	}
	for _, e := range batch.Events {
		if err := in.apply(ctx, e); err != nil {
			return eventlog.Blame(e, err)
		}
	}
	if err := in.serveFreed(ctx); err != nil {
		return err
	}
	return in.save(ctx)
}

func (in *intake) apply(ctx context.Context, e *eventv1.Event) error {
	switch {
	case e.GetLeadQualified() != nil:
		return in.qualified(ctx, e)
	case e.GetMeetingAdded() != nil:
		return in.meetingAdded(e.GetMeetingAdded())
	case e.GetLeadContextChanged() != nil:
		return in.contextChanged(ctx, e)
	case e.GetLeadDisqualified() != nil:
		return in.disqualified(ctx, e.GetLeadDisqualified())
	case e.GetLeadMerged() != nil:
		return in.mergedInto(ctx, e.GetLeadMerged())
	case e.GetLeadUnmerged() != nil:
		return in.restored(ctx, e.GetLeadUnmerged())
	case e.GetMatchChanged() != nil:
		return in.matchChanged(ctx, e)
	case e.GetAccountSurged() != nil:
		return in.surged(ctx, e)
	}
	return nil
}

// qualified opens a handoff, and gives it to a rep if there is one.
func (in *intake) qualified(ctx context.Context, e *eventv1.Event) error {
	q := e.GetLeadQualified()
	id := ident.ID(q.GetHandoff(), "handoffs")
	if !ident.Valid(id) {
		return fmt.Errorf("%q is not the name of a handoff", q.GetHandoff())
	}
	if in.passages[id] != nil {
		return nil
	}
	p, err := in.opened(e, id)
	if err != nil {
		return err
	}
	in.take(p)
	switch {
	case in.merged[p.row.Lead]:
		p.row.Programme = ""
		return in.step(ctx, p, lifecycle.Withdraw{Outcome: lifecycle.OutcomeDuplicate})
	case p.row.Destination == tier.Nurture:
		return in.step(ctx, p, lifecycle.Nurture{})
	case p.row.Destination == tier.Disqualify:
		return in.step(ctx, p, lifecycle.Withdraw{Outcome: lifecycle.OutcomeDisqualified})
	case p.row.Destination == tier.Queue:
		return in.hold(ctx, p, dispatch.Hold{Reason: dispatch.Queued})
	default:
		return in.place(ctx, p)
	}
}

// opened is a new handoff, on the way that its playbook has for it.
func (in *intake) opened(e *eventv1.Event, id string) (*passage, error) {
	q, playbook := e.GetLeadQualified(), in.playbooks[e.GetPlaybook()]
	p := &passage{playbook: playbook, context: q.GetContext(), row: &store.Handoff{
		ID: id, Kind: int64(routingv1.Handoff_KIND_LEAD), Lead: ident.ID(q.GetLead(), "leads"), Account: ident.ID(q.GetAccount(), "accounts"),
		Cycle: int64(q.GetCycle()), Playbook: playbook.Number, Partner: e.GetPartner(), Source: q.GetContext().GetSource(),
		SourceID: q.GetContext().GetSourceId(), MQLAt: q.GetMqlTime().AsTime().UnixMicro(), Test: in.s.cfg.Test,
		CreatedAt: in.now.UnixMicro(),
	}}
	if err := p.bring(q); err != nil {
		return nil, err
	}
	p.set(in.way(playbook.Policy, q.GetContext(), q.GetContext().GetFirstMatch(), p.rubric), q.GetContext())
	p.remember(in.refusals[p.row.Lead])
	return p, nil
}

// set sets a new passage on its way.
func (p *passage) set(r route, known *scoringv1.LeadContext) {
	p.rate(r)
	p.send(r)
	p.row.Programme, p.row.Needs = r.programme, store.Covering(p.playbook.Policy.asks(known.GetRequirements()))
}

// rate puts the passage into a tier.
func (p *passage) rate(r route) {
	p.row.Tier, p.row.Rank, p.row.Rule = r.tier, r.rank, r.rule
	p.rated = &r.facts
}

// send says who is to get it.
func (p *passage) send(r route) {
	p.row.Destination, p.row.Home, p.row.Owner, p.row.Queue, p.row.Fallback = r.destination, r.home, r.owner, r.queue, r.fallback
}

// require says what whoever gets it from a pool must cover by what is known now, and whether that is something else than
// before. What the requirements of another version found says nothing of the one that the handoff stays with.
func (p *passage) require(e *eventv1.Event, known *scoringv1.LeadContext) bool {
	if shelf.Number(e.GetPlaybook()) != p.row.Playbook {
		return false
	}
	before := p.row.Needs
	p.row.Needs = store.Covering(p.playbook.Policy.asks(known.GetRequirements()))
	return p.row.Needs != before
}

// inLine says whether a handoff waits for somebody to come, and not for people to pick it.
func (p *passage) inLine() bool {
	return p.life.State == lifecycle.StateHeld && (p.row.Home != "" || p.row.Owner != "" || p.row.Fallback != "")
}

// contextChanged keeps what more is known of a lead. It can raise the tier, and never takes the handoff from its rep.
func (in *intake) contextChanged(ctx context.Context, e *eventv1.Event) error {
	c := e.GetLeadContextChanged()
	p, err := in.known(c.GetHandoff())
	if err != nil || p.life.State == lifecycle.StateClosed {
		return err
	}
	p.context = c.GetContext()
	p.touch(in.now)
	r, other := in.rerouted(p, e, c.GetContext()), p.require(e, c.GetContext())
	if r.tier != "" && r.rank < p.row.Rank {
		return in.raise(ctx, p, r)
	}
	if p.life.State == lifecycle.StateHeld && r.rule == p.row.Rule && r.owner != p.row.Owner {
		p.row.Owner = r.owner
		return in.place(ctx, p)
	}
	return in.reconsider(ctx, p, other)
}

// reconsider looks again at a handoff that waits, if it asks for other people now.
func (in *intake) reconsider(ctx context.Context, p *passage, other bool) error {
	if !other || !p.inLine() {
		return nil
	}
	return in.place(ctx, p)
}

// rerouted is where a lead, or a meeting, would go by what is known of it now. The rules of first_match are counted in the
// version that found them to hold: those of another say nothing of the one that the handoff stays with.
func (in *intake) rerouted(p *passage, e *eventv1.Event, known *scoringv1.LeadContext) route {
	hold := known.GetFirstMatch()
	if shelf.Number(e.GetPlaybook()) != p.row.Playbook {
		hold = nil
	}
	return in.way(p.playbook.Policy, known, hold, p.rubric)
}

// raise moves the passage to a higher tier, and on to the way of that tier's leads if that leads to a rep: at once while
// nobody has it, and else if whoever has it does not keep it. A tier of leads that are disqualified ends what nobody has
// accepted.
func (in *intake) raise(ctx context.Context, p *passage, r route) error {
	toRep := r.home != "" || r.owner != "" || r.fallback != ""
	if toRep {
		p.send(r)
	}
	err := in.retier(ctx, p, r)
	switch {
	case err != nil:
		return err
	case r.destination == tier.Disqualify:
		return in.withdraw(ctx, p, lifecycle.OutcomeDisqualified)
	case !toRep || p.life.State != lifecycle.StateHeld:
		return nil
	default:
		return in.place(ctx, p)
	}
}

// retier puts a handoff into another tier, and tells of it. A nurture sequence goes on until a tier has another one.
func (in *intake) retier(ctx context.Context, p *passage, r route) error {
	from := p.row.Tier
	p.rate(r)
	if from != r.tier {
		if err := in.emit(ctx, p, &eventv1.Event{Payload: &eventv1.Event_HandoffTierChanged{HandoffTierChanged: &eventv1.HandoffTierChanged{
			Handoff: handoffName(p.row.ID), FromTier: from, ToTier: r.tier, ChangeTime: timestamppb.New(in.now)}}}); err != nil {
			return err
		}
	}
	if r.programme == "" || r.programme == p.row.Programme {
		return nil
	}
	p.row.Programme = r.programme
	return in.enrol(ctx, p)
}

// disqualified ends a handoff that nobody has accepted yet.
func (in *intake) disqualified(ctx context.Context, d *eventv1.LeadDisqualified) error {
	if d.GetHandoff() == "" {
		return nil
	}
	p, err := in.known(d.GetHandoff())
	if err != nil {
		return err
	}
	return in.withdraw(ctx, p, lifecycle.OutcomeDisqualified)
}

// mergedInto ends the handoffs of a lead that turned out to be another one, as far as nobody has accepted them, and
// remembers it for those to come.
func (in *intake) mergedInto(ctx context.Context, m *eventv1.LeadMerged) error {
	lead := ident.ID(m.GetMerged(), "leads")
	if err := store.PutMerged(ctx, in.tx, lead, ident.ID(m.GetSurvivor(), "leads")); err != nil {
		return err
	}
	in.merged[lead] = true
	if err := in.recall(ctx); err != nil {
		return err
	}
	for _, p := range in.openOf(lead) {
		if err := in.withdraw(ctx, p, lifecycle.OutcomeDuplicate); err != nil {
			return err
		}
	}
	return nil
}

// restored takes back that a lead turned out to be another one. What was closed for it stays closed: if the person is still
// qualified, Scoring tells of a new handoff.
func (in *intake) restored(ctx context.Context, u *eventv1.LeadUnmerged) error {
	lead := ident.ID(u.GetRestored(), "leads")
	in.merged[lead] = false
	if err := store.DropMerged(ctx, in.tx, lead); err != nil {
		return err
	}
	return in.recall(ctx)
}

func (in *intake) withdraw(ctx context.Context, p *passage, outcome lifecycle.Outcome) error {
	if p.life.State != lifecycle.StateHeld && p.life.State != lifecycle.StateAssigned {
		return nil
	}
	return in.step(ctx, p, lifecycle.Withdraw{Outcome: outcome})
}

// known is a handoff that was told of before. Scoring tells of a handoff first when it is qualified.
func (in *intake) known(name string) (*passage, error) {
	if p := in.passages[ident.ID(name, "handoffs")]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("%s was not qualified before", name)
}

// openOf are the handoffs of a lead that are not closed.
func (in *intake) openOf(lead string) []*passage {
	var found []*passage
	for _, p := range in.order {
		if p.row.Lead == lead && p.life.State != lifecycle.StateClosed {
			found = append(found, p)
		}
	}
	return found
}

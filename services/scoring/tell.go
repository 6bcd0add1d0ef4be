package scoring

import (
	"context"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// tell emits the events about what happened with a person: who it is, what it did, where it belongs, where it stands.
func (d *desk) tell(ctx context.Context, p *dossier.Dossier) error {
	var events []*eventv1.Event
	if p.Change.Created {
		events = append(events, &eventv1.Event{Payload: &eventv1.Event_LeadCreated{LeadCreated: created(p)}})
	}
	if err := d.tellMerges(ctx, p); err != nil {
		return err
	}
	for i := range p.Change.Recorded {
		told := recorded(p, &p.Change.Recorded[i])
		events = append(events, &eventv1.Event{Time: told.GetOccurTime(), Payload: &eventv1.Event_EngagementRecorded{EngagementRecorded: told}})
	}
	if from, to, moved := p.Moved(); moved {
		events = append(events, d.moved(p, from, to))
	}
	if e := d.verdict(p); e != nil {
		events = append(events, e)
	}
	if m := p.Change.Meeting; m != nil && m.Effect == record.MeetingAdded {
		events = append(events, d.met(m, p.Lead))
	}
	for _, e := range events {
		if err := d.emit(ctx, p.Lead, e); err != nil {
			return err
		}
	}
	return nil
}

// met is the event that somebody brought a meeting with a lead that sales has.
func (d *desk) met(m *record.Meeting, lead *record.Lead) *eventv1.Event {
	added := &eventv1.MeetingAdded{Handoff: ident.Name("handoffs", m.Handoff), Lead: leadName(lead.ID), Meeting: meetingName(m), Rubric: toRubric(m.Checks)}
	return &eventv1.Event{Handoff: added.GetHandoff(), Playbook: playbookName(d.rules.Playbook), Payload: &eventv1.Event_MeetingAdded{MeetingAdded: added}}
}

// tellMerges emits who joined whom and who parted, each under the lead that was joined, so that they arrive in order.
func (d *desk) tellMerges(ctx context.Context, p *dossier.Dossier) error {
	for _, edge := range p.Change.Merged {
		e := &eventv1.Event{Payload: &eventv1.Event_LeadMerged{LeadMerged: &eventv1.LeadMerged{
			Survivor: leadName(edge.Survivor), Merged: leadName(edge.Absorbed)}}}
		if err := d.emit(ctx, p.Member(edge.Survivor), e); err != nil {
			return err
		}
	}
	for _, edge := range p.Change.Parted {
		e := &eventv1.Event{Payload: &eventv1.Event_LeadUnmerged{LeadUnmerged: &eventv1.LeadUnmerged{
			Survivor: leadName(edge.Survivor), Restored: leadName(edge.Absorbed)}}}
		if err := d.emit(ctx, p.Member(edge.Survivor), e); err != nil {
			return err
		}
	}
	return nil
}

// moved is the event that a person belongs to another account. If sales has the person, it holds what routing may need to
// send the handoff elsewhere.
func (d *desk) moved(p *dossier.Dossier, from, to string) *eventv1.Event {
	changed := &eventv1.MatchChanged{Lead: leadName(p.Lead.ID), FromAccount: accountName(from), ToAccount: accountName(to), Rule: string(p.Lead.Match.Rule)}
	e := &eventv1.Event{Payload: &eventv1.Event_MatchChanged{MatchChanged: changed}}
	if p.Lead.Standing.Open() && p.Change.Step != standing.Qualify && p.Change.Result != nil {
		changed.Handoff, changed.Context = ident.Name("handoffs", p.Lead.Standing.Handoff), d.context(p)
		e.Handoff, e.Playbook = changed.GetHandoff(), playbookName(d.rules.Playbook)
	}
	return e
}

// emit adds an event about a lead.
func (d *desk) emit(ctx context.Context, lead *record.Lead, e *eventv1.Event) error {
	if cause := d.causes[lead.ID]; cause != nil {
		ctx = cause
	}
	e.Lead, e.Partner, e.Time = leadName(lead.ID), lead.Partner, timestamppb.New(d.now)
	return d.log.Emit(ctx, d.tx, eventlog.Key{Name: leadName(lead.ID), Seq: &lead.Events}, e)
}

func created(p *dossier.Dossier) *eventv1.LeadCreated {
	return &eventv1.LeadCreated{Lead: leadName(p.Lead.ID), Source: p.Lead.Source, Campaign: campaignName(p.Who().Campaign),
		Account: accountName(p.Lead.Match.Account), OccurTime: timestamppb.New(p.Lead.OccurredAt)}
}

func recorded(p *dossier.Dossier, e *record.Engagement) *eventv1.EngagementRecorded {
	return &eventv1.EngagementRecorded{Engagement: ident.Name("engagements", e.ID), Lead: leadName(e.Lead),
		Account: accountName(p.Lead.Match.Account), Type: e.Type, OccurTime: timestamppb.New(e.OccurredAt), Campaign: campaignName(e.Campaign),
		Channel: e.Channel, Asset: e.Asset, Automated: e.Automated, Source: e.Source, SourceEventId: e.SourceEventID}
}

// verdict is the event about where the person stands; nil if that is as it was.
func (d *desk) verdict(p *dossier.Dossier) *eventv1.Event {
	lead, handoff := p.Lead, ident.Name("handoffs", p.Lead.Standing.Handoff)
	e := &eventv1.Event{Handoff: handoff, Playbook: playbookName(d.rules.Playbook)}
	switch {
	case p.Change.Step == standing.Qualify:
		qualified := &eventv1.LeadQualified{Handoff: handoff, Lead: leadName(lead.ID), Account: accountName(lead.Match.Account),
			Cycle: lead.Standing.Cycle, MqlTime: timestamppb.New(lead.Standing.QualifiedAt), Context: d.context(p)}
		if m := p.Change.Meeting; m != nil {
			qualified.Meeting, qualified.Rubric = meetingName(m), toRubric(m.Checks)
		}
		e.Payload = &eventv1.Event_LeadQualified{LeadQualified: qualified}
	case p.Change.Step == standing.Disqualify:
		e.Payload = &eventv1.Event_LeadDisqualified{LeadDisqualified: &eventv1.LeadDisqualified{Lead: leadName(lead.ID), Handoff: handoff,
			Disqualifier: lead.Standing.Disqualifier}}
	case p.Change.MoreContext:
		e.Payload = &eventv1.Event_LeadContextChanged{LeadContextChanged: &eventv1.LeadContextChanged{Handoff: handoff, Lead: leadName(lead.ID),
			Context: d.context(p)}}
	default:
		return nil
	}
	return e
}

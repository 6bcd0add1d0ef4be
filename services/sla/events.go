package sla

import (
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// apply takes the events of one sender: it records what they tell of each handoff, then settles the handoffs once.
func (s *Service) apply(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch) error {
	all, err := s.concerned(ctx, tx, batch.Events)
	if err != nil {
		return err
	}
	for _, e := range batch.Events {
		if err := s.record(ctx, tx, all, e, batch.Now); err != nil {
			return eventlog.Blame(e, err)
		}
	}
	if len(all) == 0 {
		return nil
	}
	return s.settle(ctx, tx, all, news(batch.Now, ""))
}

// concerned locks the handoffs that events are about.
func (s *Service) concerned(ctx context.Context, tx *sqldb.Tx, events []*eventv1.Event) (handoffs, error) {
	var ids, merged []string
	for _, e := range events {
		if id := ident.ID(subject(e), "handoffs"); id != "" {
			ids = append(ids, id)
		}
		for _, name := range []string{e.GetLeadMerged().GetMerged(), e.GetLeadUnmerged().GetRestored()} {
			if lead := ident.ID(name, "leads"); lead != "" {
				merged = append(merged, lead)
			}
		}
	}
	others, err := store.OfLeads(ctx, tx, merged)
	if err != nil {
		return nil, err
	}
	if ids = append(ids, others...); len(ids) == 0 {
		return nil, nil
	}
	return store.Lock(ctx, tx, ids...)
}

// subject is the handoff that an event is about; empty if none.
func subject(e *eventv1.Event) string {
	if deal := dealOf(e); deal != nil {
		return deal.GetHandoff()
	}
	return e.GetHandoff()
}

// dealOf is the deal that an event tells of.
func dealOf(e *eventv1.Event) *attributionv1.Opportunity {
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_OpportunityCreated:
		return p.OpportunityCreated.GetOpportunity()
	case *eventv1.Event_OpportunityChanged:
		return p.OpportunityChanged.GetOpportunity()
	case *eventv1.Event_OpportunityClosed:
		return p.OpportunityClosed.GetOpportunity()
	default:
		return nil
	}
}

// record takes the facts out of an event. Each kind of event has one sender, and writes what no other sender writes.
func (s *Service) record(ctx context.Context, tx *sqldb.Tx, all handoffs, e *eventv1.Event, now time.Time) error {
	if e.GetPlaybookActivated() != nil {
		_, err := s.shelf.Put(ctx, tx, e)
		return err
	}
	if m := e.GetLeadMerged(); m != nil {
		ofLead(all, e, m.GetMerged(), func(f *deadline.Facts) { f.Merge(instant(e.GetTime(), e)) })
		return nil
	}
	if u := e.GetLeadUnmerged(); u != nil {
		ofLead(all, e, u.GetRestored(), (*deadline.Facts).Unmerge)
		return nil
	}
	h := all[ident.ID(subject(e), "handoffs")]
	if h == nil {
		return nil // a deal that grew out of no handoff
	}
	if err := s.pin(ctx, tx, h, e, now); err != nil {
		return err
	}
	note(h, e)
	h.News = kindOf(e)
	return nil
}

// kindOf is the kind of an event, such as `handoff_assigned`; empty if it is not known here.
func kindOf(e *eventv1.Event) string {
	m := e.ProtoReflect()
	if payload := m.WhichOneof(m.Descriptor().Oneofs().ByName("payload")); payload != nil {
		return string(payload.Name())
	}
	return ""
}

// pin notes which playbook a handoff follows, makes sure that it can be read, and judges by it what sales did before.
func (s *Service) pin(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, e *eventv1.Event, now time.Time) error {
	number := shelf.Number(e.GetPlaybook())
	if h.Playbook != 0 || number == 0 || dealOf(e) != nil {
		return nil
	}
	if _, err := s.policy(ctx, tx, number); err != nil {
		return err
	}
	h.Playbook = number
	return s.judge(ctx, tx, h, now)
}

// ofLead notes what an event tells about every handoff of a lead.
func ofLead(all handoffs, e *eventv1.Event, lead string, note func(*deadline.Facts)) {
	for _, h := range all {
		if h.Lead == ident.ID(lead, "leads") {
			note(&h.Facts)
			h.News = kindOf(e)
		}
	}
}

// note adds what an event tells to the facts of its handoff.
func note(h *store.Handoff, e *eventv1.Event) {
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_LeadQualified:
		introduce(h, e, p.LeadQualified.GetLead())
		h.Source = p.LeadQualified.GetContext().GetSource()
		h.Facts.Qualify(instant(p.LeadQualified.GetMqlTime(), e))
	case *eventv1.Event_HandoffOpened:
		lacking := int64(len(p.HandoffOpened.GetMissingContext()))
		introduce(h, e, p.HandoffOpened.GetLead())
		h.Lacking = &lacking
		h.Facts.Qualify(instant(p.HandoffOpened.GetMqlTime(), e))
		h.Facts.Open(p.HandoffOpened.GetTier())
	case *eventv1.Event_HandoffHeld:
		h.Facts.Hold(instant(nil, e))
		h.Facts.Wait(instant(nil, e), deadline.Wait(p.HandoffHeld.GetReason()), deadline.Taking(p.HandoffHeld.GetReassignReason()))
	case *eventv1.Event_HandoffAssigned:
		a := p.HandoffAssigned
		h.Facts.Assign(int(a.GetAssignment()), a.GetRep(), ident.ID(a.GetCalendar(), "calendars"), instant(a.GetAssignTime(), e))
		h.Facts.Draw(int(a.GetAssignment()), a.GetPool())
		h.Facts.Take(int(a.GetAssignment()), deadline.Taking(a.GetReassignReason()))
	case *eventv1.Event_CoverStarted:
		c := p.CoverStarted
		h.Facts.Cover(int(c.GetAssignment()), c.GetCover(), ident.ID(c.GetCalendar(), "calendars"), instant(c.GetStartTime(), e))
	case *eventv1.Event_CoverEnded:
		h.Facts.Uncover(int(p.CoverEnded.GetAssignment()), instant(p.CoverEnded.GetEndTime(), e))
	case *eventv1.Event_HandoffTierChanged:
		h.Facts.ChangeTier(p.HandoffTierChanged.GetToTier(), instant(p.HandoffTierChanged.GetChangeTime(), e))
	case *eventv1.Event_HandoffAccepted:
		h.Facts.Answer(int(p.HandoffAccepted.GetAssignment()), true, instant(p.HandoffAccepted.GetAcceptTime(), e))
	case *eventv1.Event_HandoffDeclined:
		h.Facts.Answer(int(p.HandoffDeclined.GetAssignment()), false, instant(p.HandoffDeclined.GetDeclineTime(), e))
	case *eventv1.Event_HandoffRejected:
		h.Facts.Answer(int(p.HandoffRejected.GetAssignment()), false, instant(p.HandoffRejected.GetRejectTime(), e))
	case *eventv1.Event_HandoffClosed:
		c := p.HandoffClosed
		h.Reason = int64(c.GetReason())
		h.Facts.Close(deadline.Closing{At: instant(c.GetCloseTime(), e), Step: deadline.Step(c.GetStep()),
			Outcome: deadline.Outcome(c.GetOutcome()), Assignment: int(c.GetAssignment())})
	default:
		if deal := dealOf(e); deal != nil {
			h.Facts.Act(deadline.Act{Occurred: instant(deal.GetOpenTime(), e), Recorded: instant(nil, e), Deed: deadline.OpportunityCreated})
		}
	}
}

// introduce notes whose handoff it is.
func introduce(h *store.Handoff, e *eventv1.Event, lead string) {
	h.Lead, h.Partner = ident.ID(lead, "leads"), e.GetPartner()
}

// instant is a time that an event tells, or else the time of the event.
func instant(at *timestamppb.Timestamp, e *eventv1.Event) time.Time {
	if at == nil {
		at = e.GetTime()
	}
	return at.AsTime().Truncate(time.Microsecond)
}

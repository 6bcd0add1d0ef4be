package attribution

import (
	"cmp"
	"context"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// herald tells of opportunities, and knows to which lead and partner each belongs.
type herald struct {
	log      *eventlog.Log
	tx       *sqldb.Tx
	now      time.Time
	handoffs map[string]store.Handoff
	partners map[string]string // by lead
}

// herald makes the herald of some opportunities.
func (s *Service) herald(ctx context.Context, tx *sqldb.Tx, all []*store.Opportunity, now time.Time) (*herald, error) {
	h := &herald{log: s.log, tx: tx, now: now}
	if len(all) == 0 {
		return h, nil
	}
	var handoffs, leads []string
	for _, o := range all {
		handoffs = append(handoffs, o.Handoff)
		leads = append(leads, primary(o)...)
	}
	var err error
	if h.handoffs, err = store.Handoffs(ctx, tx, store.View{}, handoffs); err != nil {
		return nil, err
	}
	h.partners, err = store.Partners(ctx, tx, leads)
	return h, err
}

// tell tells the news of an opportunity. Seq is how many events were told about it so far; it moves on.
func (h *herald) tell(ctx context.Context, o *store.Opportunity, seq *int64, all []deal.News) error {
	name := ident.Name("opportunities", o.ID)
	handoff := h.handoffs[o.Handoff]
	lead := handoff.Lead
	if named := primary(o); named != nil {
		lead = named[0]
	}
	for _, news := range all {
		e := announcement(o, news)
		e.Time = timestamppb.New(h.now)
		e.Handoff = ident.Name("handoffs", o.Handoff)
		e.Lead = ident.Name("leads", lead)
		e.Playbook = shelf.Version[agreement]{Number: o.Playbook}.Name()
		e.Partner = cmp.Or(handoff.Partner, h.partners[lead])
		if err := h.log.Emit(ctx, h.tx, eventlog.Key{Name: name, Seq: seq}, e); err != nil {
			return err
		}
	}
	return nil
}

// announcement is the event of a news. What people wrote in their own words stays out of it.
func announcement(o *store.Opportunity, news deal.News) *eventv1.Event {
	p := opportunityProto(o)
	p.LossReason, p.Competitor = "", ""
	switch news {
	case deal.Created:
		return &eventv1.Event{Payload: &eventv1.Event_OpportunityCreated{OpportunityCreated: &eventv1.OpportunityCreated{Opportunity: p}}}
	case deal.Closed:
		return &eventv1.Event{Payload: &eventv1.Event_OpportunityClosed{OpportunityClosed: &eventv1.OpportunityClosed{Opportunity: p}}}
	default:
		return &eventv1.Event{Payload: &eventv1.Event_OpportunityChanged{OpportunityChanged: &eventv1.OpportunityChanged{Opportunity: p}}}
	}
}

// primary is the primary contact; none when nobody is named.
func primary(o *store.Opportunity) []string { return o.Leads()[:min(len(o.Contacts), 1)] }

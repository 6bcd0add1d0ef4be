package attribution

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/ident"
)

// telling gathers what a stretch of events tells. Of the accounts of one lead the last one counts, since the events of a
// lead arrive in order; of anything that happened, the first time counts.
type telling struct {
	leads      map[string]store.Lead
	matches    map[string]store.Match
	merges     []store.Merge
	handoffs   map[string]store.Handoff
	activities map[string]store.Activity
	touches    []store.Touch
}

func newTelling() *telling {
	return &telling{leads: map[string]store.Lead{}, matches: map[string]store.Match{}, handoffs: map[string]store.Handoff{},
		activities: map[string]store.Activity{}}
}

// facts is what was told, in order of the ids.
func (t *telling) facts() store.Facts {
	return store.Facts{
		Leads:      byID(t.leads),
		Matches:    byID(t.matches),
		Merges:     t.merges,
		Handoffs:   byID(t.handoffs),
		Activities: byID(t.activities),
		Touches:    t.touches,
	}
}

func byID[T any](facts map[string]T) []T {
	all := make([]T, 0, len(facts))
	for _, id := range slices.Sorted(maps.Keys(facts)) {
		all = append(all, facts[id])
	}
	return all
}

// add takes in an event. An event that tells nothing that a figure depends on is passed over.
func (t *telling) add(e *eventv1.Event) error {
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_LeadCreated:
		return t.leadCreated(e, p.LeadCreated)
	case *eventv1.Event_EngagementRecorded:
		return t.engagementRecorded(e, p.EngagementRecorded)
	case *eventv1.Event_MatchChanged:
		return t.matchChanged(p.MatchChanged)
	case *eventv1.Event_LeadMerged:
		return t.merged(store.Merge{Survivor: ident.ID(p.LeadMerged.GetSurvivor(), "leads"), Merged: ident.ID(p.LeadMerged.GetMerged(), "leads")})
	case *eventv1.Event_LeadUnmerged:
		return t.merged(store.Merge{Survivor: ident.ID(p.LeadUnmerged.GetSurvivor(), "leads"), Merged: ident.ID(p.LeadUnmerged.GetRestored(), "leads"), Undone: true})
	case *eventv1.Event_LeadQualified:
		return t.handoff(e, p.LeadQualified.GetHandoff(), p.LeadQualified.GetLead(),
			store.Handoff{MQLAt: happened(e, p.LeadQualified.GetMqlTime())})
	case *eventv1.Event_HandoffOpened:
		return t.handoff(e, p.HandoffOpened.GetHandoff(), p.HandoffOpened.GetLead(),
			store.Handoff{MQLAt: happened(e, p.HandoffOpened.GetMqlTime())})
	case *eventv1.Event_HandoffAccepted:
		return t.handoff(e, p.HandoffAccepted.GetHandoff(), "", store.Handoff{SALAt: happened(e, p.HandoffAccepted.GetAcceptTime())})
	case *eventv1.Event_HandoffClosed:
		return t.handoffClosed(e, p.HandoffClosed)
	case *eventv1.Event_ActivityRecorded:
		if p.ActivityRecorded.GetAutomated() || p.ActivityRecorded.GetType() == slav1.Activity_TYPE_REPLY { // no act of sales'
			return nil
		}
		return t.activity(e, p.ActivityRecorded.GetActivity(), store.Activity{Sales: true, OccurredAt: happened(e, p.ActivityRecorded.GetOccurTime())})
	case *eventv1.Event_ActivityFlagged:
		return t.activity(e, p.ActivityFlagged.GetActivity(), store.Activity{Flagged: true, Counts: p.ActivityFlagged.GetCounts()})
	case *eventv1.Event_ActivityConfirmed:
		return t.activity(e, p.ActivityConfirmed.GetActivity(), store.Activity{Counts: true})
	}
	return nil
}

func (t *telling) leadCreated(e *eventv1.Event, p *eventv1.LeadCreated) error {
	lead := store.Lead{
		ID: ident.ID(p.GetLead(), "leads"), CreatedAt: happened(e, p.GetOccurTime()), Source: p.GetSource(),
		Campaign: ident.ID(p.GetCampaign(), "campaigns"), Partner: e.GetPartner(), Account: ident.ID(p.GetAccount(), "accounts"),
	}
	if lead.ID == "" {
		return errNameless
	}
	t.leads[lead.ID] = lead
	return nil
}

func (t *telling) engagementRecorded(e *eventv1.Event, p *eventv1.EngagementRecorded) error {
	touch := store.Touch{
		ID: ident.ID(p.GetEngagement(), "engagements"), Lead: ident.ID(p.GetLead(), "leads"), Type: p.GetType(),
		Key:        store.Key{Source: p.GetSource(), SourceID: p.GetSourceEventId()},
		OccurredAt: happened(e, p.GetOccurTime()), RecordedAt: happened(e, nil),
		Campaign: ident.ID(p.GetCampaign(), "campaigns"), Channel: p.GetChannel(), Asset: p.GetAsset(), Automated: p.GetAutomated(),
	}
	if touch.ID == "" || touch.Lead == "" {
		return errNameless
	}
	t.touches = append(t.touches, touch)
	return nil
}

func (t *telling) matchChanged(p *eventv1.MatchChanged) error {
	match := store.Match{Lead: ident.ID(p.GetLead(), "leads"), Account: ident.ID(p.GetToAccount(), "accounts")}
	if match.Lead == "" {
		return errNameless
	}
	t.matches[match.Lead] = match
	return nil
}

func (t *telling) merged(merge store.Merge) error {
	if merge.Survivor == "" || merge.Merged == "" {
		return errNameless
	}
	t.merges = append(t.merges, merge)
	return nil
}

func (t *telling) handoffClosed(e *eventv1.Event, p *eventv1.HandoffClosed) error {
	var reached store.Handoff
	if p.GetOutcome() == routingv1.Handoff_OUTCOME_SQL {
		reached.SQLAt = happened(e, p.GetCloseTime())
	}
	return t.handoff(e, p.GetHandoff(), p.GetLead(), reached)
}

// handoff takes in what happened to a handoff. The envelope knows the lead where the payload does not name it.
func (t *telling) handoff(e *eventv1.Event, name, lead string, reached store.Handoff) error {
	id := ident.ID(name, "handoffs")
	if id == "" {
		return errNameless
	}
	known := t.handoffs[id]
	t.handoffs[id] = store.Handoff{
		ID:      id,
		Lead:    cmp.Or(known.Lead, ident.ID(lead, "leads"), ident.ID(e.GetLead(), "leads")),
		Partner: cmp.Or(known.Partner, e.GetPartner()),
		MQLAt:   earlier(known.MQLAt, reached.MQLAt),
		SALAt:   earlier(known.SALAt, reached.SALAt),
		SQLAt:   earlier(known.SQLAt, reached.SQLAt),
	}
	return nil
}

// activity takes in what became of something that was done with a handoff.
func (t *telling) activity(e *eventv1.Event, name string, told store.Activity) error {
	ids := ident.Parse(name, "handoffs", "activities")
	if ids[1] == "" {
		return errNameless
	}
	known := t.activities[name]
	t.activities[name] = store.Activity{
		Handoff: ids[0], ID: ids[1], OccurredAt: earlier(known.OccurredAt, told.OccurredAt),
		Sales: known.Sales || told.Sales, Flagged: known.Flagged || told.Flagged, Counts: known.Counts || told.Counts,
	}
	return t.handoff(e, ident.Name("handoffs", ids[0]), "", store.Handoff{})
}

// happened is when something happened; where the payload does not say, when it was told.
func happened(e *eventv1.Event, at *timestamppb.Timestamp) time.Time {
	if at == nil {
		at = e.GetTime()
	}
	return instant(at)
}

// earlier is the earlier of two instants of which the zero one means never.
func earlier(a, b time.Time) time.Time {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

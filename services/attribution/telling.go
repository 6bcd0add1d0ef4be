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

// telling gathers what a stretch of events tells. What becomes known of who a lead is stays in order, since the events of a
// lead arrive in order; of anything that happened, the first time counts.
type telling struct {
	leads      map[string]store.Lead
	changes    []store.Change
	handoffs   map[string]store.Handoff
	activities map[string]store.Activity
	touches    []store.Touch
	since      time.Time // when the first of it was recorded
	activated  bool      // a playbook came into force
}

func newTelling() *telling {
	return &telling{leads: map[string]store.Lead{}, handoffs: map[string]store.Handoff{}, activities: map[string]store.Activity{}}
}

// facts is what was told, in order of the ids.
func (t *telling) facts() store.Facts {
	return store.Facts{
		Leads:      byID(t.leads),
		Changes:    t.changes,
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

// known takes in that something was recorded.
func (t *telling) known(e *eventv1.Event) { t.since = store.Earlier(t.since, happened(e, nil)) }

// concerned are the leads that something was told of.
func (t *telling) concerned() []string {
	leads := map[string]bool{}
	for _, l := range t.leads {
		leads[l.ID] = true
	}
	for _, c := range t.changes {
		leads[c.Match.Lead], leads[c.Merge.Survivor], leads[c.Merge.Merged] = true, true, true
	}
	for _, h := range t.handoffs {
		leads[h.Lead] = true
	}
	for _, touch := range t.touches {
		leads[touch.Lead] = true
	}
	delete(leads, "")
	return slices.Sorted(maps.Keys(leads))
}

// add takes in an event. An event that tells nothing that a figure depends on is passed over.
func (t *telling) add(e *eventv1.Event) error {
	t.known(e)
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_LeadCreated:
		return t.leadCreated(e, p.LeadCreated)
	case *eventv1.Event_EngagementRecorded:
		return t.engagementRecorded(e, p.EngagementRecorded)
	case *eventv1.Event_MatchChanged:
		return t.matchChanged(e, p.MatchChanged)
	case *eventv1.Event_LeadMerged:
		return t.merged(e, store.Merge{Survivor: ident.ID(p.LeadMerged.GetSurvivor(), "leads"), Merged: ident.ID(p.LeadMerged.GetMerged(), "leads")})
	case *eventv1.Event_LeadUnmerged:
		return t.merged(e, store.Merge{Survivor: ident.ID(p.LeadUnmerged.GetSurvivor(), "leads"), Merged: ident.ID(p.LeadUnmerged.GetRestored(), "leads"), Undone: true})
	case *eventv1.Event_LeadQualified:
		return t.handoff(e, p.LeadQualified.GetHandoff(), p.LeadQualified.GetLead(),
			store.Handoff{MQL: told(e, p.LeadQualified.GetMqlTime())})
	case *eventv1.Event_HandoffOpened:
		return t.handoff(e, p.HandoffOpened.GetHandoff(), p.HandoffOpened.GetLead(),
			store.Handoff{MQL: told(e, p.HandoffOpened.GetMqlTime())})
	case *eventv1.Event_HandoffAccepted:
		return t.handoff(e, p.HandoffAccepted.GetHandoff(), "", store.Handoff{SAL: told(e, p.HandoffAccepted.GetAcceptTime())})
	case *eventv1.Event_HandoffClosed:
		return t.handoffClosed(e, p.HandoffClosed)
	case *eventv1.Event_ActivityRecorded:
		if p.ActivityRecorded.GetAutomated() || p.ActivityRecorded.GetType() == slav1.Activity_TYPE_REPLY { // no act of sales'
			return nil
		}
		return t.activity(e, p.ActivityRecorded.GetActivity(), store.Activity{Sales: happened(e, nil), OccurredAt: happened(e, p.ActivityRecorded.GetOccurTime())})
	case *eventv1.Event_ActivityFlagged:
		flagged := store.Activity{Flagged: happened(e, nil)}
		if p.ActivityFlagged.GetCounts() {
			flagged.Counts = flagged.Flagged
		}
		return t.activity(e, p.ActivityFlagged.GetActivity(), flagged)
	case *eventv1.Event_ActivityConfirmed:
		return t.activity(e, p.ActivityConfirmed.GetActivity(), store.Activity{Counts: happened(e, nil)})
	}
	return nil
}

func (t *telling) leadCreated(e *eventv1.Event, p *eventv1.LeadCreated) error {
	lead := store.Lead{
		ID: ident.ID(p.GetLead(), "leads"), CreatedAt: happened(e, p.GetOccurTime()), Source: p.GetSource(),
		Campaign: ident.ID(p.GetCampaign(), "campaigns"), Partner: e.GetPartner(), Account: ident.ID(p.GetAccount(), "accounts"),
		KnownAt: happened(e, nil),
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

func (t *telling) matchChanged(e *eventv1.Event, p *eventv1.MatchChanged) error {
	match := store.Match{Lead: ident.ID(p.GetLead(), "leads"), Account: ident.ID(p.GetToAccount(), "accounts")}
	if match.Lead == "" {
		return errNameless
	}
	t.changes = append(t.changes, store.Change{KnownAt: happened(e, nil), Match: match})
	return nil
}

func (t *telling) merged(e *eventv1.Event, merge store.Merge) error {
	if merge.Survivor == "" || merge.Merged == "" {
		return errNameless
	}
	t.changes = append(t.changes, store.Change{KnownAt: happened(e, nil), Merge: merge})
	return nil
}

func (t *telling) handoffClosed(e *eventv1.Event, p *eventv1.HandoffClosed) error {
	var reached store.Handoff
	if p.GetOutcome() == routingv1.Handoff_OUTCOME_SQL {
		reached.SQL = told(e, p.GetCloseTime())
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
		KnownAt: store.Earlier(known.KnownAt, happened(e, nil)),
		MQL:     known.MQL.Or(reached.MQL),
		SAL:     known.SAL.Or(reached.SAL),
		SQL:     known.SQL.Or(reached.SQL),
	}
	return nil
}

// activity takes in what became of something that was done with a handoff.
func (t *telling) activity(e *eventv1.Event, name string, news store.Activity) error {
	ids := ident.Parse(name, "handoffs", "activities")
	if ids[1] == "" {
		return errNameless
	}
	known := t.activities[name]
	t.activities[name] = store.Activity{
		Handoff: ids[0], ID: ids[1], OccurredAt: store.Earlier(known.OccurredAt, news.OccurredAt), Sales: store.Earlier(known.Sales, news.Sales),
		Flagged: store.Earlier(known.Flagged, news.Flagged), Counts: store.Earlier(known.Counts, news.Counts),
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

// told is when something happened, known since the event was told.
func told(e *eventv1.Event, at *timestamppb.Timestamp) store.Told {
	return store.Told{At: happened(e, at), KnownAt: happened(e, nil)}
}

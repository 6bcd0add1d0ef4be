package eventlog

import (
	"fmt"
	"slices"

	"google.golang.org/protobuf/reflect/protoreflect"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
)

// The services of the suite, as they appear in events.
const (
	Playbook    = "playbook"
	Scoring     = "scoring"
	Routing     = "routing"
	SLA         = "sla"
	Feedback    = "feedback"
	Attribution = "attribution"
	Journey     = "journey"
)

// Services lists all services. The order is fixed: a service's place is its bit in stored destinations, and the order
// in which a rehearsal drains their logs.
var services = []string{Playbook, Scoring, Routing, SLA, Feedback, Attribution, Journey}

// Services lists the services of the suite in their fixed order.
func Services() []string { return slices.Clone(services) }

// subscribers says which services hear of an event, by the name of its payload's field. The journey service hears of
// everything and is not named.
var subscribers = map[protoreflect.Name][]string{
	"playbook_activated": {Scoring, Routing, SLA, Feedback, Attribution},
	"playbook_refused":   {Feedback},
	"review_due":         {},

	"lead_created":         {Attribution},
	"engagement_recorded":  {Attribution},
	"lead_qualified":       {Routing, SLA, Attribution},
	"lead_context_changed": {Routing},
	"lead_disqualified":    {Routing, Attribution},
	"match_changed":        {Routing, Attribution},
	"lead_merged":          {Routing, SLA, Feedback, Attribution},
	"lead_unmerged":        {Routing, SLA, Feedback, Attribution},

	"handoff_opened":       {SLA, Feedback, Attribution},
	"handoff_held":         {SLA, Feedback, Attribution},
	"handoff_assigned":     {SLA, Feedback, Attribution},
	"handoff_kept":         {},
	"nurture_enrolled":     {},
	"handoff_tier_changed": {SLA, Feedback, Attribution},
	"handoff_accepted":     {SLA, Feedback, Attribution},
	"handoff_rejected":     {SLA, Feedback, Attribution},
	"handoff_declined":     {SLA, Feedback, Attribution},
	"handoff_closed":       {SLA, Feedback, Attribution, Scoring},
	"cover_started":        {SLA},
	"cover_ended":          {SLA},

	"clock_at_risk":       {},
	"clock_met":           {},
	"clock_breached":      {},
	"breach_retracted":    {},
	"clocks_paused":       {},
	"clocks_resumed":      {},
	"activity_recorded":   {Feedback, Attribution},
	"activity_flagged":    {Attribution},
	"activity_confirmed":  {Attribution},
	"first_touch_made":    {Feedback},
	"calendar_changed":    {Routing},
	"sla_period_closed":   {},
	"escalation_reached":  {Routing},
	"verdict_recorded":    {Attribution, Scoring},
	"dispute_opened":      {},
	"dispute_resolved":    {Routing, Attribution, Scoring},
	"pattern_found":       {Playbook},
	"quality_dropped":     {Playbook},
	"report_published":    {},
	"opportunity_created": {Scoring, Routing, SLA},
	"opportunity_changed": {Scoring, Routing, SLA},
	"opportunity_closed":  {Scoring, Routing, SLA},
	"funnel_slipped":      {Playbook},

	"recalibration_proposed": {},

	"resource_changed": {},

	"account_surged":       {Routing},
	"meeting_added":        {Routing, Feedback},
	"account_alert_raised": {},
}

// kinds is what an event's payload says about its way, worked out once.
type kind struct {
	number       protoreflect.FieldNumber
	name         protoreflect.Name
	destinations int64
}

// kinds are the kinds of events by the number of their payload's field.
type kinds map[protoreflect.FieldNumber]kind

// newKinds reads the payloads of Event and the table of subscribers, and makes sure that they agree.
func newKinds() (kinds, error) {
	payloads := (&eventv1.Event{}).ProtoReflect().Descriptor().Oneofs().ByName("payload").Fields()
	all := make(kinds, payloads.Len())
	for i := range payloads.Len() {
		f := payloads.Get(i)
		to, ok := subscribers[f.Name()]
		if !ok {
			return nil, fmt.Errorf("event %s has no subscribers listed", f.Name())
		}
		mask := bit(Journey)
		for _, s := range to {
			mask |= bit(s)
		}
		all[f.Number()] = kind{number: f.Number(), name: f.Name(), destinations: mask}
	}
	if len(all) != len(subscribers) {
		return nil, fmt.Errorf("%d events have subscribers listed, but there are %d kinds", len(subscribers), len(all))
	}
	return all, nil
}

// of finds the kind of an event.
func (k kinds) of(e *eventv1.Event) (kind, error) {
	m := e.ProtoReflect()
	f := m.WhichOneof(m.Descriptor().Oneofs().ByName("payload"))
	if f == nil {
		return kind{}, fmt.Errorf("event about %q has no payload", e.GetSubject())
	}
	return k[f.Number()], nil
}

// bit is a service's bit in destinations.
func bit(service string) int64 {
	return 1 << slices.Index(services, service)
}

package routing_test

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

func pool(id string) *playbookv1.Destination {
	return &playbookv1.Destination{To: &playbookv1.Destination_Pool{Pool: id}}
}

func ownerOrPool(id string) *playbookv1.Destination {
	return &playbookv1.Destination{To: &playbookv1.Destination_OwnerOrPool{OwnerOrPool: id}}
}

func disqualify() *playbookv1.Destination {
	return &playbookv1.Destination{To: &playbookv1.Destination_Disqualify{Disqualify: true}}
}

// example is the playbook that the tests route by: its first two rules are for open opportunities and customers.
func example() *playbookv1.Document {
	high, medium := playbookv1.IntentLevel_INTENT_LEVEL_HIGH, playbookv1.IntentLevel_INTENT_LEVEL_MEDIUM
	return &playbookv1.Document{
		Playbook: "acme",
		Sla:      &playbookv1.SlaPolicy{Calendar: "office"},
		Routing: &playbookv1.RoutingPolicy{
			Tiers: map[string]*playbookv1.TierRule{
				"T1": {Target: proto.Bool(true), Intent: []playbookv1.IntentLevel{high}, Assign: ownerOrPool("enterprise")},
				"T2": {Target: proto.Bool(true), Intent: []playbookv1.IntentLevel{medium}, Assign: ownerOrPool("enterprise"), Nurture: "abm-warm"},
				"T3": {Target: proto.Bool(false), Intent: []playbookv1.IntentLevel{high}, Assign: pool("velocity")},
			},
			FirstMatch: []*playbookv1.RoutingRule{
				{When: "account.has_open_opportunity", To: &playbookv1.Destination{To: &playbookv1.Destination_OpportunityOwner{OpportunityOwner: true}}},
				{When: "account.is_customer", To: &playbookv1.Destination{To: &playbookv1.Destination_Queue{Queue: "customer-success"}}},
			},
			HeldLadder: []playbookv1.HeldStep{playbookv1.HeldStep_HELD_STEP_OVERFLOW, playbookv1.HeldStep_HELD_STEP_STAY_HELD},
		},
	}
}

// lead is a qualified lead off the target account list with high intent, which the playbook sends to the velocity pool.
func (b *bundle) lead(changes ...func(*eventv1.LeadQualified)) *eventv1.Event {
	return b.leadAt(b.Clock.Now(), changes...)
}

func (b *bundle) leadAt(now time.Time, changes ...func(*eventv1.LeadQualified)) *eventv1.Event {
	b.leads++
	n := b.leads
	q := &eventv1.LeadQualified{
		Handoff: fmt.Sprintf("handoffs/%032x", n), Lead: fmt.Sprintf("leads/%032x", 0x1000+n), Cycle: 1,
		MqlTime: timestamppb.New(now),
		Context: &scoringv1.LeadContext{Source: "web", SourceId: fmt.Sprint("s", n), Campaign: "spring",
			Intent: playbookv1.IntentLevel_INTENT_LEVEL_HIGH, Account: &scoringv1.AccountContext{}},
	}
	for _, change := range changes {
		change(q)
	}
	return &eventv1.Event{Handoff: q.GetHandoff(), Lead: q.GetLead(), Key: q.GetLead(), Playbook: "playbooks/1",
		Payload: &eventv1.Event_LeadQualified{LeadQualified: q}}
}

func target(q *eventv1.LeadQualified) { q.Context.Account.Target = true }

func mediumIntent(q *eventv1.LeadQualified) {
	q.Context.Intent = playbookv1.IntentLevel_INTENT_LEVEL_MEDIUM
}

func lowIntent(q *eventv1.LeadQualified) {
	q.Context.Intent = playbookv1.IntentLevel_INTENT_LEVEL_LOW
}

func ownedBy(rep string) func(*eventv1.LeadQualified) {
	return func(q *eventv1.LeadQualified) { q.Context.Account.Owner = "reps/" + rep }
}

// dealOf says that the account has an open opportunity of a rep, for whom the playbook's first rule waits.
func dealOf(rep string) func(*eventv1.LeadQualified) {
	return func(q *eventv1.LeadQualified) {
		q.Context.Account.OpenOpportunity, q.Context.FirstMatch = true, []int32{0}
		if rep != "" {
			q.Context.Account.OpportunityOwner = "reps/" + rep
		}
	}
}

func qualifiedAt(at time.Time) func(*eventv1.LeadQualified) {
	return func(q *eventv1.LeadQualified) { q.MqlTime = timestamppb.New(at) }
}

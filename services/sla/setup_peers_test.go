package sla_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// playbooks is a playbook service. Version 2 has ladders, version 3 clocks of its own, a plan of attempts, a goal
// and a trusted system. Bursts are nothing to version 4; to 5 and 6 they are more than two in ten seconds, and count by 5;
// to 7 they are more than one.
type playbooks struct {
	playbookv1.UnimplementedPlaybookServiceServer
}

func (playbooks) GetPlaybook(_ context.Context, req *playbookv1.GetPlaybookRequest) (*playbookv1.Playbook, error) {
	doc := document()
	if req.GetName() == "playbooks/2" {
		doc.Sla.Escalate = ladders()
	}
	if req.GetName() == "playbooks/3" {
		doc = ownDocument()
	}
	switch req.GetName() {
	case "playbooks/4":
		doc.Sla.Bursts = &playbookv1.BurstPolicy{Count: new(int32(0))}
	case "playbooks/5":
		doc.Sla.Bursts = &playbookv1.BurstPolicy{Count: new(int32(2)), Within: durationpb.New(10 * time.Second), CountThem: true}
	case "playbooks/7":
		doc.Sla.Bursts = &playbookv1.BurstPolicy{Count: new(int32(1)), Within: durationpb.New(10 * time.Second)}
	case "playbooks/6":
		doc.Sla.Bursts = &playbookv1.BurstPolicy{Count: new(int32(2)), Within: durationpb.New(10 * time.Second)}
	}
	return &playbookv1.Playbook{Name: req.GetName(), Document: doc}, nil
}

// ownDocument is the playbook with what version 3 adds.
func ownDocument() *playbookv1.Document {
	doc := document()
	maps.Copy(doc.Sla.Clocks, ownClocks())
	doc.Sla.Attempts = attempts()
	doc.Sla.Clocks["reply"] = &playbookv1.ClockPolicy{Within: hours(3 * time.Hour), OnReassign: playbookv1.OnReassign_ON_REASSIGN_RESTART,
		MetBy: []playbookv1.ClockAnswer{playbookv1.ClockAnswer_CLOCK_ANSWER_REPLY}}
	doc.Sla.TrustedSources = []string{"dialer"}
	doc.Sla.Clocks["first_touch"].Goal = hours(2 * time.Hour)
	doc.Sla.Escalate = map[string]*playbookv1.EscalationLadder{"second_call": {Steps: []*playbookv1.EscalationStep{{At: 0.5, Notify: []string{"rep"}}}}}
	return doc
}

// attempts is a call within two hours of the acceptance, then a mail at least an hour later within a day.
func attempts() *playbookv1.AttemptPlan {
	return &playbookv1.AttemptPlan{Plan: []*playbookv1.Attempt{
		{Channel: playbookv1.AttemptChannel_ATTEMPT_CHANNEL_CALL, Within: hours(2 * time.Hour)},
		{Channel: playbookv1.AttemptChannel_ATTEMPT_CHANNEL_EMAIL, Within: hours(24 * time.Hour), AfterPrevious: hours(time.Hour)},
	}}
}

// ownClocks are a call within two hours of the first touch, and a mail or a message within a working day of a meeting.
func ownClocks() map[string]*playbookv1.ClockPolicy {
	return map[string]*playbookv1.ClockPolicy{
		"second_call": {Within: hours(2 * time.Hour), From: playbookv1.ClockAnchor_CLOCK_ANCHOR_FIRST_TOUCH,
			MetBy:       []playbookv1.ClockAnswer{playbookv1.ClockAnswer_CLOCK_ANSWER_CALL_ATTEMPT},
			CancelledBy: []playbookv1.HandoffEnd{playbookv1.HandoffEnd_HANDOFF_END_REJECT}},
		"follow_up": {Within: hours(8 * time.Hour), Unit: playbookv1.TimeUnit_TIME_UNIT_BUSINESS, From: playbookv1.ClockAnchor_CLOCK_ANCHOR_MEETING_HELD,
			MetBy: []playbookv1.ClockAnswer{playbookv1.ClockAnswer_CLOCK_ANSWER_EMAIL, playbookv1.ClockAnswer_CLOCK_ANSWER_MESSAGE}},
	}
}

// routing is a routing service with a few reps. A rep sees the handoffs that they have.
type routing struct {
	routingv1.UnimplementedRoutingServiceServer
	handoffs map[string]*routingv1.Handoff
	reps     map[string]*routingv1.Rep
}

func (r *routing) GetHandoff(ctx context.Context, req *routingv1.GetHandoffRequest) (*routingv1.Handoff, error) {
	h, ok := r.handoffs[req.GetName()]
	caller := auth.ActorFrom(ctx)
	rep := auth.Has(caller, accessv1.Role_ROLE_SALES_REP) && len(caller.GetRoles()) == 1
	if !ok || rep && h.GetRep() != "reps/"+caller.GetSubject() {
		return nil, fault.Missing(req.GetName())
	}
	return h, nil
}

func (r *routing) GetRep(_ context.Context, req *routingv1.GetRepRequest) (*routingv1.Rep, error) {
	if rep, ok := r.reps[req.GetName()]; ok {
		return rep, nil
	}
	return nil, fault.Missing(req.GetName())
}

// ListReps gives one rep a page.
func (r *routing) ListReps(_ context.Context, req *routingv1.ListRepsRequest) (*routingv1.ListRepsResponse, error) {
	names := slices.Sorted(maps.Keys(r.reps))
	i := len(req.GetPageToken())
	resp := &routingv1.ListRepsResponse{Reps: []*routingv1.Rep{r.reps[names[i]]}}
	if i+1 < len(names) {
		resp.NextPageToken = strings.Repeat("x", i+1)
	}
	return resp, nil
}

// document is a playbook: five minutes to assign, four working hours to accept, four hours to touch in T1 and a day
// otherwise, five working days to dispose, thirty days to a demo in T2.
func document() *playbookv1.Document {
	return &playbookv1.Document{Playbook: "acme", Sla: &playbookv1.SlaPolicy{
		Calendar: "us",
		Clocks: map[string]*playbookv1.ClockPolicy{
			"assign": {Within: hours(5 * time.Minute)},
			"accept": {Within: hours(4 * time.Hour), Unit: playbookv1.TimeUnit_TIME_UNIT_BUSINESS},
			"first_touch": {Within: hours(24 * time.Hour), From: playbookv1.ClockAnchor_CLOCK_ANCHOR_MQL,
				Tiers: map[string]*playbookv1.TierClock{"T1": {Within: hours(4 * time.Hour)}}},
			"disposition": {Within: &playbookv1.Budget{Amount: &playbookv1.Budget_Days{Days: 5}}, Unit: playbookv1.TimeUnit_TIME_UNIT_BUSINESS},
			"demo_booked": {Within: &playbookv1.Budget{Amount: &playbookv1.Budget_Days{Days: 30}}, Only: []string{"T2"}},
		},
		Commitments: &playbookv1.Commitments{
			Marketing: &playbookv1.MarketingCommitments{MqlVolume: &playbookv1.Volume{PerMonth: 3}, CriteriaMet: &playbookv1.Promise{Share: 0.95}, ContextComplete: &playbookv1.Promise{Share: 0.98}},
			Sales:     &playbookv1.SalesCommitments{FirstTouchInTime: &playbookv1.Promise{Share: 0.9}, DispositionComplete: &playbookv1.Promise{Share: 0.98}},
		},
	}}
}

// ladders have the rep told at half the time to accept, the manager when it is over, the handoff passed on after half as much
// again, and the rep taken offline after twice the time; and marketing's lead told of a lead that nobody touches.
func ladders() map[string]*playbookv1.EscalationLadder {
	return map[string]*playbookv1.EscalationLadder{
		"accept": {Steps: []*playbookv1.EscalationStep{
			{At: 0.5, Notify: []string{"rep"}},
			{At: 1, Notify: []string{"manager", "rep"}},
			{At: 1.5, Notify: []string{"manager"}, Do: playbookv1.EscalationAction_ESCALATION_ACTION_REASSIGN},
			{At: 2, Do: playbookv1.EscalationAction_ESCALATION_ACTION_TAKE_OFFLINE}}},
		"first_touch": {Steps: []*playbookv1.EscalationStep{{At: 0.75, Notify: []string{"marketing_lead"}}}},
	}
}

func hours(d time.Duration) *playbookv1.Budget {
	return &playbookv1.Budget{Amount: &playbookv1.Budget_Time{Time: durationpb.New(d)}}
}

// office is nine to five on weekdays.
func office(zone string) *slav1.Calendar {
	day := &slav1.DayHours{Intervals: []*slav1.Interval{{Open: "09:00", Close: "17:00"}}}
	return &slav1.Calendar{TimeZone: zone, Hours: map[string]*slav1.DayHours{"mon": day, "tue": day, "wed": day, "thu": day, "fri": day}}
}

package routing_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

const (
	passOn  = playbookv1.EscalationAction_ESCALATION_ACTION_REASSIGN
	offline = playbookv1.EscalationAction_ESCALATION_ACTION_TAKE_OFFLINE
)

// reached is what SLA tells when nobody accepted an assignment in time.
func reached(name string, assignment int32, do playbookv1.EscalationAction) *eventv1.Event {
	return &eventv1.Event{Handoff: name, Payload: &eventv1.Event_EscalationReached{EscalationReached: &eventv1.EscalationReached{
		Clock: &eventv1.ClockRef{Clock: name + "/clocks/accept-1", Kind: "accept", Run: assignment}, Handoff: name, Assignment: assignment,
		Step: 3, Share: 1.5, Action: do}}}
}

// TestASilentRepLosesTheHandoff: it goes to whoever is next, who is told why, and the turn comes back.
func TestASilentRepLosesTheHandoff(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name, first, second := duo(t, b)
		b.Tell(t, eventlog.SLA, reached(name, 1, passOn))
		if got := b.assignedTo(t, name, second); got != 2 {
			t.Errorf("got assignment %d", got)
		}
		told := lastTold[*eventv1.HandoffAssigned](t, b, "handoff_assigned")
		if told.GetPreviousRep() != "reps/"+first || told.GetReassignReason() != routingv1.ReassignReason_REASSIGN_REASON_BREACH {
			t.Errorf("told %v", told)
		}
		if diff := cmp.Diff(map[string]int64{first: 0, second: 1}, b.turns(t, "velocity")); diff != "" {
			t.Errorf("turns (-want +got):\n%s", diff)
		}
		if _, err := b.answer(as(t, first), name, 1, routingv1.Step_STEP_ACCEPT); refusalOf(err).reason != "ASSIGNMENT_SUPERSEDED" {
			t.Errorf("who was silent got %v", err)
		}
		rep, err := b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/" + first})
		if err != nil || !rep.GetActive() || rep.GetOffline() != nil {
			t.Errorf("got %v, %v", rep, err)
		}
		b.advanced(t, second, name, 2, routingv1.Step_STEP_ACCEPT)
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestAStepThatComesTooLateDoesNothing: the rep accepted, declined, or somebody passed the handoff on; nothing is told, and
// nothing is parked.
func TestAStepThatComesTooLateDoesNothing(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, id := range []string{"ann", "bob", "cat"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann", "bob", "cat")
		accepted, declined, passed, unknown := b.qualify(t), b.qualify(t), b.qualify(t), "handoffs/ffffffffffffffffffffffffffffffff"
		b.advanced(t, b.handoff(t, accepted).GetRep()[len("reps/"):], accepted, 1, routingv1.Step_STEP_ACCEPT)
		b.advanced(t, b.handoff(t, declined).GetRep()[len("reps/"):], declined, 1, routingv1.Step_STEP_DECLINE)
		if _, err := b.reassign(t, passed, 1, ""); err != nil {
			t.Fatal(err)
		}
		names := []string{accepted, declined, passed}
		var before []*routingv1.Handoff
		for _, name := range names {
			before = append(before, b.handoff(t, name))
		}
		told := len(b.Told(t))
		for _, name := range append(names, unknown) {
			for _, action := range []playbookv1.EscalationAction{passOn, offline, 0, 99} {
				b.Tell(t, eventlog.SLA, reached(name, 1, action))
			}
		}
		for i, name := range names {
			if diff := cmp.Diff(before[i], b.handoff(t, name), protocmp.Transform()); diff != "" {
				t.Errorf("%s (-before +after):\n%s", name, diff)
			}
		}
		if got := len(b.Told(t)); got != told {
			t.Errorf("%d events were told", got-told)
		}
		b.checkBooks(t)
	})
}

// TestWithoutAnybodyElseItStaysAndThatIsTold: first because the only colleague was silent before, then because nobody is there.
func TestWithoutAnybodyElseItStaysAndThatIsTold(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name, first, second := duo(t, b)
		b.Tell(t, eventlog.SLA, reached(name, 1, passOn))
		b.Tell(t, eventlog.SLA, reached(name, 2, passOn))
		b.assignedTo(t, name, second)
		want := &eventv1.HandoffKept{Handoff: name, Assignment: 2, Rep: "reps/" + second, ReassignReason: routingv1.ReassignReason_REASSIGN_REASON_BREACH,
			Reason: routingv1.Hold_REASON_EVERYBODY_DECLINED}
		if diff := cmp.Diff(want, lastTold[*eventv1.HandoffKept](t, b, "handoff_kept"), protocmp.Transform()); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		decisions := b.route(t, name).GetDecisions()
		stays := decisions[len(decisions)-1]
		if stays.GetRep() != "reps/"+second || stays.GetAssignment() != 2 || stays.GetReassignReason() != routingv1.ReassignReason_REASSIGN_REASON_BREACH ||
			!strings.Contains(stays.GetSentence(), "it stays with "+second+", because nobody else could take it") {
			t.Errorf("explained: %v", stays)
		}
		b.updateRep(t, &routingv1.Rep{Name: "reps/" + first, Active: proto.Bool(false)}, "active")
		other := b.qualify(t)
		b.Tell(t, eventlog.SLA, reached(other, 1, passOn))
		b.assignedTo(t, other, second)
		b.advanced(t, second, name, 2, routingv1.Step_STEP_ACCEPT)
		var seqs []int64
		for _, e := range b.Told(t) {
			if e.GetKey() == name {
				seqs = append(seqs, e.GetSeq())
			}
		}
		if diff := cmp.Diff([]int64{1, 2, 3, 4, 5}, seqs); diff != "" {
			t.Errorf("the events about it are numbered (-want +got):\n%s", diff)
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestASilentRepIsTakenOffline: they get nothing more, what waits for their answer goes to others or is held, what they accepted
// stays theirs, the audit says why, and they come back when somebody says so.
func TestASilentRepIsTakenOffline(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob", maxOpen(2))
		b.pool(t, "velocity", "ann", "bob")
		var anns []string
		for len(anns) < 4 { // bob is full after two
			if name := b.qualify(t); b.handoff(t, name).GetRep() == "reps/ann" {
				anns = append(anns, name)
			}
		}
		bobs := b.openHandoffs(t, "bob")
		b.advanced(t, "bob", bobs[0], 1, routingv1.Step_STEP_RECYCLE)
		b.advanced(t, "ann", anns[0], 1, routingv1.Step_STEP_ACCEPT)
		b.Tell(t, eventlog.SLA, reached(anns[2], 1, offline))

		rep, err := b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/ann"})
		if err != nil {
			t.Fatal(err)
		}
		want := &routingv1.Offline{OfflineTime: timestamppb.New(b.Clock.Now()), Cause: anns[2] + "/clocks/accept-1", Handoff: anns[2]}
		if diff := cmp.Diff(want, rep.GetOffline(), protocmp.Transform()); diff != "" || rep.GetActive() || rep.GetOpenCount() != 1 {
			t.Errorf("ann is %v (-want +got):\n%s", rep, diff)
		}
		audit := lastTold[*eventv1.ResourceChanged](t, b, "resource_changed")
		if audit.GetMethod() != "TakeOffline" || audit.GetResource() != "reps/ann" {
			t.Errorf("audit %v", audit)
		}
		if h := b.handoff(t, anns[0]); h.GetState() != routingv1.Handoff_STATE_ACCEPTED || h.GetRep() != "reps/ann" {
			t.Errorf("what ann accepted is %v of %s", h.GetState(), h.GetRep())
		}
		b.assignedTo(t, anns[2], "bob") // who has room for one
		told := lastTold[*eventv1.HandoffAssigned](t, b, "handoff_assigned")
		if told.GetPreviousRep() != "reps/ann" || told.GetReassignReason() != routingv1.ReassignReason_REASSIGN_REASON_OFFLINE {
			t.Errorf("told %v", told)
		}
		b.heldFor(t, anns[1], routingv1.Hold_REASON_EVERYBODY_AT_CAP)
		b.heldFor(t, anns[3], routingv1.Hold_REASON_EVERYBODY_AT_CAP)
		decisions := b.route(t, anns[1]).GetDecisions()
		why := decisions[len(decisions)-1]
		if why.GetReassignReason() != routingv1.ReassignReason_REASSIGN_REASON_OFFLINE ||
			!slices.ContainsFunc(why.GetRungs()[0].GetCandidates(), func(c *routingv1.RouteCandidate) bool {
				return c.GetRep() == "reps/ann" && c.GetVerdict() == routingv1.RouteCandidate_VERDICT_OFFLINE
			}) {
			t.Errorf("it is explained by %v", why)
		}
		for rep, shown := range map[string]bool{"ann": true, "bob": false} {
			seen, err := b.client.GetRep(as(t, rep), &routingv1.GetRepRequest{Name: "reps/ann"})
			list, err2 := b.client.ListReps(as(t, rep), &routingv1.ListRepsRequest{})
			if err != nil || err2 != nil || (seen.GetOffline() != nil) != shown || (list.GetReps()[0].GetOffline() != nil) != shown || seen.GetActive() {
				t.Errorf("%s sees %v, %v, %v", rep, seen, err, err2)
			}
		}
		b.checkBooks(t)
		b.checkLedgers(t)

		b.updateRep(t, &routingv1.Rep{Name: "reps/ann", Team: "east"}, "team")
		if rep, err = b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/ann"}); err != nil || rep.GetOffline() == nil {
			t.Errorf("another change brought ann back: %v, %v", rep, err)
		}
		b.updateRep(t, &routingv1.Rep{Name: "reps/ann", Active: proto.Bool(true)}, "active")
		if rep, err = b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/ann"}); err != nil || rep.GetOffline() != nil || !rep.GetActive() {
			t.Errorf("ann is not back: %v, %v", rep, err)
		}
		b.assignedTo(t, anns[1], "ann") // who is back is served at once
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// openHandoffs are the handoffs that a rep has, the newest first.
func (b *bundle) openHandoffs(t *testing.T, rep string) []string {
	t.Helper()
	resp, err := b.client.ListHandoffs(revops(t), &routingv1.ListHandoffsRequest{Rep: "reps/" + rep})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, h := range resp.GetHandoffs() {
		if h.GetState() != routingv1.Handoff_STATE_CLOSED {
			names = append(names, h.GetName())
		}
	}
	return names
}

// TestStepsOfOneDeliveryComeInTheirOrder: two silent reps of one pool, of whom one is taken offline, and a calendar between.
func TestStepsOfOneDeliveryComeInTheirOrder(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, id := range []string{"ann", "bob", "cat"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann", "bob", "cat")
		one, two, three := b.qualify(t), b.qualify(t), b.qualify(t)
		silent := b.handoff(t, one).GetRep()[len("reps/"):]
		spare := b.handoff(t, three).GetRep()[len("reps/"):]
		c := office()
		changed := &eventv1.Event{Key: c.GetName(), Subject: c.GetName(),
			Payload: &eventv1.Event_CalendarChanged{CalendarChanged: &eventv1.CalendarChanged{Calendar: c}}}
		b.Tell(t, eventlog.SLA, reached(one, 1, offline), changed, reached(two, 1, passOn), reached(one, 1, passOn))
		for _, name := range []string{one, two} {
			if h := b.handoff(t, name); h.GetAssignment() != 2 || h.GetRep() == "reps/"+silent {
				t.Errorf("%s: %v of %s", name, h.GetAssignment(), h.GetRep())
			}
		}
		if h := b.handoff(t, two); h.GetRep() != "reps/"+spare {
			t.Errorf("the second went to %s", h.GetRep())
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestAnOpportunityOwnerWhoIsSilentMakesWayForThePool: as if they had refused.
func TestAnOpportunityOwnerWhoIsSilentMakesWayForThePool(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "olga")
		b.rep(t, "ann")
		b.pool(t, "velocity", "ann")
		name := b.qualify(t, dealOf("olga"))
		b.assignedTo(t, name, "olga")
		b.Clock.Set(roomtest.Start.Add(6 * time.Hour))
		b.Tell(t, eventlog.SLA, reached(name, 1, passOn))
		b.assignedTo(t, name, "ann")
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestARepWhoWasInactiveBeforeIsNotCalledOffline: somebody took them out by hand, and puts them back by hand.
func TestARepWhoWasInactiveBeforeIsNotCalledOffline(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		doc := example()
		doc.Routing.Absence = &playbookv1.AbsencePolicy{Unaccepted: playbookv1.UnacceptedHandoffs_UNACCEPTED_HANDOFFS_KEEP}
		b.activate(t, 1, doc)
		name, first, second := duo(t, b)
		b.updateRep(t, &routingv1.Rep{Name: "reps/" + first, Active: proto.Bool(false)}, "active")
		b.Tell(t, eventlog.SLA, reached(name, 1, offline))
		b.assignedTo(t, name, second)
		rep, err := b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/" + first})
		if err != nil || rep.GetOffline() != nil {
			t.Errorf("got %v, %v", rep, err)
		}
		methods := b.methods(t)
		if slices.Contains(methods, "TakeOffline") {
			t.Errorf("audit: %v", methods)
		}
	})
}

// methods are what the audit says was done.
func (b *bundle) methods(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, e := range b.Told(t) {
		if c := e.GetResourceChanged(); c != nil {
			all = append(all, c.GetMethod())
		}
	}
	return all
}

// TestTheAuditOfARepTakenOfflineNamesNobody but the suite as who did it.
func TestTheAuditOfARepTakenOfflineNamesNobody(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann", func(r *routingv1.Rep) { r.DisplayName = "Ann Example" })
		b.pool(t, "velocity", "ann")
		name := b.qualify(t)
		b.Tell(t, eventlog.SLA, reached(name, 1, offline))
		for _, e := range b.Told(t) {
			c := e.GetResourceChanged()
			if c.GetMethod() != "TakeOffline" {
				continue
			}
			after := &routingv1.Rep{}
			if err := c.GetAfter().UnmarshalTo(after); err != nil {
				t.Fatal(err)
			}
			if after.GetDisplayName() != "" || after.GetOffline().GetHandoff() != name || e.GetActor() != auth.Principal(auth.Service(eventlog.SLA)) {
				t.Errorf("%v by %s", after, e.GetActor())
			}
		}
		b.heldFor(t, name, routingv1.Hold_REASON_NOBODY_AVAILABLE)
	})
}

// TestAPlaybookCanLeaveTheRestWithWhoIsOffline: what they were silent on goes to somebody else all the same.
func TestAPlaybookCanLeaveTheRestWithWhoIsOffline(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		doc := example()
		doc.Routing.Absence = &playbookv1.AbsencePolicy{Unaccepted: playbookv1.UnacceptedHandoffs_UNACCEPTED_HANDOFFS_KEEP}
		b.activate(t, 1, doc)
		b.rep(t, "ann")
		b.pool(t, "velocity", "ann")
		one, two := b.qualify(t), b.qualify(t)
		b.rep(t, "bob")
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/ann"}, {Rep: "reps/bob"}}}, "members")
		b.Tell(t, eventlog.SLA, reached(two, 1, offline))
		b.assignedTo(t, one, "ann")
		b.assignedTo(t, two, "bob")
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

// TestWhoStandsInAndIsSilentIsTakenOffline, and not the rep who is away; what waited for their answer goes on.
func TestWhoStandsInAndIsSilentIsTakenOffline(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		for _, id := range []string{"ann", "zoe"} {
			b.rep(t, id)
		}
		b.pool(t, "velocity", "ann")
		name := b.qualify(t)
		b.leave(t, "ann", "zoe", b.Clock.Now(), b.Clock.Now().Add(time.Hour)) // too short for it to be passed on
		b.rep(t, "bob")
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/ann"}, {Rep: "reps/bob"}}}, "members")
		b.Tell(t, eventlog.SLA, reached(name, 1, offline))
		b.assignedTo(t, name, "bob")
		for rep, active := range map[string]bool{"ann": true, "zoe": false} {
			got, err := b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/" + rep})
			if err != nil || got.GetActive() != active || (got.GetOffline() != nil) == active {
				t.Errorf("%s is %v, %v", rep, got, err)
			}
		}
		b.checkBooks(t)
		b.checkLedgers(t)
	})
}

package routing_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/routing"
)

// TestWhatIsUndoneCostsNobodyATurn delivers leads with one among them that cannot be applied, so that all of it is undone
// and done again without that one; and then delivers them a second time.
func TestWhatIsUndoneCostsNobodyATurn(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.pool(t, "velocity", "ann", "bob")
		good := []*eventv1.Event{b.lead(), b.lead(), b.lead(), b.lead()}
		bad := b.lead()
		bad.Playbook = "no playbook at all"
		for range 2 {
			deliver(t, b.service, eventlog.Scoring, good[0], good[1], bad, good[2], good[3])
		}
		ledger := b.ledger(t, "velocity")
		if got := ledger.GetDecisionCount(); got != 4 {
			t.Errorf("got %d decisions", got)
		}
		for _, a := range ledger.GetAccounts() {
			if a.GetAssignedCount() != 2 || a.GetDeficitNanos() != 0 {
				t.Errorf("%s: got %d leads, deficit %d", a.GetRep(), a.GetAssignedCount(), a.GetDeficitNanos())
			}
		}
		for _, e := range good {
			if diff := cmp.Diff([]string{"handoff_opened", "handoff_assigned"}, b.toldOf(t, e.GetHandoff())); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		}
		b.checkBooks(t)
	})
}

func TestAHandoffIsOpenedOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "ann")
		b.rep(t, "bob")
		b.pool(t, "velocity", "ann", "bob")
		lead := b.lead()
		b.Tell(t, eventlog.Scoring, lead, lead)
		before := b.handoff(t, lead.GetHandoff())
		b.Tell(t, eventlog.Scoring, lead)
		if diff := cmp.Diff(before, b.handoff(t, lead.GetHandoff()), protocmp.Transform()); diff != "" {
			t.Errorf("(-before +after):\n%s", diff)
		}
		if diff := cmp.Diff([]string{"handoff_opened", "handoff_assigned"}, b.toldOf(t, lead.GetHandoff())); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

// TestTheOrderOfSendersMakesNoDifference lets the events of three senders come in any order that keeps each sender's own.
// Whether somebody had a lead before it was withdrawn, or before it rose to the tier of another pool, is a matter of when
// the calendar came; what becomes of it is not.
func TestTheOrderOfSendersMakesNoDifference(t *testing.T) {
	t.Parallel()
	migrations, err := routing.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	run := func(next func(left []int) int) map[string]*routingv1.Handoff {
		b := bare(t, sqldbtest.SQLite(t, migrations), archive{doc: example()})
		b.rep(t, "vic")
		b.rep(t, "olga")
		b.pool(t, "enterprise", "vic")
		b.pool(t, "velocity", "vic")
		leads := []*eventv1.Event{b.lead(), b.lead(target), b.lead(target, mediumIntent, ownedBy("olga")), b.lead(lowIntent),
			b.lead(dealOf("olga")), b.lead(), b.lead(target), b.lead(), b.lead(ownedDeal("olga"), motion(deal)),
			b.lead(target, meets(rubric(geography, failed, ""))), b.lead(lowIntent, target, meets(allPassed()))}
		senders := [][]func(){
			{func() { b.activate(t, 1, example()) }},
			{
				func() { b.calendar(t, hours("office", "UTC", "03:00", "04:00", wholeWeek...)) }, // closed now
				func() { b.calendar(t, hours("night", "UTC", "03:00", "04:00", wholeWeek...)) },
				func() { b.calendar(t, office()) },
			},
			{
				func() { b.Tell(t, eventlog.Scoring, leads[:5]...) },
				func() { b.Tell(t, eventlog.Scoring, moreContext(leads[0], target), disqualified(leads[1])) },
				func() { b.Tell(t, eventlog.Scoring, merged(leads[5], survivor)) },
				func() { b.Tell(t, eventlog.Scoring, leads[5:]...) },
				func() {
					b.Tell(t, eventlog.Scoring, merged(leads[6], survivor), moreContext(leads[7], target, mediumIntent),
						meetingAdded(leads[0], meetingOf(leads[0].GetLead()), allPassed()), moreContext(leads[9], ownedBy("olga")))
				},
			},
		}
		for {
			var left []int
			for i, events := range senders {
				if len(events) > 0 {
					left = append(left, i)
				}
			}
			if len(left) == 0 {
				break
			}
			i := next(left)
			senders[i][0]()
			senders[i] = senders[i][1:]
		}
		b.checkBooks(t)
		b.checkLedgers(t)
		state := map[string]*routingv1.Handoff{}
		for _, e := range leads {
			h := b.handoff(t, e.GetHandoff())
			if h.GetState() == routingv1.Handoff_STATE_CLOSED {
				h.Rep = ""
			}
			state[h.GetName()] = h
		}
		return state
	}
	byTheWay := protocmp.IgnoreFields(&routingv1.Handoff{}, "etag", "pool", "assignment", "assign_time")
	want := run(func(left []int) int { return left[0] })
	rapid.Check(t, func(rt *rapid.T) {
		got := run(func(left []int) int { return rapid.SampledFrom(left).Draw(rt, "sender") })
		if diff := cmp.Diff(want, got, protocmp.Transform(), byTheWay); diff != "" {
			rt.Fatalf("(-playbook and calendars first +drawn):\n%s", diff)
		}
	})
}

// TestTwoWeeks lets leads come day and night to reps in three time zones, who have days off. Nobody gets one while away,
// and in the end nobody waits.
func TestTwoWeeks(t *testing.T) {
	t.Parallel()
	m := newMachine(t)
	m.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/ann"}, {Rep: "reps/bob"}, {Rep: "reps/cat"}}}, "members")
	m.updateRep(t, &routingv1.Rep{Name: "reps/bob"}, "max_open")
	m.perDay, m.perWeek, m.inTwoDays = 20, 100, 30
	m.updateRep(t, &routingv1.Rep{Name: "reps/cat", MaxPerDay: proto.Int32(20), MaxPerWeek: proto.Int32(100)}, "max_per_day", "max_per_week")
	m.updateRep(t, &routingv1.Rep{Name: "reps/dan", RollingCap: &routingv1.RollingCap{Days: 2, Max: 30}}, "max_open", "rolling_cap")
	start := m.Clock.Now()
	for i, id := range crew {
		from := start.Add(time.Duration(i) * 50 * time.Hour)
		m.absent(t, id, from, from.Add(36*time.Hour))
		m.absences[id] = append(m.absences[id], &routingv1.Absence{StartTime: timestamppb.New(from), EndTime: timestamppb.New(from.Add(36 * time.Hour))})
	}
	const every = 47 * time.Minute
	for at := start; at.Before(start.Add(14 * 24 * time.Hour)); at = at.Add(every) {
		m.advanceTo(t, at)
		if m.leads = append(m.leads, m.lead()); len(m.leads)%3 == 0 {
			m.leads[len(m.leads)-1] = m.lead(target)
		}
		m.Tell(t, eventlog.Scoring, m.leads[len(m.leads)-1])
	}
	m.advanceTo(t, start.Add(18*24*time.Hour))
	m.checkAssignees(t)
	m.checkBooks(t)
	m.checkLedgers(t)
	for _, e := range m.leads {
		if h := m.handoff(t, e.GetHandoff()); h.GetState() != routingv1.Handoff_STATE_ASSIGNED {
			t.Errorf("%s is %v: %v", h.GetName(), h.GetState(), h.GetHold())
		}
	}
}

package attribution_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

const aDay = 24 * time.Hour

// watchful is a playbook that looks at windows of ten days with four cases.
func watchful() *playbookv1.Document {
	return &playbookv1.Document{Review: &playbookv1.ReviewPolicy{Window: durationpb.New(10 * aDay), MinCases: proto.Int32(4)}}
}

// tomorrow is when the funnel is looked at for the first time after an activation at the start.
var tomorrow = roomtest.Start.Add(aDay)

// look has the funnel looked at.
func (b *bundle) look(t *testing.T, at time.Time) {
	t.Helper()
	b.Clock.Set(at)
	if err := b.service.Fire(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// slips are the falls that were told.
func (b *bundle) slips(t *testing.T) []*eventv1.FunnelSlipped {
	t.Helper()
	var all []*eventv1.FunnelSlipped
	for _, e := range b.Told(t) {
		if slip := e.GetFunnelSlipped(); slip != nil {
			all = append(all, slip)
			if e.GetPlaybook() == "" || e.GetSubject() != e.GetPlaybook() {
				t.Errorf("the fall is of %q, about %q", e.GetPlaybook(), e.GetSubject())
			}
		}
	}
	return all
}

// closed records deals that were closed so many days before the first look: a text of W and L.
func (b *bundle) closed(t *testing.T, daysBefore int, deals string) {
	t.Helper()
	at := tomorrow.AddDate(0, 0, -daysBefore)
	for i, how := range deals {
		b.open(t, fmt.Sprintf("%d-%d", daysBefore, i), at.AddDate(0, 0, -1), func(o *attributionv1.Opportunity) {
			o.State, o.CloseTime = attributionv1.Opportunity_STATE_WON, ts(at)
			if how == 'L' {
				o.State = attributionv1.Opportunity_STATE_LOST
			}
		})
	}
}

func TestAWinRateThatFellIsToldOnceAWindow(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		if _, ok, err := b.service.NextDue(t.Context()); ok || err != nil {
			t.Errorf("before a playbook is in force: due %v, %v", ok, err)
		}
		b.activate(t, 1, watchful())
		if at, ok, err := b.service.NextDue(t.Context()); !ok || err != nil || !at.Equal(tomorrow) {
			t.Errorf("due at %v, %v, %v; want %v", at, ok, err, tomorrow)
		}
		b.closed(t, 2, "WLLLL")
		b.closed(t, 12, "WWLL")
		b.closed(t, 51, "WWWWWWWW") // before both windows
		b.look(t, tomorrow.Add(-time.Microsecond))
		b.look(t, tomorrow)
		b.look(t, tomorrow)
		want := []*eventv1.FunnelSlipped{{Measure: eventv1.FunnelSlipped_MEASURE_WIN_RATE, StartTime: ts(tomorrow.Add(-10 * aDay)), EndTime: ts(tomorrow),
			Recent: 0.2, RecentCases: 5, Baseline: 0.5, BaselineCases: 4}}
		if diff := cmp.Diff(want, b.slips(t), protocmp.Transform()); diff != "" {
			t.Fatalf("told (-want +got):\n%s", diff)
		}
		if at, ok, err := b.service.NextDue(t.Context()); !ok || err != nil || !at.Equal(tomorrow.Add(aDay)) {
			t.Errorf("next due at %v, %v, %v", at, ok, err)
		}
		b.look(t, tomorrow.Add(2*aDay))
		if got := b.slips(t); len(got) != 1 {
			t.Errorf("told again within the window: %v", got)
		}
		b.Clock.Set(tomorrow.Add(10 * aDay))
		b.closed(t, -9, "LLLL")
		b.look(t, tomorrow.Add(10*aDay))
		if got := b.slips(t); len(got) != 2 {
			t.Errorf("still fallen after the window: told %d times, want 2", len(got))
		}
	})
}

func TestAFallOfTooFewOrOfNothingIsNotTold(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.activate(t, 1, watchful())
		b.closed(t, 2, "LLL")
		b.closed(t, 12, "WWWW")
		b.open(t, "open", tomorrow.AddDate(0, 0, -3))
		b.look(t, tomorrow)
		if got := b.slips(t); len(got) != 0 {
			t.Errorf("told %v", got)
		}
	})
}

func TestMQLsThatAreTooYoungDoNotLookLikeAFall(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.activate(t, 1, watchful())
		n := 0
		// mql tells of a handoff whose lead qualified so many days before the first look, and perhaps became an SQL later.
		mql := func(daysBefore, sqlAfter int) {
			n++
			at := tomorrow.AddDate(0, 0, -daysBefore)
			b.Tell(t, eventlog.Scoring, &eventv1.Event{Handoff: handoff(n), Lead: lead(n), Payload: &eventv1.Event_LeadQualified{
				LeadQualified: &eventv1.LeadQualified{Handoff: handoff(n), Lead: lead(n), MqlTime: ts(at)}}})
			if sqlAfter > 0 {
				b.Tell(t, eventlog.Routing, &eventv1.Event{Handoff: handoff(n), Lead: lead(n), Payload: &eventv1.Event_HandoffClosed{
					HandoffClosed: &eventv1.HandoffClosed{Handoff: handoff(n), Lead: lead(n), Outcome: routingv1.Handoff_OUTCOME_SQL,
						CloseTime: ts(at.AddDate(0, 0, sqlAfter))}}})
			}
		}
		for range 4 {
			mql(50, 3)
			mql(2, 0) // yesterday's: nobody knows yet
		}
		b.look(t, tomorrow)
		if got := b.slips(t); len(got) != 0 {
			t.Fatalf("told %v", got)
		}
		for _, sqlAfter := range []int{30, 31, 0, 0} { // in time, too late, never
			mql(35, sqlAfter)
		}
		b.look(t, tomorrow.Add(aDay))
		end := tomorrow.Add(-29 * aDay)
		want := []*eventv1.FunnelSlipped{{Measure: eventv1.FunnelSlipped_MEASURE_MQL_TO_SQL, StartTime: ts(end.Add(-10 * aDay)), EndTime: ts(end),
			Recent: 0.25, RecentCases: 4, Baseline: 1, BaselineCases: 4}}
		if diff := cmp.Diff(want, b.slips(t), protocmp.Transform()); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
	})
}

package sla_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// touches are what was told of activities.
func (b *bench) touches() []*eventv1.Event {
	b.Helper()
	var all []*eventv1.Event
	for _, e := range b.room.Told(b) {
		if e.GetActivityRecorded() != nil || e.GetFirstTouchMade() != nil {
			all = append(all, e)
		}
	}
	return all
}

func TestAnActivityIsRecordedAndTold(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.room.Clock.Set(at(time.Hour))
		made, err := b.api.CreateActivity(b.rep("ann"), &slav1.CreateActivityRequest{Parent: handoff(1), Activity: &slav1.Activity{
			Name: "handoffs/" + id(9) + "/activities/x", Type: slav1.Activity_TYPE_EMAIL, OccurTime: stamp(at(30 * time.Minute)),
			Source: "mail", SourceId: "17", RecordTime: stamp(at(-time.Hour))}})
		if err != nil {
			t.Fatal(err)
		}
		equal(b, "activity", clear(made, "name"), &slav1.Activity{Type: slav1.Activity_TYPE_EMAIL, OccurTime: stamp(at(30 * time.Minute)),
			Rep: "reps/ann", Source: "mail", SourceId: "17", RecordTime: stamp(at(time.Hour))})
		told := b.touches()
		equal(b, "events", len(told), 2)
		equal(b, "recorded", told[0].GetActivityRecorded(), &eventv1.ActivityRecorded{Activity: made.GetName(), Handoff: handoff(1),
			Type: slav1.Activity_TYPE_EMAIL, Rep: "reps/ann", OccurTime: stamp(at(30 * time.Minute))})
		equal(b, "first touch", told[1].GetFirstTouchMade(), &eventv1.FirstTouchMade{Activity: made.GetName(), Handoff: handoff(1), Rep: "reps/ann",
			OccurTime: stamp(at(30 * time.Minute))})

		list, err := b.api.ListActivities(b.rep("ann"), &slav1.ListActivitiesRequest{Parent: handoff(1)})
		if err != nil {
			t.Fatal(err)
		}
		equal(b, "list", list, &slav1.ListActivitiesResponse{Activities: []*slav1.Activity{made}})
	})
}

func TestOnlyAnEarlierTouchIsToldAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.room.Clock.Set(at(3 * time.Hour))
		for _, occurred := range []time.Duration{2 * time.Hour, 3 * time.Hour, 2 * time.Hour, time.Hour} {
			b.call(b.admin(), 1, at(occurred))
		}
		var firsts []time.Duration
		for _, e := range b.touches() {
			if p := e.GetFirstTouchMade(); p != nil {
				firsts = append(firsts, p.GetOccurTime().AsTime().Sub(roomtest.Start))
			}
		}
		equal(b, "first touches", firsts, []time.Duration{2 * time.Hour, time.Hour})
	})
}

func TestAMachineTouchesNobody(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T2", 0)
		_, err := b.api.CreateActivity(b.admin(), &slav1.CreateActivityRequest{Parent: handoff(1),
			Activity: &slav1.Activity{Type: slav1.Activity_TYPE_MEETING_BOOKED, Automated: true}})
		equal(b, "error", refusal(err), "OK")
		equal(b, "touch", b.standing(1)["first_touch-1"], "RUNNING")
		equal(b, "demo", b.standing(1)["demo_booked-1"], "RUNNING")
		equal(b, "told", len(b.touches()), 1)
	})
}

func TestADemoIsBookedByAMeetingOrADeal(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T2", 0)
		b.room.Clock.Set(at(time.Hour))
		_, err := b.api.CreateActivity(b.admin(), &slav1.CreateActivityRequest{Parent: handoff(1),
			Activity: &slav1.Activity{Type: slav1.Activity_TYPE_MEETING_BOOKED}})
		equal(b, "error", refusal(err), "OK")
		deal := &attributionv1.Opportunity{Name: "opportunities/" + id(5), OpenTime: stamp(at(30 * time.Minute))}
		b.room.Tell(b, eventlog.Attribution, &eventv1.Event{Subject: deal.GetName(), Payload: &eventv1.Event_OpportunityCreated{
			OpportunityCreated: &eventv1.OpportunityCreated{Opportunity: deal}}})
		deal.Handoff = handoff(2)
		b.room.Tell(b, eventlog.Attribution, &eventv1.Event{Subject: deal.GetName(), Playbook: "playbooks/7", Payload: &eventv1.Event_OpportunityChanged{
			OpportunityChanged: &eventv1.OpportunityChanged{Opportunity: deal}}})
		b.intake(2, "T2", 0) // the deal was faster
		equal(b, "by a meeting", b.standing(1)["demo_booked-1"], "MET")
		demo := b.clock(2, "demo_booked-1")
		equal(b, "by a deal", demo.GetStopTime(), stamp(at(30*time.Minute)))
		equal(b, "the deal's playbook is not the handoff's", demo.GetPlaybook(), "playbooks/1")
		equal(b, "a meeting is a touch", b.standing(1)["first_touch-1"], "MET")
		equal(b, "a deal is none", b.standing(2)["first_touch-1"], "RUNNING")
	})
}

func TestRefusedActivities(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		call := slav1.Activity_TYPE_CALL
		for name, test := range map[string]struct {
			parent string
			in     *slav1.Activity
			rep    bool
			want   string
		}{
			"in the future":               {handoff(1), &slav1.Activity{Type: call, OccurTime: stamp(at(time.Microsecond))}, false, "FIELD_INVALID"},
			"without a type":              {handoff(1), &slav1.Activity{}, false, "FIELD_INVALID"},
			"of nobody's handoff":         {handoff(2), &slav1.Activity{Type: call}, false, "RESOURCE_NOT_FOUND"},
			"by a rep who is not there":   {handoff(1), &slav1.Activity{Type: call, Rep: "reps/zoe"}, false, "REFERENCE_NOT_FOUND"},
			"by another rep":              {handoff(1), &slav1.Activity{Type: call, Rep: "reps/bob"}, true, "REFERENCE_NOT_FOUND"},
			"by a rep of another's words": {handoff(1), &slav1.Activity{Type: call, Rep: "reps/zoe"}, true, "REFERENCE_NOT_FOUND"},
		} {
			caller := b.admin()
			if test.rep {
				caller = b.rep("ann")
			}
			_, err := b.api.CreateActivity(caller, &slav1.CreateActivityRequest{Parent: test.parent, Activity: test.in})
			equal(b, name, refusal(err), test.want)
		}
		equal(b, "told", len(b.touches()), 0)
	})
}

func TestWhoDidIt(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		both := roomtest.As(b.Context(), "bob", accessv1.Role_ROLE_SALES_REP, accessv1.Role_ROLE_SALES_MANAGER)
		stranger := roomtest.As(b.Context(), "zoe", accessv1.Role_ROLE_SALES_REP, accessv1.Role_ROLE_SALES_MANAGER)
		for i, test := range []struct {
			caller func() *slav1.Activity
			want   string
		}{
			{func() *slav1.Activity { return b.call(b.rep("ann"), 1, at(0)) }, "reps/ann"},
			{func() *slav1.Activity { return b.call(both, 1, at(0)) }, "reps/bob"},
			{func() *slav1.Activity { return b.call(stranger, 1, at(0)) }, ""},
			{func() *slav1.Activity { return b.call(b.admin(), 1, at(0)) }, ""},
			{func() *slav1.Activity {
				return b.record(1, &slav1.Activity{Type: slav1.Activity_TYPE_CALL, Rep: "reps/ann"})
			}, "reps/ann"},
		} {
			equal(b, fmt.Sprint("caller ", i), test.caller().GetRep(), test.want)
		}
	})
}

// record records an activity in the name of the administration.
func (b *bench) record(n int, in *slav1.Activity) *slav1.Activity {
	b.Helper()
	a, err := b.api.CreateActivity(b.admin(), &slav1.CreateActivityRequest{Parent: handoff(n), Activity: in})
	if err != nil {
		b.Fatal(err)
	}
	return a
}

func TestAnActivityOfASourceCountsOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		in := &slav1.Activity{Type: slav1.Activity_TYPE_CALL, Source: "dialer", SourceId: "c-1"}
		var all sync.WaitGroup
		made := make([]*slav1.Activity, 8)
		for i := range made {
			all.Go(func() { made[i] = b.record(1, in) })
		}
		all.Wait()
		for _, a := range made {
			equal(b, "the same activity", a, made[0])
		}
		equal(b, "told", len(b.touches()), 2)
		b.room.Clock.Set(at(time.Minute))
		equal(b, "another id is another one", b.record(1, &slav1.Activity{Type: slav1.Activity_TYPE_CALL, Source: "dialer", SourceId: "c-2"}).GetName() != made[0].GetName(), true)
		plain := &slav1.Activity{Type: slav1.Activity_TYPE_CALL}
		one, other := b.record(1, plain), b.record(1, plain)
		equal(b, "without a source each is its own", one.GetName() != other.GetName(), true)
	})
}

// TestAHandoffHasSoManyActivities: of people's. What machines do is no part of what clocks are worked out from.
func TestAHandoffHasSoManyActivities(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		err := b.room.Host.DB.InTx(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			all, err := store.Lock(ctx, tx, id(1))
			if err != nil {
				return err
			}
			for n := range deadline.MaxActs {
				when := at(-time.Duration(n) * time.Minute)
				all[id(1)].Facts.Act(deadline.Act{Occurred: when, Recorded: when, Deed: deadline.Email})
			}
			return store.Put(tx, all[id(1)])
		})
		if err != nil {
			t.Fatal(err)
		}
		_, err = b.api.CreateActivity(b.admin(), &slav1.CreateActivityRequest{Parent: handoff(1), Activity: &slav1.Activity{Type: slav1.Activity_TYPE_CALL}})
		equal(b, "one more", refusal(err), "LIMIT_EXCEEDED")
		equal(b, "told", len(b.touches()), 0)
		b.record(1, &slav1.Activity{Type: slav1.Activity_TYPE_EMAIL, Automated: true})
	})
}

func TestARetryOfARequestRecordsOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		req := &slav1.CreateActivityRequest{Parent: handoff(1), Activity: &slav1.Activity{Type: slav1.Activity_TYPE_CALL}, RequestId: "9f2c4a66-6c1d-4c2a-9a0e-6f3a1b2c3d4e"}
		first, err := b.api.CreateActivity(b.admin(), req)
		if err != nil {
			t.Fatal(err)
		}
		b.room.Clock.Set(at(time.Hour))
		again, err := b.api.CreateActivity(b.admin(), req)
		equal(b, "error", refusal(err), "OK")
		equal(b, "answer", again, first)
		equal(b, "told", len(b.touches()), 2)
		req.Activity.Type = slav1.Activity_TYPE_EMAIL
		_, err = b.api.CreateActivity(b.admin(), req)
		equal(b, "another content", refusal(err), "REQUEST_ID_REUSED")
	})
}

func TestActivitiesAreListedOldestFirstAPageAtATime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.room.Clock.Set(at(time.Hour))
		for _, minutes := range []time.Duration{30, 10, 20, 10, -90} {
			b.call(b.admin(), 1, at(minutes*time.Minute))
		}
		var all []time.Duration
		req := &slav1.ListActivitiesRequest{Parent: handoff(1), PageSize: 2}
		for pages := 1; ; pages++ {
			resp, err := b.api.ListActivities(b.admin(), req)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range resp.GetActivities() {
				all = append(all, a.GetOccurTime().AsTime().Sub(roomtest.Start)/time.Minute)
			}
			if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
				equal(b, "pages", pages, 3)
				break
			}
		}
		equal(b, "activities", all, []time.Duration{-90, 10, 10, 20, 30})
		_, err := b.api.ListActivities(b.admin(), &slav1.ListActivitiesRequest{Parent: handoff(1), PageToken: "bm90IG9uZQ"})
		equal(b, "a forged token", refusal(err), "PAGE_TOKEN_INVALID")
	})
}

// TestAnActivityMayComeBeforeTheHandoffsEvents has sales call before the service was told of the handoff.
func TestAnActivityMayComeBeforeTheHandoffsEvents(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.routing.handoffs[handoff(1)] = &routingv1.Handoff{Name: handoff(1), Rep: "reps/ann"}
		b.room.Clock.Set(at(time.Hour))
		b.call(b.rep("ann"), 1, at(time.Hour))
		equal(b, "no clock yet", b.standing(1), map[string]string{})
		b.intake(1, "T1", 0)
		equal(b, "touched", b.standing(1)["first_touch-1"], "MET")
	})
}

package sla_test

import (
	"fmt"
	"testing"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// breaches lists the missed clocks of this week, a page at a time.
func (b *bench) breaches(size int32, req *slav1.ListBreachesRequest) (all []*slav1.Breach) {
	b.Helper()
	req.Period, req.PageSize = "this-week", size
	for {
		page, err := b.api.ListBreaches(b.admin(), req)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, page.GetBreaches()...)
		if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" {
			return all
		}
	}
}

// shares are the parts of the causes in per mille: system, routing, capacity, fit, rep.
func shares(causes []*slav1.BreachCauseShare) (all [5]int32) {
	for _, c := range causes {
		all[c.GetCause()-1] += c.GetPerMille()
	}
	return all
}

func TestEachMissedClockSaysWhoHadTheHandoff(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.room.Tell(b, eventlog.Scoring, qualified(1, 0))
		b.room.Tell(b, eventlog.Routing, opened(1, "T1", 0), about(1, time.Hour, &eventv1.Event{Payload: &eventv1.Event_HandoffHeld{
			HandoffHeld: &eventv1.HandoffHeld{Handoff: handoff(1), Reason: routingv1.Hold_REASON_EVERYBODY_AT_CAP}}}), assigned(1, 1, "ann", "", 2*time.Hour))
		passedOn := assigned(1, 2, "bob", "", 3*time.Hour)
		passedOn.GetHandoffAssigned().ReassignReason = routingv1.ReassignReason_REASSIGN_REASON_TERRITORY
		b.room.Tell(b, eventlog.Routing, passedOn)
		b.wait(6 * time.Hour)
		touch := b.breaches(50, &slav1.ListBreachesRequest{Kind: "first_touch"})
		if len(touch) != 1 {
			b.Fatalf("got %d missed first touches: %v", len(touch), touch)
		}
		equal(b, "whose", [4]string{touch[0].GetClock(), touch[0].GetRep(), touch[0].GetTier(), touch[0].GetPool()},
			[4]string{handoff(1) + "/clocks/first_touch-1", "reps/bob", "T1", "pools/west"})
		equal(b, "causes", shares(touch[0].GetCauses()), [5]int32{250, 250, 250, 0, 250})
		var story []string
		for _, h := range touch[0].GetHoldings() {
			story = append(story, fmt.Sprint(h.GetStartTime().AsTime().Sub(at(0)), " ", h.GetElapsed().AsDuration(), " ", h.GetCause(), " ", h.GetRep(), " ", h.GetHoldReason(), " ", h.GetReassignReason()))
		}
		equal(b, "holdings", story, []string{
			"0s 1h0m0s BREACH_CAUSE_SYSTEM  REASON_UNSPECIFIED REASSIGN_REASON_UNSPECIFIED",
			"1h0m0s 1h0m0s BREACH_CAUSE_CAPACITY  REASON_EVERYBODY_AT_CAP REASSIGN_REASON_UNSPECIFIED",
			"2h0m0s 1h0m0s BREACH_CAUSE_ROUTING reps/ann REASON_UNSPECIFIED REASSIGN_REASON_TERRITORY",
			"3h0m0s 1h0m0s BREACH_CAUSE_REP reps/bob REASON_UNSPECIFIED REASSIGN_REASON_UNSPECIFIED"})
		for _, d := range b.report(&slav1.GetComplianceReportRequest{Period: "this-week"}).GetDiagnoses() {
			equal(b, d.GetKind(), shares(d.GetCauses()), map[string][5]int32{"assign": {1000, 0, 0, 0, 0}, "first_touch": {250, 250, 250, 0, 250}}[d.GetKind()])
			equal(b, "missed", d.GetMissedCount(), 1)
		}
	})
}

func TestMissedClocksAreListedByDeadlineAPageAtATime(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter()
		whole := b.breaches(50, &slav1.ListBreachesRequest{})
		equal(b, "by pages of two", b.breaches(2, &slav1.ListBreachesRequest{}), whole)
		equal(b, "how many", len(whole), 11) // nine accepts, two first touches
		counts := map[string]int64{}
		for i, m := range whole {
			counts[m.GetKind()]++
			if i > 0 && m.GetDueTime().AsTime().Before(whole[i-1].GetDueTime().AsTime()) {
				b.Errorf("%s is listed after %s", m.GetClock(), whole[i-1].GetClock())
			}
		}
		for _, d := range b.report(&slav1.GetComplianceReportRequest{Period: "this-week"}).GetDiagnoses() {
			equal(b, d.GetKind(), d.GetMissedCount(), counts[d.GetKind()])
		}
		own, err := b.api.ListBreaches(b.rep("bob"), &slav1.ListBreachesRequest{Period: "this-week"})
		equal(b, "error", refusal(err), "OK")
		equal(b, "a rep's own", len(own.GetBreaches()), 2)
		nobody, err := b.api.ListBreaches(b.rep("zoe"), &slav1.ListBreachesRequest{Period: "this-week"})
		equal(b, "error", refusal(err), "OK")
		equal(b, "of a rep whom nobody knows", len(nobody.GetBreaches()), 0)
		_, err = b.api.ListBreaches(b.admin(), &slav1.ListBreachesRequest{Period: "someday"})
		equal(b, "no period", refusal(err), "FIELD_INVALID")
		last, err := b.api.ListBreaches(b.admin(), &slav1.ListBreachesRequest{})
		equal(b, "error", refusal(err), "OK")
		equal(b, "last week, as nothing else is asked for", len(last.GetBreaches()), 0)
	})
}

func TestACauseIsForgottenWithItsBreach(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.open()
		b.intake(1, "T1", 0)
		b.wait(6 * time.Hour)
		before := len(b.breaches(50, &slav1.ListBreachesRequest{Kind: "first_touch"}))
		b.call(b.admin(), 1, at(3*time.Hour)) // logged late
		after := b.breaches(50, &slav1.ListBreachesRequest{Kind: "first_touch"})
		equal(b, "missed, and then not", [2]int{before, len(after)}, [2]int{1, 0})
		for _, d := range b.report(&slav1.GetComplianceReportRequest{Period: "this-week"}).GetDiagnoses() {
			if d.GetKind() == "first_touch" {
				b.Errorf("first touch is still missed: %v", d)
			}
		}
	})
}

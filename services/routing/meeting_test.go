package routing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

const (
	passed  = scoringv1.RubricCheck_RESULT_PASSED
	failed  = scoringv1.RubricCheck_RESULT_FAILED
	unknown = scoringv1.RubricCheck_RESULT_UNKNOWN

	geography = scoringv1.RubricCheck_KIND_GEOGRAPHY
	noMotion  = scoringv1.RubricCheck_KIND_NO_ACTIVE_MOTION

	deal = "opportunities/00000000000000000000000000000dea"
)

// rubric passes all checks but one; because says why.
func rubric(but scoringv1.RubricCheck_Kind, result scoringv1.RubricCheck_Result, because string) *scoringv1.Rubric {
	r := &scoringv1.Rubric{}
	for kind := scoringv1.RubricCheck_KIND_BUYER_ROLE; kind <= scoringv1.RubricCheck_KIND_PURPOSE_AGREED; kind++ {
		c := &scoringv1.RubricCheck{Kind: kind, Result: passed}
		if kind == but {
			c.Result, c.Because = result, because
		}
		r.Checks = append(r.GetChecks(), c)
	}
	return r
}

func allPassed() *scoringv1.Rubric { return rubric(0, passed, "") }

// meets says that a partner's meeting qualified a lead, and how it does.
func meets(r *scoringv1.Rubric) func(*eventv1.LeadQualified) {
	return func(q *eventv1.LeadQualified) { q.Meeting, q.Rubric = meetingOf(q.GetLead()), r }
}

func meetingOf(lead string) string { return lead + "/meetings/000000000000000000000000000000ff" }

// ownedDeal says that the account has an open opportunity of a rep, which no rule of first_match is about.
func ownedDeal(rep string) func(*eventv1.LeadQualified) {
	return func(q *eventv1.LeadQualified) {
		q.Context.Account.OpenOpportunity, q.Context.Account.OpportunityOwner = true, "reps/"+rep
	}
}

// agency serves the example with two pools, an owner, and a rep who has a deal.
func agency(t testing.TB, b *bundle) {
	t.Helper()
	for _, id := range []string{"eve", "vic", "olga", "dora"} {
		b.rep(t, id)
	}
	b.pool(t, "enterprise", "eve")
	b.pool(t, "velocity", "vic")
}

// whereabouts is where a handoff is, and by which rule: `olga by tiers.T1`, `partner-review by meetings.otherwise`.
func (b *bundle) whereabouts(t testing.TB, name string) string {
	t.Helper()
	h := b.handoff(t, name)
	where := strings.TrimPrefix(h.GetRep(), "reps/")
	switch {
	case h.GetState() == routingv1.Handoff_STATE_CLOSED:
		where = "closed as " + strings.TrimPrefix(h.GetOutcome().String(), "OUTCOME_")
	case h.GetHold().GetReason() == routingv1.Hold_REASON_QUEUED:
		where = strings.TrimPrefix(h.GetQueue(), "queues/")
	case h.GetState() == routingv1.Handoff_STATE_HELD:
		where = "held for " + strings.TrimPrefix(h.GetHold().GetReason().String(), "REASON_")
	}
	return where + " by " + h.GetRule()
}

func (b *bundle) isAt(t testing.TB, name, want string) {
	t.Helper()
	if got := b.whereabouts(t, name); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestEachCheckDecidesWhereAMeetingGoes: failed, unknown or not asked, by itself.
func TestEachCheckDecidesWhereAMeetingGoes(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		agency(t, b)
		for kind := scoringv1.RubricCheck_KIND_BUYER_ROLE; kind <= scoringv1.RubricCheck_KIND_PURPOSE_AGREED; kind++ {
			for _, result := range []scoringv1.RubricCheck_Result{failed, unknown, 0} {
				r := rubric(kind, result, "opportunities/x")
				name := b.qualify(t, target, ownedBy("olga"), ownedDeal("dora"), meets(r))
				want := "partner-review by meetings.otherwise"
				if kind == noMotion && result == failed {
					want = "dora by meetings.no_active_motion"
				}
				if got := b.whereabouts(t, name); got != want {
					t.Errorf("%v %v: got %s, want %s", kind, result, got, want)
				}
				h := b.handoff(t, name)
				if h.GetKind() != routingv1.Handoff_KIND_MEETING || h.GetMeeting() != meetingOf(h.GetLead()) || h.GetTier() != "" {
					t.Errorf("%v: got %v of %q in tier %q", kind, h.GetKind(), h.GetMeeting(), h.GetTier())
				}
				if diff := cmp.Diff(r, h.GetRubric(), protocmp.Transform()); diff != "" {
					t.Errorf("%v (-want +got):\n%s", kind, diff)
				}
			}
		}
		b.isAt(t, b.qualify(t, target, ownedBy("olga"), meets(nil)), "partner-review by meetings.otherwise")
		lead := b.handoff(t, b.qualify(t))
		if lead.GetKind() != routingv1.Handoff_KIND_LEAD || lead.GetMeeting() != "" || lead.GetRubric() != nil {
			t.Errorf("got %v of %q with %v", lead.GetKind(), lead.GetMeeting(), lead.GetRubric())
		}
	})
}

// TestAMeetingThatPassesGoesAsALeadDoes: with intent at least medium, and to the account's owner first. It is never nurtured:
// a person is coming.
func TestAMeetingThatPassesGoesAsALeadDoes(t *testing.T) {
	owned := ownedBy("olga")
	for _, tc := range []struct {
		name string
		is   []func(*eventv1.LeadQualified)
		want string
	}{
		{"a target's", []func(*eventv1.LeadQualified){target}, "eve by tiers.T1"},
		{"a target's with an owner", []func(*eventv1.LeadQualified){target, owned}, "olga by tiers.T1"},
		{"a target's with little intent", []func(*eventv1.LeadQualified){target, lowIntent}, "eve by tiers.T2"},
		{"no target's", nil, "vic by tiers.T3"},
		{"no target's with an owner", []func(*eventv1.LeadQualified){owned}, "olga by tiers.T3"},
		{"no target's with little intent: leads are nurtured", []func(*eventv1.LeadQualified){lowIntent, owned}, "partner-review by meetings.otherwise"},
		{"a customer's", []func(*eventv1.LeadQualified){customer, owned}, "customer-success by first_match[1]"},
		{"a deal's that no check minds", []func(*eventv1.LeadQualified){dealOf("dora"), owned}, "dora by first_match[0]"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				agency(t, b)
				b.isAt(t, b.qualify(t, append(tc.is, meets(allPassed()))...), tc.want)
			})
		})
	}
}

// TestWhatDisqualifiesIsAskedBeforeTheChecks and every other rule of first_match after them.
func TestWhatDisqualifiesIsAskedBeforeTheChecks(t *testing.T) {
	eachDB(t, func(t *testing.T, db *sqldb.DB) {
		b := bare(t, db, archive{})
		doc := example()
		doc.Routing.FirstMatch = append(doc.Routing.FirstMatch, &playbookv1.RoutingRule{When: "account.is_competitor", To: disqualify()},
			&playbookv1.RoutingRule{When: "lead.is_student", To: &playbookv1.Destination{To: &playbookv1.Destination_Nurture{Nurture: true}}})
		doc.Routing.Otherwise = disqualify()
		b.activate(t, 1, doc)
		b.calendar(t, office())
		agency(t, b)
		for _, tc := range []struct {
			rules  []int32
			rubric *scoringv1.Rubric
			want   string
		}{
			{[]int32{2}, allPassed(), "closed as DISQUALIFIED by first_match[2]"},
			{[]int32{2}, rubric(noMotion, failed, deal), "closed as DISQUALIFIED by first_match[2]"},
			{[]int32{1, 2}, allPassed(), "closed as DISQUALIFIED by first_match[2]"}, // a lead would go to the customers' queue
			{[]int32{1}, rubric(geography, failed, ""), "partner-review by meetings.otherwise"},
			{[]int32{0}, rubric(geography, failed, ""), "partner-review by meetings.otherwise"},
			{[]int32{0}, rubric(noMotion, failed, deal), "dora by meetings.no_active_motion"},
			{[]int32{3}, allPassed(), "partner-review by meetings.otherwise"},
			{[]int32{-1, 9}, allPassed(), "partner-review by meetings.otherwise"}, // the table disqualifies such leads
		} {
			name := b.qualify(t, lowIntent, ownedDeal("dora"), meets(tc.rubric), func(q *eventv1.LeadQualified) { q.Context.FirstMatch = tc.rules })
			if got := b.whereabouts(t, name); got != tc.want {
				t.Errorf("rules %v: got %s, want %s", tc.rules, got, tc.want)
			}
		}
	})
}

// TestWhereMeetingsAreLookedAt: wherever a playbook can send leads, and the same when whoever is in a motion cannot come.
func TestWhereMeetingsAreLookedAt(t *testing.T) {
	queue := &playbookv1.Destination{To: &playbookv1.Destination_Queue{Queue: "checks"}}
	named := &playbookv1.Destination{To: &playbookv1.Destination_Rep{Rep: "vic"}}
	opportunity := &playbookv1.Destination{To: &playbookv1.Destination_OpportunityOwner{OpportunityOwner: true}}
	nurture := &playbookv1.Destination{To: &playbookv1.Destination_Nurture{Nurture: true}}
	for _, tc := range []struct {
		to               *playbookv1.Destination
		failed, declined string
	}{
		{queue, "checks by meetings.otherwise", "checks by meetings.otherwise"},
		{pool("velocity"), "vic by meetings.otherwise", "vic by meetings.no_active_motion"},
		{ownerOrPool("velocity"), "olga by meetings.otherwise", "vic by meetings.no_active_motion"},
		{named, "vic by meetings.otherwise", "vic by meetings.no_active_motion"},
		{opportunity, "dora by meetings.otherwise", "held for EVERYBODY_DECLINED by meetings.no_active_motion"},
		{nurture, "closed as NURTURE by meetings.otherwise", "held for EVERYBODY_DECLINED by meetings.no_active_motion"},
		{disqualify(), "closed as DISQUALIFIED by meetings.otherwise", "held for EVERYBODY_DECLINED by meetings.no_active_motion"},
	} {
		t.Run(fmt.Sprint(tc.to), func(t *testing.T) {
			eachDB(t, func(t *testing.T, db *sqldb.DB) {
				b := bare(t, db, archive{})
				doc := example()
				doc.Meetings = &playbookv1.MeetingPolicy{Otherwise: tc.to}
				b.activate(t, 1, doc)
				b.calendar(t, office())
				agency(t, b)
				b.isAt(t, b.qualify(t, target, ownedBy("olga"), ownedDeal("dora"), meets(rubric(geography, unknown, ""))), tc.failed)
				name := b.qualify(t, target, ownedBy("olga"), ownedDeal("dora"), meets(rubric(noMotion, failed, deal)))
				b.isAt(t, name, "dora by meetings.no_active_motion")
				b.advanced(t, "dora", name, 1, routingv1.Step_STEP_DECLINE)
				b.isAt(t, name, tc.declined)
			})
		})
	}
}

// motion is a meeting with an account in which a deal is open, or a handoff.
func motion(because string) func(*eventv1.LeadQualified) {
	return meets(rubric(noMotion, failed, because))
}

func TestWhoeverHasADealIsWaitedFor(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		agency(t, b)
		b.calendar(t, hours("berlin", "Europe/Berlin", "09:00", "17:00", workweek...))
		b.rep(t, "bert", worksBy("berlin"))
		b.rep(t, "gone", inactive)
		const looked = "partner-review by meetings.otherwise"
		b.isAt(t, b.qualify(t, target, ownedBy("olga"), motion(deal)), looked) // nobody owns the deal
		b.isAt(t, b.qualify(t, target, ownedDeal("gone"), motion(deal)), looked)
		b.isAt(t, b.qualify(t, target, ownedDeal("nobody-here"), motion(deal)), looked)
		b.isAt(t, b.qualify(t, target, ownedDeal("bert"), motion("")), "bert by meetings.no_active_motion")

		b.advanceTo(t, at("2026-03-02T20:00Z"))
		evening, other := b.qualify(t, target, ownedDeal("bert"), motion(deal)), b.qualify(t, target, ownedDeal("bert"), motion(deal))
		next := b.heldFor(t, evening, routingv1.Hold_REASON_NOBODY_AVAILABLE)
		if h := b.handoff(t, evening); h.GetQueue() != "" {
			t.Errorf("it waits for its rep and shows in %s", h.GetQueue())
		}
		b.advanceTo(t, next.AsTime())
		b.isAt(t, evening, "bert by meetings.no_active_motion")
		b.isAt(t, other, "bert by meetings.no_active_motion")

		b.advanced(t, "bert", evening, 1, routingv1.Step_STEP_DECLINE)
		b.isAt(t, evening, looked)
		b.updateRep(t, &routingv1.Rep{Name: "reps/bert", Active: proto.Bool(false)}, "active")
		b.isAt(t, other, looked)
	})
}

// TestWhoeverHasADealIsStoodInFor while they are away, and waited for when nobody can.
func TestWhoeverHasADealIsStoodInFor(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		agency(t, b)
		b.leave(t, "dora", "vic", b.Clock.Now(), b.Clock.Now().Add(time.Hour))
		name := b.qualify(t, target, ownedDeal("dora"), motion(deal))
		b.isAt(t, name, "vic by meetings.no_active_motion")
		if h := b.handoff(t, name); h.GetCoverFor() != "reps/dora" {
			t.Errorf("it is %s's own", h.GetRep())
		}
		b.updateRep(t, &routingv1.Rep{Name: "reps/vic", Active: proto.Bool(false)}, "active")
		b.heldFor(t, b.qualify(t, target, ownedDeal("dora"), motion(deal)), routingv1.Hold_REASON_NOBODY_AVAILABLE)
	})
}

// TestAHandoffOfTheAccountComesFirst: the meeting goes to whoever has it, even if that is told in the same delivery; else to
// the account's owner, else where meetings are looked at.
func TestAHandoffOfTheAccountComesFirst(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		agency(t, b)
		rival := b.lead()
		meeting := b.lead(target, ownedBy("olga"), motion(rival.GetHandoff()))
		b.Tell(t, eventlog.Scoring, rival, meeting)
		b.isAt(t, meeting.GetHandoff(), "vic by meetings.no_active_motion")
		b.advanced(t, "vic", rival.GetHandoff(), 1, routingv1.Step_STEP_ACCEPT)
		b.isAt(t, b.qualify(t, target, ownedBy("olga"), motion(rival.GetHandoff())), "vic by meetings.no_active_motion")

		queued := b.qualify(t, customer)
		b.isAt(t, b.qualify(t, target, ownedBy("olga"), motion(queued)), "olga by meetings.no_active_motion")
		b.isAt(t, b.qualify(t, target, motion(queued)), "partner-review by meetings.otherwise")
		b.advanced(t, "vic", rival.GetHandoff(), 1, routingv1.Step_STEP_DISPOSE)
		b.isAt(t, b.qualify(t, target, ownedBy("olga"), motion(rival.GetHandoff())), "olga by meetings.no_active_motion")
		b.isAt(t, b.qualify(t, target, motion("handoffs/ffffffffffffffffffffffffffffffff")), "partner-review by meetings.otherwise")
	})
}

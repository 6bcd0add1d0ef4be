package routing_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// meetingAdded says that a partner brought a meeting with a lead that sales has already.
func meetingAdded(lead *eventv1.Event, meeting string, r *scoringv1.Rubric) *eventv1.Event {
	return &eventv1.Event{Key: lead.GetLead(), Lead: lead.GetLead(), Handoff: lead.GetHandoff(), Playbook: lead.GetPlaybook(),
		Payload: &eventv1.Event_MeetingAdded{MeetingAdded: &eventv1.MeetingAdded{Handoff: lead.GetHandoff(), Lead: lead.GetLead(),
			Meeting: meeting, Rubric: r}}}
}

// TestAMeetingIsAddedToWhatSalesHas in every state of a handoff: nobody gets it or loses it, and nothing is told.
func TestAMeetingIsAddedToWhatSalesHas(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		agency(t, b)
		assigned, accepted, queued, closed := b.lead(), b.lead(), b.lead(customer), b.lead(lowIntent)
		b.updateRep(t, &routingv1.Rep{Name: "reps/eve", Active: proto.Bool(false)}, "active")
		held := b.lead(target)
		b.Tell(t, eventlog.Scoring, assigned, accepted, queued, closed, held)
		b.advanced(t, "vic", accepted.GetHandoff(), 1, routingv1.Step_STEP_ACCEPT)
		checks := rubric(geography, failed, "lead.country in ['DE']")
		for _, lead := range []*eventv1.Event{assigned, accepted, queued, held} {
			name := lead.GetHandoff()
			before, told := b.handoff(t, name), len(b.Told(t))
			b.Tell(t, eventlog.Scoring, meetingAdded(lead, meetingOf(lead.GetLead()), checks))
			after := b.handoff(t, name)
			if after.GetEtag() == before.GetEtag() {
				t.Errorf("%v: it shows another meeting by the same etag", before.GetState())
			}
			want := proto.CloneOf(before)
			want.Meeting, want.Rubric, want.Etag = meetingOf(lead.GetLead()), checks, after.GetEtag()
			if diff := cmp.Diff(want, after, protocmp.Transform()); diff != "" {
				t.Errorf("%v (-want +got):\n%s", before.GetState(), diff)
			}
			if got := len(b.Told(t)) - told; got != 0 {
				t.Errorf("%v: %d events were told", before.GetState(), got)
			}
		}
		before := b.handoff(t, closed.GetHandoff())
		b.Tell(t, eventlog.Scoring, meetingAdded(closed, meetingOf(closed.GetLead()), checks))
		if diff := cmp.Diff(before, b.handoff(t, closed.GetHandoff()), protocmp.Transform()); diff != "" {
			t.Errorf("closed (-want +got):\n%s", diff)
		}
		b.checkBooks(t)
	})
}

// TestAnAddedMeetingLeavesALeadALead: more that is known of it moves it as it moves leads, whatever the meeting's checks say.
// The newest meeting is shown; one that a handoff began with stays.
func TestAnAddedMeetingLeavesALeadALead(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		agency(t, b)
		b.activate(t, 2, rerouting())
		lead := b.lead()
		lead.Playbook = "playbooks/2"
		b.Tell(t, eventlog.Scoring, lead)
		first, second := meetingOf(lead.GetLead()), lead.GetLead()+"/meetings/000000000000000000000000000000ee"
		b.Tell(t, eventlog.Scoring, meetingAdded(lead, first, rubric(geography, failed, "")), meetingAdded(lead, second, nil))
		if h := b.handoff(t, lead.GetHandoff()); h.GetMeeting() != second || h.GetKind() != routingv1.Handoff_KIND_LEAD || len(h.GetRubric().GetChecks()) != 0 {
			t.Errorf("got %v of %s with %v", h.GetKind(), h.GetMeeting(), h.GetRubric())
		}
		b.Tell(t, eventlog.Scoring, rematched(lead, target))
		b.isAt(t, lead.GetHandoff(), "eve by tiers.T1")

		meeting := b.lead(target, meets(allPassed()))
		b.Tell(t, eventlog.Scoring, meeting, meetingAdded(meeting, second, rubric(geography, failed, "")))
		if h := b.handoff(t, meeting.GetHandoff()); h.GetMeeting() != meetingOf(meeting.GetLead()) {
			t.Errorf("it began with another than %s", h.GetMeeting())
		}
	})
}

// strange is an account of which nothing is known.
func strange(q *eventv1.LeadQualified) { q.Context.Account = &scoringv1.AccountContext{} }

// TestLaterKnowledgeKeepsAFailedMeetingFromTheTable: neither more context nor another account sends it there.
func TestLaterKnowledgeKeepsAFailedMeetingFromTheTable(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		agency(t, b)
		b.activate(t, 2, rerouting())
		bring := func(changes ...func(*eventv1.LeadQualified)) *eventv1.Event {
			e := b.lead(changes...)
			e.Playbook = "playbooks/2"
			b.Tell(t, eventlog.Scoring, e)
			return e
		}
		const looked = "partner-review by meetings.otherwise"
		unfit := bring(lowIntent, meets(rubric(geography, failed, "")))
		b.Tell(t, eventlog.Scoring, moreContext(unfit, target, ownedBy("olga")), rematched(unfit, target, ownedBy("olga")))
		b.isAt(t, unfit.GetHandoff(), looked)

		rivalled := bring(lowIntent, ownedDeal("dora"), motion(deal))
		b.Tell(t, eventlog.Scoring, moreContext(rivalled, target, ownedBy("olga")), moreContext(rivalled, ownedDeal("eve")))
		b.isAt(t, rivalled.GetHandoff(), "dora by meetings.no_active_motion") // nobody is re-owned
		b.Tell(t, eventlog.Scoring, rematched(rivalled, target, ownedDeal("eve")))
		b.isAt(t, rivalled.GetHandoff(), "eve by meetings.no_active_motion")
		b.Tell(t, eventlog.Scoring, rematched(rivalled, strange, target, ownedBy("olga")))
		b.isAt(t, rivalled.GetHandoff(), looked)

		began := bring(customer)
		behind := bring(motion(began.GetHandoff()), ownedBy("olga"))
		b.isAt(t, behind.GetHandoff(), "olga by meetings.no_active_motion")
		b.Tell(t, eventlog.Scoring, rematched(behind, strange, target))
		b.isAt(t, behind.GetHandoff(), looked)

		// What passed goes on as a lead does.
		passes := bring(lowIntent, meets(allPassed()))
		b.isAt(t, passes.GetHandoff(), looked)
		b.Tell(t, eventlog.Scoring, moreContext(passes, target, lowIntent))
		b.isAt(t, passes.GetHandoff(), "eve by tiers.T2")
		b.checkBooks(t)
	})
}

// TestAHeldMeetingGoesToWhoeverOwnsTheDealNow, as far as somebody does.
func TestAHeldMeetingGoesToWhoeverOwnsTheDealNow(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		agency(t, b)
		b.updateRep(t, &routingv1.Rep{Name: "reps/dora", MaxOpen: proto.Int32(0)}, "max_open")
		lead := b.lead(ownedDeal("dora"), motion(deal))
		b.Tell(t, eventlog.Scoring, lead)
		b.heldFor(t, lead.GetHandoff(), routingv1.Hold_REASON_EVERYBODY_AT_CAP)
		b.Tell(t, eventlog.Scoring, moreContext(lead, strange)) // the deal is over: still nothing for the table
		b.isAt(t, lead.GetHandoff(), "held for EVERYBODY_AT_CAP by meetings.no_active_motion")
		b.Tell(t, eventlog.Scoring, moreContext(lead, ownedDeal("eve")))
		b.isAt(t, lead.GetHandoff(), "eve by meetings.no_active_motion")
	})
}

// TestAPartnerSeesItsMeetings and nobody else's, and not what is in their way at the account.
func TestAPartnerSeesItsMeetings(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		agency(t, b)
		rival := b.qualify(t)
		meeting := b.lead(target, ownedBy("olga"), motion(rival))
		meeting.Partner = "acme"
		lead := b.lead()
		lead.Partner = "acme"
		b.Tell(t, eventlog.Scoring, meeting, lead, b.lead(meets(allPassed())))

		list := func(ctx context.Context, kind routingv1.Handoff_Kind) []*routingv1.Handoff {
			t.Helper()
			resp, err := b.client.ListHandoffs(ctx, &routingv1.ListHandoffsRequest{Kind: kind})
			if err != nil {
				t.Fatal(err)
			}
			return resp.GetHandoffs()
		}
		acme := roomtest.AsPartner(t.Context(), "pat", "acme")
		for _, tc := range []struct {
			name string
			ctx  context.Context
			kind routingv1.Handoff_Kind
			want int
		}{
			{"its leads", acme, routingv1.Handoff_KIND_LEAD, 1},
			{"its meetings", acme, routingv1.Handoff_KIND_MEETING, 1},
			{"its handoffs", acme, 0, 2},
			{"another's", roomtest.AsPartner(t.Context(), "pia", "other"), 0, 0},
			{"all meetings", revops(t), routingv1.Handoff_KIND_MEETING, 2},
			{"all leads", revops(t), routingv1.Handoff_KIND_LEAD, 2},
			{"a rep's meetings", as(t, "vic"), routingv1.Handoff_KIND_MEETING, 2},
		} {
			if got := list(tc.ctx, tc.kind); len(got) != tc.want {
				t.Errorf("%s: got %d, want %d", tc.name, len(got), tc.want)
			}
		}

		got, err := b.client.GetHandoff(acme, &routingv1.GetHandoffRequest{Name: meeting.GetHandoff()})
		if err != nil {
			t.Fatal(err)
		}
		want := rubric(noMotion, failed, "")
		for name, r := range map[string]*scoringv1.Rubric{"read": got.GetRubric(), "listed": list(acme, routingv1.Handoff_KIND_MEETING)[0].GetRubric()} {
			if diff := cmp.Diff(want, r, protocmp.Transform()); diff != "" {
				t.Errorf("%s by the partner (-want +got):\n%s", name, diff)
			}
		}
		if got := b.handoff(t, meeting.GetHandoff()).GetRubric(); got.GetChecks()[4].GetBecause() != rival {
			t.Errorf("sales reads %v", got)
		}
		opened := lastTold[*eventv1.HandoffOpened](t, b, "handoff_opened")
		if opened.GetKind() != routingv1.Handoff_KIND_MEETING || opened.GetMeeting() == "" || len(opened.GetRubric().GetChecks()) != 6 {
			t.Errorf("told %v", opened)
		}
	})
}

// TestARepUnderstandsWhyTheyGotAMeeting and the partner why it waits.
func TestARepUnderstandsWhyTheyGotAMeeting(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		agency(t, b)
		rivalled := b.qualify(t, target, ownedDeal("dora"), motion(deal))
		const want = `
1. Mon 2026-03-02 14:00 UTC, the lead qualified
  A meeting, 5 of 6 checks passed, no active motion failed: it went to dora, who is in a sales motion with the account.

By the rules of playbooks/1
  meetings.no_active_motion  the account is in a sales motion already, of somebody who is known  yes: who owns the opportunity
  (the lead: a target account, high intent; the meeting: 5 of 6 checks passed, no active motion failed)

By name
  first  dora  got it
`
		if diff := cmp.Diff(want, printed(t, b.route(t, rivalled))); diff != "" {
			t.Errorf("printed (-want +got):\n%s", diff)
		}
		b.advanced(t, "dora", rivalled, 1, routingv1.Step_STEP_DECLINE)
		unfit := b.lead(target, meets(rubric(geography, unknown, "")))
		unfit.Partner = "acme"
		b.Tell(t, eventlog.Scoring, unfit)
		for _, tc := range []struct{ name, want string }{
			{rivalled, "A meeting, 5 of 6 checks passed, no active motion failed: it waits in the queue partner-review for somebody to pick it. " +
				"Could not take it: 1 who had it before."},
			{unfit.GetHandoff(), "A meeting, 5 of 6 checks passed, geography unknown: it waits in the queue partner-review for somebody to pick it."},
			{b.qualify(t, lowIntent, meets(allPassed())), "A meeting, all 6 checks passed, and by the rules no rep gets it: " +
				"it waits in the queue partner-review for somebody to pick it."},
			{b.qualify(t, meets(allPassed()), ownedBy("olga")), "Tier T3: it went to olga, who owns the account."},
		} {
			all := b.route(t, tc.name).GetDecisions()
			if got := all[len(all)-1].GetSentence(); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		}
		told, err := b.client.ExplainRoute(roomtest.AsPartner(t.Context(), "pat", "acme"), &routingv1.ExplainRouteRequest{Name: unfit.GetHandoff() + "/route"})
		if err != nil {
			t.Fatal(err)
		}
		const partners = `
1. Mon 2026-03-02 14:00 UTC, the lead qualified
  A meeting, 5 of 6 checks passed, geography unknown: it waits in the queue for somebody to pick it.

By the rules of playbooks/1
  meetings.no_active_motion  the account is in a sales motion already, of somebody who is known  no
  meetings.otherwise         a check has not passed, or no rep would get it by the rules behind  yes: queue partner-review
  (the meeting: 5 of 6 checks passed, geography unknown)
`
		if diff := cmp.Diff(partners, printed(t, told)); diff != "" {
			t.Errorf("the partner reads (-want +got):\n%s", diff)
		}
	})
}

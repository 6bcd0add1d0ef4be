package scoring_test

import (
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// fitting is an MQL with points to spare, so that it is over the line without a new signal.
func (b *bundle) fitting(t *testing.T) *scoringv1.Lead {
	t.Helper()
	b.account(t, "1", nil)
	engagements := []*scoringv1.Engagement{b.demo("demo")}
	for _, id := range []string{"a", "b", "c", "d", "e", "f"} {
		engagements = append(engagements, b.engagement(id, "content_download"))
	}
	lead := b.lead(t, "ann@initech.example", engagements...)
	if lead.GetHandoff() == "" {
		t.Fatalf("the lead is %v with %v", lead.GetQualification(), lead.GetScore())
	}
	return lead
}

func TestARecycledLeadRestsAndComesBackInANewCycle(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.fitting(t)
		b.pass(day)
		b.close(t, lead, routingv1.Handoff_OUTCOME_RECYCLED, routingv1.Step_STEP_RECYCLE)
		b.pass(29 * day)
		b.record(t, by(lead, b.engagement("early", "page_view")))
		if got := b.get(t, lead.GetName()); got.GetHandoff() != lead.GetHandoff() || got.GetCycle() != 1 {
			t.Fatalf("during the cooldown the lead came back: cycle %d", got.GetCycle())
		}
		b.pass(day)
		b.create(t, &scoringv1.Lead{Source: "website", Email: "ann@initech.example", Title: "CEO"})
		if got := b.get(t, lead.GetName()); got.GetCycle() != 1 {
			t.Fatal("a corrected record brought the lead back")
		}
		b.record(t, by(lead, b.engagement("late", "page_view")))
		got, qualified := b.get(t, lead.GetName()), b.qualified(t)
		if got.GetCycle() != 2 || got.GetHandoff() == lead.GetHandoff() || len(qualified) != 2 || qualified[1].GetCycle() != 2 || qualified[1].GetHandoff() != got.GetHandoff() {
			t.Errorf("after the cooldown: cycle %d, handoff %s, told %v", got.GetCycle(), got.GetHandoff(), qualified)
		}
		if at := qualified[1].GetMqlTime().AsTime(); !at.Equal(b.Clock.Now()) {
			t.Errorf("the second passage began at %v, want now", at)
		}
	})
}

func TestHighIntentEndsTheRest(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.fitting(t)
		b.pass(time.Hour)
		b.close(t, lead, routingv1.Handoff_OUTCOME_NURTURE, routingv1.Step_STEP_DISPOSE)
		b.pass(time.Hour)
		old := b.demo("old") // happened before the handoff was closed, and is recorded only now
		old.OccurTime = lead.GetCreateTime()
		scanner := b.demo("scanner")
		scanner.Automated = true
		b.record(t, by(lead, old), by(lead, scanner))
		if got := b.get(t, lead.GetName()); got.GetCycle() != 1 {
			t.Fatal("what happened before the close, or a machine, brought the lead back")
		}
		b.record(t, by(lead, b.demo("new")))
		if got := b.get(t, lead.GetName()); got.GetCycle() != 2 {
			t.Errorf("a demo request did not bring the lead back: cycle %d", got.GetCycle())
		}
	})
}

func TestWhomSalesRefusedNeverComesBackByItself(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.fitting(t)
		b.close(t, lead, routingv1.Handoff_OUTCOME_DISQUALIFIED, routingv1.Step_STEP_REJECT)
		b.pass(400 * day)
		b.record(t, by(lead, b.demo("new")), by(lead, b.engagement("newer", "content_download")))
		if got := b.get(t, lead.GetName()); got.GetCycle() != 1 || len(b.qualified(t)) != 1 {
			t.Errorf("the lead came back: cycle %d", got.GetCycle())
		}
	})
}

func TestRoutingHearsOfWhatCouldChangeItsMind(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.fitting(t)
		changes := func() int { return len(b.contextChanges(t)) }
		b.record(t, by(lead, b.engagement("1", "page_view")), by(lead, b.engagement("2", "webinar_attend")))
		if n := changes(); n != 0 {
			t.Errorf("more of the same was told %d times", n)
		}
		b.record(t, by(lead, b.demo("3")))
		if n := changes(); n != 1 {
			t.Fatalf("a second demo request was told %d times, want once", n)
		}
		if _, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: lead.GetAccount(), Customer: true}}); err != nil {
			t.Fatal(err)
		}
		told := b.contextChanges(t)
		if len(told) != 2 || told[1].GetHandoff() != lead.GetHandoff() || len(told[1].GetContext().GetFirstMatch()) != 1 || told[1].GetContext().GetFirstMatch()[0] != 1 {
			t.Errorf("a customer's lead was told as %v", told)
		}
		if _, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: lead.GetAccount(), Phone: "+1 415 555 2671"}}); err != nil {
			t.Fatal(err)
		}
		if n := changes(); n != 2 {
			t.Errorf("a telephone number was told to routing")
		}
		if _, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: lead.GetAccount(), Owner: "reps/olga"}}); err != nil {
			t.Fatal(err)
		}
		if told := b.contextChanges(t); len(told) != 3 || told[2].GetContext().GetAccount().GetOwner() != "reps/olga" {
			t.Errorf("a new owner was told as %v", told)
		}
		b.deal(t, "1", lead.GetAccount(), "reps/joe", attributionv1.Opportunity_STATE_OPEN)
		b.deal(t, "1", lead.GetAccount(), "reps/vic", attributionv1.Opportunity_STATE_OPEN)
		if told := b.contextChanges(t); len(told) != 5 || told[4].GetContext().GetAccount().GetOpportunityOwner() != "reps/vic" {
			t.Errorf("a deal that changed hands was told as %v", told)
		}
		if _, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: lead.GetAccount(), Country: "DE"}}); err != nil {
			t.Fatal(err)
		}
		if told := b.contextChanges(t); len(told) != 6 || !slices.Equal(told[5].GetContext().GetRequirements(), []int32{0}) {
			t.Errorf("what the lead asks for now was told as %v", told)
		}
	})
}

func TestADisqualifierStopsALeadAndLetsItGo(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.fitting(t)
		disqualified := func() []*eventv1.LeadDisqualified {
			return told(t, b, (*eventv1.Event).GetLeadDisqualified, func(d *eventv1.LeadDisqualified) bool { return d != nil })
		}
		b.list(t, "competitors", "initech.example", "rival.example")
		got := b.get(t, lead.GetName())
		if got.GetQualification() != scoringv1.Lead_QUALIFICATION_DISQUALIFIED || got.GetDisqualifier() != "competitor" {
			t.Fatalf("the lead is %v by %q", got.GetQualification(), got.GetDisqualifier())
		}
		if told := disqualified(); len(told) != 1 || told[0].GetHandoff() != lead.GetHandoff() || told[0].GetDisqualifier() != "competitor" {
			t.Errorf("told %v", told)
		}
		b.list(t, "competitors", "rival.example")
		if got := b.get(t, lead.GetName()); got.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL || got.GetDisqualifier() != "" || len(b.qualified(t)) != 1 {
			t.Errorf("then the lead is %v by %q and qualified %d times", got.GetQualification(), got.GetDisqualifier(), len(b.qualified(t)))
		}
		student := b.lead(t, "bob@mit.edu", b.demo("student"))
		if student.GetQualification() != scoringv1.Lead_QUALIFICATION_DISQUALIFIED || student.GetHandoff() != "" || len(disqualified()) != 2 {
			t.Errorf("a student is %v with handoff %q", student.GetQualification(), student.GetHandoff())
		}
	})
}

// TestAReplayForeseesWhoComesBackOfThoseWhomRoutingClosesAtOnce: what goes to nurture may come back, what is disqualified not.
func TestAReplayForeseesWhoComesBackOfThoseWhomRoutingClosesAtOnce(t *testing.T) {
	for _, outcome := range []routingv1.Handoff_Outcome{routingv1.Handoff_OUTCOME_NURTURE, routingv1.Handoff_OUTCOME_DISQUALIFIED} {
		t.Run(outcome.String(), func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				b.start(t)
				lead := b.fitting(t)
				b.close(t, lead, outcome, routingv1.Step_STEP_UNSPECIFIED)
				b.pass(40 * day)
				b.record(t, by(lead, b.demo("new")))
				version := &scoringv1.ReplayedVersion{Document: signable(), ClosedKinds: []*scoringv1.ClosedKind{{FirstMatch: proto.Int32(0)},
					{Target: true, Intent: playbookv1.IntentLevel_INTENT_LEVEL_HIGH, Disqualified: outcome == routingv1.Handoff_OUTCOME_DISQUALIFIED}}}
				leads, progress := b.replay(t, &scoringv1.ReplayLeadsRequest{Baseline: version, Draft: version,
					StartTime: timestamppb.New(lead.GetCreateTime().AsTime()), EndTime: timestamppb.New(b.Clock.Now().Add(time.Microsecond))})
				really := len(b.qualified(t))
				if len(leads) != 1 || len(leads[0].GetDraft()) != really || progress.GetReproducedCount() != int64(really) {
					t.Errorf("%d handoffs really began; the replay says %v, %v", really, leads, progress)
				}
				if back := outcome == routingv1.Handoff_OUTCOME_NURTURE; back != (really == 2) {
					t.Errorf("%d handoffs began", really)
				}
			})
		})
	}
}

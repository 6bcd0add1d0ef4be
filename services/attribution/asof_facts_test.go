package attribution_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

func TestAMilestoneIsKnownSinceItWasTold(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Clock.Set(moment(100))
		b.Tell(t, eventlog.Scoring, recorded(1, created(1, 1, day(1))), recorded(10, qualified(1, 1)))
		b.Tell(t, eventlog.Routing, recorded(20, accepted(1, 1)), recorded(30, ended(1, 1, routingv1.Handoff_OUTCOME_SQL)))
		for second, want := range map[int][]int64{0: {0, 0, 0, 0}, 9: {1, 0, 0, 0}, 10: {1, 1, 0, 0}, 29: {1, 1, 1, 0}, 30: {1, 1, 1, 1}} {
			report, err := b.api.GetFunnelReport(b.ctx, &attributionv1.GetFunnelReportRequest{StartTime: ts(day(0)), EndTime: ts(day(60)),
				AsOfTime: ts(moment(second))})
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, stage := range report.GetStages() {
				switch stage.GetMilestone() {
				case playbookv1.Milestone_MILESTONE_LEAD, playbookv1.Milestone_MILESTONE_MQL, playbookv1.Milestone_MILESTONE_SAL, playbookv1.Milestone_MILESTONE_SQL:
					got = append(got, stage.GetCount())
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("second %d (-want +got):\n%s", second, diff)
			}
		}
	})
}

// TestASuspicionIsKnownSinceItWasTold has sales act first, which nobody can have done, which somebody did all the same.
func TestASuspicionIsKnownSinceItWasTold(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		o := b.open(t, "1", day(10), of(1, 1_00))
		b.Clock.Set(moment(100))
		b.Tell(t, eventlog.Scoring, recorded(1, created(1, 1, day(1))), recorded(1, touched(1, 1, day(5))))
		b.Tell(t, eventlog.SLA, recorded(10, acted(1, 1, day(2))), recorded(20, suspected(1, 1, day(2), false)), recorded(30, confirmed(1, 1, day(2))))
		for second, want := range map[int]int64{9: 1, 10: 0, 19: 0, 20: 1, 29: 1, 30: 0, 99: 0} {
			report, err := b.api.GetSourcingReport(b.ctx, &attributionv1.GetSourcingReportRequest{AsOfTime: ts(moment(second))})
			if err != nil {
				t.Fatal(err)
			}
			if got := report.GetRules()[2].GetOpportunityCount(); got != want {
				t.Errorf("%s: second %d: marketing was there before sales at %d deals, want %d", o.GetSourceId(), second, got, want)
			}
		}
	})
}

// TestADealStandsAsItDidThen changes a deal again and again: its account, people, worth and end.
func TestADealStandsAsItDidThen(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), created(2, 2, day(1)), touched(1, 1, day(5)), touched(2, 2, day(6)))
		steps := []*attributionv1.Opportunity{
			{Account: account(1), Amount: usd(100)}, {Amount: usd(200)}, {Account: account(2)}, {Account: account(3), Contacts: contacts(lead(1), lead(2))},
			{State: attributionv1.Opportunity_STATE_LOST, CloseTime: ts(day(20))},
		}
		want := [][]int64{{100}, {200}, {200}, {100, 100}, {100, 100}}
		var name string
		for i, o := range steps {
			b.Clock.Set(moment(10 * i))
			o.Source, o.SourceId, o.OpenTime = "crm", "1", ts(day(10))
			made, err := b.api.CreateOpportunity(b.ctx, &attributionv1.CreateOpportunityRequest{Opportunity: o})
			if err != nil {
				t.Fatal(err)
			}
			name = made.GetName()
		}
		for i := range steps {
			for _, at := range []time.Time{moment(10 * i), moment(10*i + 9)} {
				credits, err := b.api.GetOpportunityCredits(b.ctx, &attributionv1.GetOpportunityCreditsRequest{Name: name + "/credits", AsOfTime: ts(at),
					Model: playbookv1.AttributionModel_ATTRIBUTION_MODEL_LINEAR})
				if i == len(steps)-1 && at.After(b.Clock.Now()) {
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				var got []int64
				for _, touch := range credits.GetTouches() {
					got = append(got, touch.GetAmount().GetUnits()*100+int64(touch.GetAmount().GetNanos())/10_000_000)
				}
				if diff := cmp.Diff(want[i], got); diff != "" {
					t.Errorf("step %d at %s (-want +got):\n%s", i, at, diff)
				}
			}
		}
	})
}

// TestWhatWasOnItsWayReachesItsDeal has a touch arrive after the deal that it sourced, and after what led from one to the other
// has changed.
func TestWhatWasOnItsWayReachesItsDeal(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		update := func(o *attributionv1.Opportunity) func(t *testing.T, name string) {
			return func(t *testing.T, name string) {
				o.Name = name
				if _, err := b.api.UpdateOpportunity(b.ctx, &attributionv1.UpdateOpportunityRequest{Opportunity: o}); err != nil {
					t.Fatal(err)
				}
			}
		}
		deals := map[string]struct {
			deal  *attributionv1.Opportunity
			after func(t *testing.T, name string)
		}{
			"by its account":                 {&attributionv1.Opportunity{Account: account(1)}, nil},
			"by the account that it had":     {&attributionv1.Opportunity{Account: account(2)}, update(&attributionv1.Opportunity{Account: account(99)})},
			"by its people":                  {&attributionv1.Opportunity{Contacts: contacts(lead(3))}, nil},
			"by the people that it had":      {&attributionv1.Opportunity{Contacts: contacts(lead(4))}, update(&attributionv1.Opportunity{Contacts: contacts(lead(99))})},
			"by its handoff":                 {&attributionv1.Opportunity{Handoff: handoff(5)}, nil},
			"by the account of the lead":     {&attributionv1.Opportunity{Account: account(6)}, func(t *testing.T, _ string) { b.Tell(t, eventlog.Scoring, recorded(20, matched(6, 98))) }},
			"by the record that it lived in": {&attributionv1.Opportunity{Contacts: contacts(lead(97))}, func(t *testing.T, _ string) { b.Tell(t, eventlog.Scoring, recorded(20, unmerged(97, 7))) }},
		}
		for n := 1; n <= 7; n++ {
			b.Tell(t, eventlog.Scoring, recorded(1, created(n, n, day(1))))
		}
		b.Tell(t, eventlog.Scoring, recorded(2, created(97, 97, day(1))), recorded(2, merged(97, 7)))
		b.Tell(t, eventlog.Routing, recorded(1, taken(5, 5)))
		names := map[string]string{}
		b.Clock.Set(moment(10))
		for what, d := range deals {
			d.deal.Source, d.deal.SourceId, d.deal.OpenTime = "crm", what, ts(day(10))
			made, err := b.api.CreateOpportunity(b.ctx, &attributionv1.CreateOpportunityRequest{Opportunity: d.deal})
			if err != nil {
				t.Fatal(err)
			}
			names[what] = made.GetName()
		}
		b.Clock.Set(moment(20))
		for what, d := range deals {
			if d.after != nil {
				d.after(t, names[what])
			}
		}
		b.Clock.Set(moment(30))
		for n := 1; n <= 7; n++ {
			b.Tell(t, eventlog.Scoring, recorded(9, touched(n, n, day(5))))
		}
		for what, name := range names {
			got, err := b.api.GetOpportunity(b.ctx, &attributionv1.GetOpportunityRequest{Name: name})
			if err != nil || got.GetSourcedBy() != playbookv1.Team_TEAM_MARKETING {
				t.Errorf("%s: sourced by %v, %v", what, got.GetSourcedBy(), err)
			}
		}
	})
}

// taken is the event that routing took a lead on.
func taken(handoffNumber, leadNumber int) *eventv1.Event {
	return &eventv1.Event{Handoff: handoff(handoffNumber), Lead: lead(leadNumber), Payload: &eventv1.Event_HandoffOpened{
		HandoffOpened: &eventv1.HandoffOpened{Handoff: handoff(handoffNumber), Lead: lead(leadNumber), MqlTime: ts(day(5))}}}
}

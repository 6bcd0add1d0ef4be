package attribution_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func rules(recorded, first, before int64) []*attributionv1.SourcedRuleCount {
	return []*attributionv1.SourcedRuleCount{
		{Rule: playbookv1.SourcedBy_SOURCED_BY_RECORDED_SOURCE, OpportunityCount: recorded},
		{Rule: playbookv1.SourcedBy_SOURCED_BY_FIRST_TOUCH_MARKETING, OpportunityCount: first},
		{Rule: playbookv1.SourcedBy_SOURCED_BY_MARKETING_BEFORE_SALES, OpportunityCount: before},
	}
}

func wantRules(t *testing.T, r *attributionv1.SourcingReport, want []*attributionv1.SourcedRuleCount) {
	t.Helper()
	wantProto(t, "rules", &attributionv1.SourcingReport{Rules: want}, &attributionv1.SourcingReport{Rules: r.GetRules()})
}

// acted is the event that a person of sales did something, of which there is one at an instant.
func acted(handoffNumber, leadNumber int, at time.Time) *eventv1.Event {
	return &eventv1.Event{Handoff: handoff(handoffNumber), Lead: lead(leadNumber), Payload: &eventv1.Event_ActivityRecorded{
		ActivityRecorded: &eventv1.ActivityRecorded{Handoff: handoff(handoffNumber), Activity: activity(handoffNumber, at), OccurTime: ts(at)}}}
}

func activity(handoffNumber int, at time.Time) string {
	return fmt.Sprintf("%s/activities/%032x", handoff(handoffNumber), at.UnixMicro())
}

// suspected is the event that what was done at an instant is more than a person can do.
func suspected(handoffNumber, leadNumber int, at time.Time, counts bool) *eventv1.Event {
	return &eventv1.Event{Handoff: handoff(handoffNumber), Lead: lead(leadNumber), Payload: &eventv1.Event_ActivityFlagged{
		ActivityFlagged: &eventv1.ActivityFlagged{Handoff: handoff(handoffNumber), Activity: activity(handoffNumber, at), OccurTime: ts(at), Counts: counts}}}
}

// confirmed is the event that a person did it all the same.
func confirmed(handoffNumber, leadNumber int, at time.Time) *eventv1.Event {
	return &eventv1.Event{Handoff: handoff(handoffNumber), Lead: lead(leadNumber), Payload: &eventv1.Event_ActivityConfirmed{
		ActivityConfirmed: &eventv1.ActivityConfirmed{Handoff: handoff(handoffNumber), Activity: activity(handoffNumber, at), OccurTime: ts(at)}}}
}

func TestSourcingIsFrozenAndTheRulesStandBeside(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), created(2, 2, day(1)), created(3, 3, day(1)), created(4, 4, day(1)),
			touched(1, 1, day(5)), touched(3, 3, day(20)))
		automated := acted(1, 1, day(1))
		automated.GetActivityRecorded().Automated = true
		b.Tell(t, eventlog.SLA, acted(3, 3, day(2)), automated)
		marketings := func(o *attributionv1.Opportunity) { o.RecordedTeam = playbookv1.Team_TEAM_MARKETING }
		one := b.open(t, "1", day(10), of(1, 1_00))              // touched before it was opened
		two := b.open(t, "2", day(10), of(2, 10_00), marketings) // nothing known yet
		three := b.open(t, "3", day(10), of(3, 100_00))          // touched while it is open, after sales was there
		b.open(t, "4", day(10), of(4, 1000_00))                  // never touched
		for o, want := range map[*attributionv1.Opportunity]playbookv1.Team{
			one: playbookv1.Team_TEAM_MARKETING, two: playbookv1.Team_TEAM_UNSPECIFIED, three: playbookv1.Team_TEAM_UNSPECIFIED,
		} {
			if o.GetSourcedBy() != want {
				t.Errorf("opportunity %s is sourced by %v, want %v", o.GetSourceId(), o.GetSourcedBy(), want)
			}
		}
		class := func(n, cents int64) *attributionv1.SourcingClass {
			return &attributionv1.SourcingClass{OpportunityCount: n, Amount: usd(cents)}
		}
		want := &attributionv1.SourcingReport{StartTime: ts(roomtest.Start.AddDate(0, 0, -90)), EndTime: ts(roomtest.Start),
			Sourced: class(1, 1_00), Influenced: class(1, 100_00), Untouched: class(2, 1010_00), Pipeline: class(4, 1111_00), Rules: rules(1, 1, 1)}
		wantProto(t, "report", want, b.sourcing(t))

		// A touch that is recorded later changes what the rules say, and influences, but the team stays.
		b.Tell(t, eventlog.Scoring, recorded(1, touched(2, 2, day(3))))
		want.Influenced, want.Untouched, want.Rules = class(2, 110_00), class(1, 1000_00), rules(1, 2, 2)
		wantProto(t, "report with the late touch", want, b.sourcing(t))
		// So does what sales did before that touch.
		b.Tell(t, eventlog.SLA, recorded(1, acted(2, 2, day(2))))
		want.Rules = rules(1, 2, 1)
		wantProto(t, "report with sales' first touch", want, b.sourcing(t))
	})
}

// TestWhatNoPersonCanHaveDoneIsNoActOfSales has marketing touch a lead after a script did in the name of sales.
func TestWhatNoPersonCanHaveDoneIsNoActOfSales(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		reply := acted(1, 1, day(1))
		reply.GetActivityRecorded().Type = slav1.Activity_TYPE_REPLY
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), touched(1, 1, day(5)))
		b.open(t, "1", day(10), of(1, 1_00))
		for _, step := range []struct {
			what  string
			event *eventv1.Event
			want  int64 // deals that marketing touched before sales did anything
		}{
			{"sales was first", acted(1, 1, day(2)), 0},
			{"which nobody can have been", suspected(1, 1, day(2), false), 1},
			{"but somebody was", confirmed(1, 1, day(2)), 0},
			{"the lead replies, which somebody confirms", confirmed(1, 1, day(1)), 0},
			{"and tells", reply, 0},
		} {
			b.Tell(t, eventlog.SLA, step.event)
			wantRules(t, b.sourcing(t), rules(0, 1, step.want))
		}
	})
}

func TestWhatAPlaybookCountsAllTheSameIsAnActOfSales(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), touched(1, 1, day(5)))
		b.open(t, "1", day(10), of(1, 1_00))
		b.Tell(t, eventlog.SLA, acted(1, 1, day(2)), suspected(1, 1, day(2), true))
		wantRules(t, b.sourcing(t), rules(0, 1, 0))
		b.Tell(t, eventlog.SLA, acted(1, 1, day(1)), suspected(1, 1, day(1), false))
		wantRules(t, b.sourcing(t), rules(0, 1, 0))
	})
}

func TestEveryDealOfABatchIsSourcedOnItsOwn(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		touchedAt := day(-40)
		b.Tell(t, eventlog.Scoring, created(1, 1, touchedAt), touched(1, 1, touchedAt))
		req := &attributionv1.BatchCreateOpportunitiesRequest{}
		for i, at := range []time.Time{touchedAt.AddDate(0, 0, 90).Add(time.Microsecond), touchedAt.Add(-time.Microsecond), touchedAt, touchedAt.AddDate(0, 0, 90)} {
			req.Requests = append(req.Requests, &attributionv1.CreateOpportunityRequest{Opportunity: &attributionv1.Opportunity{
				Source: "crm", SourceId: fmt.Sprint(i), Account: account(1), OpenTime: ts(at)}})
		}
		resp, err := b.api.BatchCreateOpportunities(b.ctx, req)
		if err != nil {
			t.Fatalf("BatchCreateOpportunities() error: %v", err)
		}
		var got []playbookv1.Team
		for _, o := range resp.GetOpportunities() {
			got = append(got, o.GetSourcedBy())
		}
		const unknown, marketing = playbookv1.Team_TEAM_UNSPECIFIED, playbookv1.Team_TEAM_MARKETING
		if diff := cmp.Diff([]playbookv1.Team{unknown, unknown, marketing, marketing}, got); diff != "" {
			t.Errorf("teams (-want +got):\n%s", diff)
		}
	})
}

func TestTheAgreedRuleFreezesTheTeam(t *testing.T) {
	tests := []struct {
		rule playbookv1.SourcedBy
		want playbookv1.Team
	}{
		{playbookv1.SourcedBy_SOURCED_BY_RECORDED_SOURCE, playbookv1.Team_TEAM_UNSPECIFIED},
		{playbookv1.SourcedBy_SOURCED_BY_FIRST_TOUCH_MARKETING, playbookv1.Team_TEAM_MARKETING},
		{playbookv1.SourcedBy_SOURCED_BY_MARKETING_BEFORE_SALES, playbookv1.Team_TEAM_SALES},
	}
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.SLA, acted(1, 1, day(1)))
		b.Tell(t, eventlog.Scoring, created(1, 1, day(2)), touched(1, 1, day(2)))
		for i, tt := range tests {
			t.Run(tt.rule.String(), func(t *testing.T) {
				b.activate(t, i+1, agreed(&playbookv1.AttributionPolicy{SourcedBy: tt.rule}))
				o := b.open(t, fmt.Sprint(i), day(10))
				if o.GetSourcedBy() != tt.want {
					t.Errorf("sourced by %v, want %v", o.GetSourcedBy(), tt.want)
				}
				told := b.Told(t)
				if got, want := told[len(told)-1].GetPlaybook(), fmt.Sprintf("playbooks/%d", i+1); got != want {
					t.Errorf("playbook of the event: got %s, want %s", got, want)
				}
			})
		}
	})
}

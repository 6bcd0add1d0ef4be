package attribution_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

func (b *bundle) funnel(t *testing.T, start, end time.Time) *attributionv1.FunnelReport {
	t.Helper()
	got, err := b.api.GetFunnelReport(b.ctx, &attributionv1.GetFunnelReportRequest{StartTime: ts(start), EndTime: ts(end)})
	if err != nil {
		t.Fatalf("GetFunnelReport() error: %v", err)
	}
	return got
}

// spell writes stages as `MQL 3 750`: the milestone, how many reached it, and per mille of the stage before.
func spell(stages []*attributionv1.FunnelStage) []string {
	var all []string
	for _, s := range stages {
		text := fmt.Sprintf("%s %d", s.GetMilestone().String()[len("MILESTONE_"):], s.GetCount())
		if s.ConversionPerMille != nil {
			text += fmt.Sprintf(" %d", s.GetConversionPerMille())
		}
		all = append(all, text)
	}
	return all
}

func qualified(handoffNumber, leadNumber int) *eventv1.Event {
	return &eventv1.Event{Handoff: handoff(handoffNumber), Lead: lead(leadNumber), Payload: &eventv1.Event_LeadQualified{
		LeadQualified: &eventv1.LeadQualified{Handoff: handoff(handoffNumber), Lead: lead(leadNumber), MqlTime: ts(day(5))}}}
}

func accepted(handoffNumber, leadNumber int) *eventv1.Event {
	return &eventv1.Event{Handoff: handoff(handoffNumber), Lead: lead(leadNumber), Payload: &eventv1.Event_HandoffAccepted{
		HandoffAccepted: &eventv1.HandoffAccepted{Handoff: handoff(handoffNumber), AcceptTime: ts(day(6))}}}
}

func ended(handoffNumber, leadNumber int, outcome routingv1.Handoff_Outcome) *eventv1.Event {
	return &eventv1.Event{Handoff: handoff(handoffNumber), Lead: lead(leadNumber), Payload: &eventv1.Event_HandoffClosed{
		HandoffClosed: &eventv1.HandoffClosed{Handoff: handoff(handoffNumber), Lead: lead(leadNumber), Outcome: outcome, CloseTime: ts(day(7))}}}
}

func TestFunnelFollowsTheCohort(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		ads := created(6, 1, day(4))
		ads.GetLeadCreated().Source = "ads"
		b.Tell(t, eventlog.Scoring, created(1, 1, day(1)), created(2, 1, day(2)), created(3, 1, day(3)), created(4, 1, day(3)), created(5, 1, day(3)),
			ads, created(7, 1, day(1).Add(-time.Microsecond)), created(8, 1, day(9)),
			qualified(2, 2), qualified(3, 3), qualified(4, 4), qualified(6, 6), qualified(7, 7))
		b.Tell(t, eventlog.Routing, accepted(3, 3), accepted(4, 4), ended(4, 4, routingv1.Handoff_OUTCOME_SQL), ended(3, 3, routingv1.Handoff_OUTCOME_NURTURE))
		// Lead 4 becomes an opportunity by its handoff; lead 5, which no rep ever saw, is named in one that is won.
		b.open(t, "4", day(8), func(o *attributionv1.Opportunity) { o.Handoff = handoff(4) })
		b.open(t, "5", day(8), func(o *attributionv1.Opportunity) {
			o.Contacts, o.State, o.CloseTime = contacts(lead(99), lead(5)), attributionv1.Opportunity_STATE_WON, ts(day(9))
		})

		got := b.funnel(t, day(1), day(9))
		want := []string{"LEAD 6", "MQL 5 833", "SAL 3 600", "SQL 2 667", "OPPORTUNITY 2 1000", "WON 1 500"}
		if diff := cmp.Diff(want, spell(got.GetStages())); diff != "" {
			t.Errorf("funnel (-want +got):\n%s", diff)
		}
		sources := map[string][]string{}
		for _, s := range got.GetSources() {
			sources[s.GetSlice()] = spell(s.GetStages())
		}
		wantSources := map[string][]string{
			"ads": {"LEAD 1", "MQL 1 1000", "SAL 0 0", "SQL 0", "OPPORTUNITY 0", "WON 0"},
			"web": {"LEAD 5", "MQL 4 800", "SAL 3 750", "SQL 2 667", "OPPORTUNITY 2 1000", "WON 1 500"},
		}
		if diff := cmp.Diff(wantSources, sources); diff != "" {
			t.Errorf("sources (-want +got):\n%s", diff)
		}
		wantProto(t, "empty period", &attributionv1.FunnelStage{Milestone: playbookv1.Milestone_MILESTONE_MQL}, b.funnel(t, day(20), day(21)).GetStages()[1])

		b.activate(t, 1, &playbookv1.Document{Stages: &playbookv1.StagePolicy{Order: []playbookv1.Milestone{
			playbookv1.Milestone_MILESTONE_MQL, playbookv1.Milestone_MILESTONE_SQL, playbookv1.Milestone_MILESTONE_SAL}}})
		if diff := cmp.Diff([]string{"MQL 4", "SQL 2 500", "SAL 2 1000"}, spell(b.funnel(t, day(1), day(9)).GetStages())); diff != "" {
			t.Errorf("funnel in the playbook's order (-want +got):\n%s", diff)
		}
	})
}

func TestFunnelCountsPersons(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.Tell(t, eventlog.Scoring, created(1, 1, day(3)), created(2, 1, day(5)), qualified(2, 2), merged(1, 2))
		b.open(t, "1", day(8), func(o *attributionv1.Opportunity) { o.Contacts = contacts(lead(2), lead(1)) })
		if diff := cmp.Diff([]string{"LEAD 1", "MQL 1 1000", "SAL 1 1000", "SQL 1 1000", "OPPORTUNITY 1 1000", "WON 0 0"},
			spell(b.funnel(t, day(1), day(9)).GetStages())); diff != "" {
			t.Errorf("funnel (-want +got):\n%s", diff)
		}
		if got := b.funnel(t, day(4), day(9)).GetStages()[0].GetCount(); got != 0 {
			t.Errorf("a person's first contact counts: got %d leads in a period after it, want none", got)
		}
	})
}

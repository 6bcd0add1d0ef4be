package dossier_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// TestAMeetingMakesOfALeadWhatItsStandingAllows brings a meeting with leads below the line that stand anywhere.
func TestAMeetingMakesOfALeadWhatItsStandingAllows(t *testing.T) {
	t.Parallel()
	policy, err := qualify.Compile(&playbookv1.Document{
		Disqualify: map[string]string{"rival": `lead.attributes["rival"] == "yes"`},
		Stages:     &playbookv1.StagePolicy{Mql: "false"},
		Meetings:   &playbookv1.MeetingPolicy{BuyerRole: "true", CompanyFit: "true", UseCase: "true", Geography: "true"},
	})
	if err != nil {
		t.Fatal(err)
	}
	rules, now := dossier.Rules{Playbook: 1, Policy: policy}, start.Add(time.Hour)
	rapid.Check(t, func(t *rapid.T) {
		rival := rapid.Bool().Draw(t, "rival")
		l := lead("l", 0, person.Profile{Email: "a@b.example", Attributes: map[string]string{"rival": map[bool]string{true: "yes", false: "no"}[rival]}})
		l.Standing.Qualification = standing.Unqualified
		if rapid.Bool().Draw(t, "was with sales") {
			l.Standing.Handoff, l.Standing.QualifiedAt, l.Standing.Qualification = "old", start, standing.MQL
			if rapid.Bool().Draw(t, "closed") {
				outcome := standing.Outcome(rapid.IntRange(int(standing.EndedSQL), int(standing.EndedDuplicate)).Draw(t, "outcome"))
				l.Standing = l.Standing.Close("old", outcome, rapid.Bool().Draw(t, "by the suite"), now.Add(-time.Minute))
			}
		}
		before := l.Standing
		d, err := dossier.Open(l, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := &record.Meeting{}
		d.Meet(m)
		d.Judge(rules, dossier.NewDirectory(), now, mint)
		back := map[standing.Outcome]bool{standing.NotEnded: true, standing.EndedSQL: true, standing.EndedNurture: true, standing.EndedRecycled: true,
			standing.EndedDuplicate: before.BySuite}[before.Outcome]
		want := record.Meeting{Effect: record.MeetingTurnedAway}
		switch {
		case before.Open():
			want.Effect, want.Handoff = record.MeetingAdded, "old"
		case rival:
			want.Effect, want.Disqualifier = record.MeetingDisqualified, "rival"
		case back && before.Closed():
			want.Effect, want.Handoff = record.MeetingQualified, "l/2"
		case back:
			want.Effect, want.Handoff = record.MeetingQualified, "l/1"
		}
		if m.Effect != want.Effect || m.Handoff != want.Handoff || m.Disqualifier != want.Disqualifier {
			t.Fatalf("%+v: got %+v, want %+v", before, m, want)
		}
		if qualified := d.Change.Step == standing.Qualify; qualified != (want.Effect == record.MeetingQualified) || qualified && d.Lead.Standing.Handoff != m.Handoff {
			t.Fatalf("the lead goes to %s by step %d, and the meeting says %s", d.Lead.Standing.Handoff, d.Change.Step, m.Handoff)
		}
		d.Check(rules, dossier.NewDirectory(), "", now)
		if len(m.Checks) != 6 || m.Playbook != 1 {
			t.Fatalf("it was checked by %d: %v", m.Playbook, m.Checks)
		}
	})
}

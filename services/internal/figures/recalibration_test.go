package figures_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func TestARecalibrationSaysWhatWouldChangeWhyAndHowItWasProved(t *testing.T) {
	t.Parallel()
	at := func(day int) *timestamppb.Timestamp {
		return timestamppb.New(time.Date(2026, 5, day, 0, 0, 0, 0, time.UTC))
	}
	share := func(part, whole int64, mille, lower, upper int32) *playbookv1.Proportion {
		return &playbookv1.Proportion{PartCount: part, WholeCount: whole, PerMille: &mille, LowerPerMille: &lower, UpperPerMille: &upper}
	}
	r := &feedbackv1.Recalibration{Name: "recalibrations/a", State: feedbackv1.Recalibration_STATE_PROPOSED, Weeks: 4, HeldOutWeeks: 2, StartTime: at(4),
		HeldOutTime: at(18), Baseline: "playbooks/1", Playbook: "playbooks/2", Sentence: "The draft has 8 good ones more.",
		Changes: []*feedbackv1.RecalibrationChange{{Subject: "criteria.size_fit: account.employees >=", Old: "account.employees >= 200",
			New: "account.employees >= 400", Sentences: []string{"size_fit asks for at least 400 employees instead of 200"}, Because: "Of the 36 leads that it leaves out, 7 were good."}},
		HeldOut: &feedbackv1.RecalibrationFigures{AnsweredCount: 100, KeptCount: 70, Draft: share(42, 70, 600, 483, 707), Baseline: share(34, 70, 486, 373, 600),
			SwappedCount: 21, SwappedInGoodCount: 13, SwappedOutGoodCount: 5, PValue: 0.0133},
		Training: &feedbackv1.RecalibrationFigures{AnsweredCount: 120, KeptCount: 84, Draft: share(50, 84, 595, 488, 694), Baseline: share(40, 84, 476, 373, 582)},
		LeftOut:  []*feedbackv1.RecalibrationDissent{{Subject: "stages.mql: and buyer_role", Team: playbookv1.Team_TEAM_SALES, RefuseTime: at(2)}},
		Simulation: &playbookv1.Simulation{BaselineFigures: &playbookv1.SimulationFigures{LeadCount: 300}, DraftFigures: &playbookv1.SimulationFigures{LeadCount: 210},
			Gained: &playbookv1.SimulationChange{}, Lost: &playbookv1.SimulationChange{LeadCount: 90}},
	}
	want := `
recalibrations/a: playbooks/2 is proposed
  4 weeks from 2026-05-04, of which 2 are held out, from 2026-05-18
  The draft has 8 good ones more.

What would change
  size_fit asks for at least 400 employees instead of 200.
    Of the 36 leads that it leaves out, 7 were good.

Good leads at the same volume (with the 95 % interval)
WANT`
	got := recalibrated(t, r)
	head, rest, _ := strings.Cut(want, "WANT")
	if diff := cmp.Diff(head, got[:min(len(head), len(got))]); diff != "" || rest != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, part := range []string{"weeks held out", "60.0 % (42 of 70; 48.3 % to 70.7 %)", "21: 13 good for 5", "0.0133",
		"left out: stages.mql: and buyer_role, which sales refused on 2026-05-02", "leads by the draft", "210", "handoff playbook sign playbooks/2"} {
		if !strings.Contains(got, part) {
			t.Errorf("it does not say %q:\n%s", part, got)
		}
	}
	nothing := proto.CloneOf(r)
	nothing.State, nothing.Cause, nothing.Playbook, nothing.Simulation = feedbackv1.Recalibration_STATE_NOTHING, feedbackv1.Recalibration_CAUSE_NOT_PROVEN, "", nil
	nothing.Changes[0].Sentences = nil
	got = recalibrated(t, nothing)
	for _, part := range []string{"nothing is proposed: not proven", "What was found, and is not proposed", "account.employees >= 400 instead of account.employees >= 200"} {
		if !strings.Contains(got, part) {
			t.Errorf("it does not say %q:\n%s", part, got)
		}
	}
}

func recalibrated(t *testing.T, r *feedbackv1.Recalibration) string {
	t.Helper()
	var out strings.Builder
	p := figures.New(&out)
	p.Recalibration(r)
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

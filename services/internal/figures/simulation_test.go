package figures_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	datepb "google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func TestASimulationIsShownSoThatBothTeamsCanReadIt(t *testing.T) {
	t.Parallel()
	on := func(day int) *timestamppb.Timestamp {
		return timestamppb.New(time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC))
	}
	s := &playbookv1.Simulation{
		Draft: "playbooks/2", Baseline: "playbooks/1", StartTime: on(1), EndTime: on(31), LeadCount: 1200, EngagementCount: 9000,
		Fidelity: &playbookv1.SimulationFidelity{RecordedCount: 10, ReproducedCount: 10},
		BaselineFigures: &playbookv1.SimulationFigures{MqlCount: 10, LeadCount: 9, Tiers: []*playbookv1.TierFigure{{Tier: "T1", MqlCount: 4}, {MqlCount: 6}},
			Opportunity: &playbookv1.SimulationFit{Precision: &playbookv1.Proportion{PartCount: 3, WholeCount: 10, PerMille: proto.Int32(300),
				LowerPerMille: proto.Int32(108), UpperPerMille: proto.Int32(603)}, Recall: &playbookv1.Proportion{}},
			Won:  &playbookv1.SimulationFit{Precision: &playbookv1.Proportion{}, Recall: &playbookv1.Proportion{}, ImmatureCount: 2},
			Load: &playbookv1.SimulationLoad{Reps: []*playbookv1.RepLoad{{Rep: "reps/ann", HandoffCount: 4, BusiestDayCount: 2}}}},
		DraftFigures: &playbookv1.SimulationFigures{MqlCount: 12, LeadCount: 11, Tiers: []*playbookv1.TierFigure{{Tier: "T1", MqlCount: 12}},
			Opportunity: &playbookv1.SimulationFit{Precision: &playbookv1.Proportion{}, Recall: &playbookv1.Proportion{}},
			Won:         &playbookv1.SimulationFit{Precision: &playbookv1.Proportion{}, Recall: &playbookv1.Proportion{}},
			Load:        &playbookv1.SimulationLoad{HeldCount: 1, Pools: []*playbookv1.PoolLoad{{Pool: "pools/east", HandoffCount: 12}}},
			Clocks:      []*playbookv1.ClockFigure{{Kind: "first_touch", Tier: "T1", ClockCount: 12, DueOutsideHoursCount: 5}}, BusiestDueDay: &datepb.Date{Year: 2026, Month: 3, Day: 9},
			BusiestDueDayCount: 7, UncountedClocks: []string{"disposition"}},
		Cautions:  []string{"the draft asks whether accounts surge"},
		KeptCount: 9, LaterCount: 1, TierMoves: []*playbookv1.TierMove{{ToTier: "T1", LeadCount: 9}},
		Gained: &playbookv1.SimulationChange{LeadCount: 2, Reasons: []*playbookv1.ReasonFigure{{Reason: "criterion size_fit", LeadCount: 2}},
			Leads: []*playbookv1.ChangedLead{{Lead: "leads/a", MqlTime: on(3), Tier: "T1", Reason: "fit 75 instead of 50: size_fit is now true"}}},
		Lost: &playbookv1.SimulationChange{},
		Activation: &playbookv1.SimulationActivation{QualifiedCount: 1, DisqualifiedCount: 3, Load: &playbookv1.SimulationLoad{},
			Leads: []*playbookv1.ActivatedLead{{Lead: "leads/b", Tier: "T1", Rep: "reps/ann"}}},
	}
	if diff := cmp.Diff([]string{"leads/a", "leads/b"}, figures.Listed(s)); diff != "" {
		t.Errorf("listed (-want +got):\n%s", diff)
	}
	var out strings.Builder
	p := figures.New(&out)
	p.Simulation(s, map[string]string{"leads/a": "Ann Lee"})
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"playbooks/2 against playbooks/1, from 2026-03-01 to 2026-03-31",
		"1,200 leads and 9,000 engagements were judged again", "caution: the draft asks whether accounts surge",
		"30.0 % (3 of 10; 10.8 % to 60.3 %)", "Gained: qualified by the draft alone: 2 leads", "criterion size_fit",
		"2026-03-03  Ann Lee  T1  fit 75 instead of 50: size_fit is now true", "and 1 more", "Lost: qualified by the baseline alone: 0 leads",
		"no tier   T1         9", "7 deadlines on 2026-03-09 by the draft", "not counted: disposition, which begins when a rep accepts", "1 leads would qualify at once, 3 would be disqualified", "leads/b",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}

func TestAClockThatIsNotCountedIsToldOnceWhicheverVersionHasIt(t *testing.T) {
	t.Parallel()
	none := &playbookv1.SimulationFit{Precision: &playbookv1.Proportion{}, Recall: &playbookv1.Proportion{}}
	var out strings.Builder
	p := figures.New(&out)
	p.Simulation(&playbookv1.Simulation{
		BaselineFigures: &playbookv1.SimulationFigures{Opportunity: none, Won: none, UncountedClocks: []string{"disposition", "demo_booked"}},
		DraftFigures:    &playbookv1.SimulationFigures{Opportunity: none, Won: none, UncountedClocks: []string{"demo_booked"}},
	}, nil)
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	if strings.Count(out.String(), "not counted: disposition,") != 1 || strings.Count(out.String(), "not counted: demo booked,") != 1 {
		t.Errorf("got\n%s", out.String())
	}
}

func TestWhatDependsOnACalendarThatDoesNotExistIsNotShownAsNothing(t *testing.T) {
	t.Parallel()
	clocks := []*playbookv1.ClockFigure{{Kind: "first_touch", Tier: "T1", ClockCount: 12}}
	s := &playbookv1.Simulation{
		BaselineFigures: &playbookv1.SimulationFigures{Clocks: clocks, MissingCalendars: []string{"calendars/berlin"}, BusiestDueDay: &datepb.Date{Year: 2026, Month: 3, Day: 9}, BusiestDueDayCount: 7},
		DraftFigures:    &playbookv1.SimulationFigures{Clocks: clocks, MissingCalendars: []string{"calendars/business"}},
	}
	none := &playbookv1.SimulationFit{Precision: &playbookv1.Proportion{}, Recall: &playbookv1.Proportion{}}
	for _, f := range []*playbookv1.SimulationFigures{s.GetBaselineFigures(), s.GetDraftFigures()} {
		f.Opportunity, f.Won = none, none
	}
	var out strings.Builder
	p := figures.New(&out)
	p.Simulation(s, nil)
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"first touch T1 12 12 0 0 -", "busiest day: 7 deadlines on 2026-03-09 by the baseline, not known by the draft",
		"caution: calendars/berlin does not exist: nobody knows when the clocks of the baseline that count by it are due",
		"caution: calendars/business does not exist: nobody knows when the clocks of the draft that count by it are due",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}

package figures_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func restatementsOf(t *testing.T, all *slav1.ListRestatementsResponse) string {
	t.Helper()
	var out strings.Builder
	p := figures.New(&out)
	p.Restatements("2026-W10", all)
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRestatementsSayWhatChangedFromWhatToWhatAndWhatThatDoes(t *testing.T) {
	t.Parallel()
	at := timestamppb.New(time.Date(2026, 3, 9, 17, 30, 0, 0, time.UTC))
	missed := &slav1.CountedClock{Outcome: slav1.CountedClock_OUTCOME_MISSED, DueTime: at, Rep: "reps/ann", Causes: []*slav1.BreachCauseShare{
		{Cause: slav1.BreachCause_BREACH_CAUSE_SYSTEM, PerMille: 250}, {Cause: slav1.BreachCause_BREACH_CAUSE_FIT}, {Cause: slav1.BreachCause_BREACH_CAUSE_REP, PerMille: 750}}}
	met := &slav1.CountedClock{Outcome: slav1.CountedClock_OUTCOME_MET, Answered: true, DueTime: at, Elapsed: durationpb.New(90 * time.Minute), Rep: "reps/bob"}
	got := restatementsOf(t, &slav1.ListRestatementsResponse{
		Restatements: []*slav1.Restatement{
			{Handoff: "handoffs/a", Clock: "handoffs/a/clocks/first_touch-1", Closed: missed, Live: met, ChangeTime: at, ChangedBy: "activity_recorded",
				Changes: []string{"outcome", "answered", "elapsed", "rep", "causes"}},
			{Handoff: "handoffs/b", Clock: "handoffs/b/clocks/accept-2", Live: met},
			{Handoff: "handoffs/c", Clock: "handoffs/c/clocks/accept-1", Closed: missed, ChangeTime: at, ChangedBy: "time_passed"}},
		Clocks: []*slav1.RestatedClocks{{Kind: "first_touch", RestatementCount: 1, Closed: &slav1.ClockCompliance{MetCount: 7, MissedCount: 3},
			Live: &slav1.ClockCompliance{MetCount: 8, MissedCount: 2}}},
		Commitments: []*slav1.RestatedCommitment{{Closed: &slav1.CommitmentResult{Measure: "contacted", PartCount: 7, WholeCount: 10},
			Live: &slav1.CommitmentResult{Measure: "contacted", PartCount: 8, WholeCount: 10}},
			{Closed: &slav1.CommitmentResult{Measure: "mql_volume", Actual: new(int64(12))}, Live: &slav1.CommitmentResult{Measure: "mql_volume", Actual: new(int64(11))}}}})
	want := `
Restatements of 2026-W10
  handoff     clock          what      closed                     today            changed  by
  handoffs/a  first_touch-1  outcome   missed                     met    2026-03-09 17:30Z  activity recorded
                             answered  no                         yes    2026-03-09 17:30Z  activity recorded
                             elapsed   0s                         1h30m  2026-03-09 17:30Z  activity recorded
                             rep       ann                        bob    2026-03-09 17:30Z  activity recorded
                             causes    system 25.0 %, rep 75.0 %  none   2026-03-09 17:30Z  activity recorded
  handoffs/b  accept-2       counts    no                         met                    -  -
  handoffs/c  accept-1       counts    missed                     no     2026-03-09 17:30Z  time passed

What they do to the clocks
                                                                in
  clock        restated    met  missed  cancelled             time
  first touch         1  7 → 8   3 → 2          0  70.0 % → 80.0 %

What became of the promises
  promise               closed             today
  contacted   70.0 % (7 of 10)  80.0 % (8 of 10)
  mql volume                12                11
`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("restatements (-want +got):\n%s", diff)
	}
}

func TestAPeriodOfWhichNothingWasRestatedSaysSo(t *testing.T) {
	t.Parallel()
	got := restatementsOf(t, &slav1.ListRestatementsResponse{})
	if want := "\nRestatements of 2026-W10\n  nothing: every clock counts as it did when the period was closed\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

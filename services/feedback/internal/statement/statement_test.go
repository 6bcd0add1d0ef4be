package statement_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/statement"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/money"
)

func TestWhatBecomesOfAMeetingFollowsFromWhatIsKnown(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		facts statement.Facts
		want  statement.Result
	}{
		{"nobody answered", statement.Facts{}, statement.Result{State: statement.Pending}},
		{"accepted", statement.Facts{Step: verdict.Accept, Standing: dispute.Stands}, statement.Result{State: statement.Accepted}},
		{"accepted and over", statement.Facts{Step: verdict.Accept, Standing: dispute.Stands, Ended: true}, statement.Result{State: statement.Accepted}},
		{"rejected", statement.Facts{Step: verdict.Reject, Standing: dispute.Stands, Counted: verdict.BadFitBudget, Ended: true},
			statement.Result{State: statement.Rejected, Reason: verdict.BadFitBudget}},
		{"disputed", statement.Facts{Step: verdict.Reject, Standing: dispute.Disputed, Counted: verdict.BadFitBudget, Ended: true},
			statement.Result{State: statement.Disputed, Reason: verdict.BadFitBudget}},
		{"overturned", statement.Facts{Step: verdict.Reject, Standing: dispute.Overturned, Ended: true}, statement.Result{State: statement.Accepted}},
		{"reclassified", statement.Facts{Step: verdict.Reject, Standing: dispute.Reclassified, Counted: verdict.NotReady, Ended: true},
			statement.Result{State: statement.Rejected, Reason: verdict.NotReady}},
		{"recycled", statement.Facts{Step: verdict.Recycle, Standing: dispute.Stands, Ended: true}, statement.Result{State: statement.Recycled}},
		{"the lead was another one", statement.Facts{Ended: true, Another: true}, statement.Result{State: statement.Duplicate}},
		{"over before anybody answered", statement.Facts{Ended: true}, statement.Result{State: statement.Withdrawn}},
		{"another meeting came first", statement.Facts{Repeated: true, Step: verdict.Accept}, statement.Result{State: statement.Duplicate}},
	} {
		if got := tc.facts.Result(); got != tc.want {
			t.Errorf("%s: got %+v, want %+v", tc.name, got, tc.want)
		}
	}
}

// TestAPartnerGetsTheFeeOnce whatever is stated in between.
func TestAPartnerGetsTheFeeOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		fee := money.Amount{Minor: rapid.Int64Range(1, 1e12).Draw(t, "fee"), Currency: "USD"}
		states := rapid.SliceOfN(rapid.Uint8Range(uint8(statement.Pending), uint8(statement.Withdrawn)), 1, 20).Draw(t, "states")
		var lines []statement.Line
		for i, s := range states {
			l := statement.Line{Is: statement.Result{State: statement.State(s)}, Fee: fee}
			if i > 0 {
				l.Was = &lines[i-1].Is
			}
			lines = append(lines, l)
		}
		sum, err := statement.Of(lines)
		if err != nil {
			t.Fatal(err)
		}
		want := money.Amount{Currency: "USD"}
		if lines[len(lines)-1].Is.State == statement.Accepted {
			want = fee
		}
		if diff := cmp.Diff([]money.Amount{want}, sum.Totals); diff != "" {
			t.Fatalf("%v (-want +got):\n%s", states, diff)
		}
		if sum.Counts.Brought != 1 || sum.Corrections != int64(len(lines)-1) {
			t.Fatalf("%d brought, %d corrections", sum.Counts.Brought, sum.Corrections)
		}
	})
}

func TestASumCountsByStateAndCampaign(t *testing.T) {
	t.Parallel()
	line := func(campaign string, s statement.State) statement.Line {
		return statement.Line{Campaign: campaign, Is: statement.Result{State: s}}
	}
	sum, err := statement.Of([]statement.Line{line("cold", statement.Accepted), line("", statement.Rejected), line("cold", statement.Rejected),
		line("cold", statement.Disputed), line("cold", statement.Pending)})
	if err != nil {
		t.Fatal(err)
	}
	want := statement.Sum{
		Counts: statement.Counts{Brought: 5, By: map[statement.State]int64{statement.Accepted: 1, statement.Rejected: 2, statement.Disputed: 1, statement.Pending: 1}},
		Campaigns: []statement.Campaign{{"", statement.Counts{Brought: 1, By: map[statement.State]int64{statement.Rejected: 1}}},
			{"cold", statement.Counts{Brought: 4, By: map[statement.State]int64{statement.Accepted: 1, statement.Rejected: 1, statement.Disputed: 1, statement.Pending: 1}}}},
	}
	if diff := cmp.Diff(want, sum); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := sum.Counts.Acceptance(); got.Part != 1 || got.Whole != 3 {
		t.Errorf("acceptance: got %d of %d, want 1 of 3: what is open says nothing", got.Part, got.Whole)
	}
}

package compliance_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/compliance"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

func TestWhyClocksWereMissedByHand(t *testing.T) {
	t.Parallel()
	var l compliance.Ledger
	for _, shares := range []deadline.Shares{{1_000_000}, {250_000, 0, 0, 0, 750_000}, {500_000, 0, 500_000}, {}} {
		l.AddClock(compliance.Clock{Kind: deadline.FirstTouch, Outcome: compliance.Missed, Causes: shares})
	}
	l.AddClock(compliance.Clock{Kind: deadline.Accept, Outcome: compliance.Met, Causes: deadline.Shares{1_000_000}}) // not missed
	share := func(cause deadline.Cause, perMille, most int64) compliance.CauseShare {
		return compliance.CauseShare{Cause: cause, PerMille: perMille, Most: most}
	}
	want := []compliance.Blame{{Kind: deadline.FirstTouch, Missed: 3, Causes: []compliance.CauseShare{share(deadline.System, 583, 2), share(deadline.Routing, 0, 0),
		share(deadline.Capacity, 167, 0), share(deadline.Fit, 0, 0), share(deadline.Rep, 250, 1)}}}
	if diff := cmp.Diff(want, l.Blames()); diff != "" {
		t.Errorf("blames (-want +got):\n%s", diff)
	}
}

func TestSharesOfCausesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var l compliance.Ledger
		clocks := rapid.SliceOfN(rapid.SliceOfN(rapid.Int64Range(0, 100), 5, 5), 1, 20).Draw(t, "clocks")
		var missed int64
		for _, parts := range clocks {
			var shares deadline.Shares
			copy(shares[:], deadline.Apportion(parts, deadline.Whole))
			if shares != (deadline.Shares{}) {
				missed++
			}
			l.AddClock(compliance.Clock{Kind: deadline.Accept, Outcome: compliance.Missed, Causes: shares})
		}
		for _, b := range l.Blames() {
			var perMille, most int64
			for _, c := range b.Causes {
				perMille, most = perMille+c.PerMille, most+c.Most
			}
			if perMille != 1000 || most != missed || b.Missed != missed {
				t.Errorf("%d missed: %+v", missed, b)
			}
		}
	})
}

package figures_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func TestALedgerShowsWhoIsOwedAndWhatWasTakenBack(t *testing.T) {
	t.Parallel()
	at := timestamppb.New(time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC))
	var text strings.Builder
	out := figures.New(&text)
	out.Ledger(&routingv1.FairnessLedger{Name: "pools/velocity/ledger", Mode: routingv1.Pool_MODE_FAIR, DecisionCount: 1200, Epoch: 3, Turn: 7, Accounts: []*routingv1.FairnessAccount{
		{Rep: "reps/ann", Weight: 1, AssignedCount: 601, DeficitNanos: -500_000_000, OwnerCount: 4, LastAssignTime: at},
		{Rep: "reps/bob", Weight: 2, AssignedCount: 599, DeficitNanos: 500_000_000},
	}}, []*routingv1.FairnessEntry{
		{Rep: "reps/ann", Handoff: "handoffs/019cadc69afb7c1e9a0f3c1d2e4b5a69", Rule: routingv1.FairnessEntry_RULE_LARGEST_DEFICIT,
			Tie: routingv1.FairnessEntry_TIE_RECENCY, DecideTime: at},
		{Rep: "reps/bob", Rule: routingv1.FairnessEntry_RULE_SOLE, DecideTime: at,
			Credit: &routingv1.TurnCredit{Reason: routingv1.CreditReason_CREDIT_REASON_DUPLICATE}},
	})
	out.Load(&routingv1.RouteLoad{LeadCount: 3000, AssignedCount: 2000, HeldCount: 900, QueuedCount: 60, ClosedCount: 40, UnqualifiedCount: 12, ErrorCount: 1,
		Reps:  []*routingv1.RouteLoad_Rep{{Rep: "reps/ann", DisplayName: "Ann Archer", LeadCount: 1500, OpenCount: 3}, {Rep: "reps/bob", LeadCount: 500}},
		Pools: []*routingv1.RouteLoad_Pool{{Pool: "pools/velocity", LeadCount: 2000, HeldCount: 900}}})
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	const want = `
pools/velocity: who is owed the most gets it
  1,200 decisions; turn 7 of epoch 3
                             past
                              the
  rep  weight  turns   owed  pool  last turn
  bob       2    599  +0.50     0  never
  ann       1    601  -0.50     4  Mon 2026-05-04 09:00 UTC
  (owed: how many leads they are behind their exact share; less than 0 is ahead)

The newest decisions
                            rep  picked by                                                                        handoff
  Mon 2026-05-04 09:00 UTC  ann  largest deficit, tie by recency                         019cadc69afb7c1e9a0f3c1d2e4b5a69
  Mon 2026-05-04 09:00 UTC  bob  sole                             taken back: duplicate                                 -

3,000 leads: 2,000 to reps, 900 held, 60 to queues, 40 closed at once
  12 of them do not qualify by the playbook in force
  1 could not be read
                              has
              would      of  open
  rep           get     all   now
  Ann Archer  1,500  75.0 %     3
  bob           500  25.0 %     0
            would  would
  pool       give   hold
  velocity  2,000    900
`
	if diff := cmp.Diff(want, text.String()); diff != "" {
		t.Errorf("printed (-want +got):\n%s", diff)
	}
}

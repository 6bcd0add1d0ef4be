package scoring_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

func TestMergesAndIntakeThatRaceEndInOneOrder(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		for round := range 4 {
			older := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: fmt.Sprint("o", round), Email: fmt.Sprintf("o%d@initech.example", round)})
			b.pass(day)
			younger := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: fmt.Sprint("y", round), Email: fmt.Sprintf("y%d@initech.example", round)})
			b.merge(t, older, younger)
			var wg sync.WaitGroup
			race := func(call func(i int) error) {
				for i := range 3 {
					wg.Go(func() {
						if err := call(i); err != nil && status.Code(err) != codes.FailedPrecondition {
							t.Error(err)
						}
					})
				}
			}
			race(func(int) error {
				_, err := b.UnmergeLead(b.ctx, &scoringv1.UnmergeLeadRequest{Name: younger.GetName()})
				return err
			})
			race(func(int) error {
				_, err := b.MergeLeads(b.ctx, &scoringv1.MergeLeadsRequest{Name: younger.GetName(), Other: older.GetName()})
				return err
			})
			race(func(i int) error {
				_, err := b.CreateLead(b.ctx, &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "crm", SourceId: fmt.Sprint("y", round)},
					Engagements: []*scoringv1.Engagement{b.engagement(fmt.Sprint(round, "y", i), "page_view")}})
				return err
			})
			race(func(i int) error {
				_, err := b.BatchRecordEngagements(b.ctx, &scoringv1.BatchRecordEngagementsRequest{Engagements: []*scoringv1.Engagement{
					byEmail(fmt.Sprintf("o%d@initech.example", round), b.engagement(fmt.Sprint(round, "o", i), "page_view"))}})
				return err
			})
			wg.Wait()
			if b.get(t, younger.GetName()).GetMergedInto() != "" {
				b.unmerge(t, younger)
			}
			for _, l := range []*scoringv1.Lead{older, younger} {
				p := b.portray(t, l.GetName())
				if len(p.Engagements) != 3 {
					t.Errorf("round %d: %s did %d things, want 3", round, l.GetSourceId(), len(p.Engagements))
				}
				if diff := cmp.Diff(b.get(t, l.GetName()).GetScore(), p.Score.GetSummary(), protocmp.Transform()); diff != "" {
					t.Errorf("round %d: the score of %s is explained otherwise (-stored +explained):\n%s", round, l.GetSourceId(), diff)
				}
			}
			if merges, parted := len(b.merges(t)), len(b.unmerged(t)); merges != parted {
				t.Errorf("round %d: told %d merges and %d that were taken back", round, merges, parted)
			}
		}
	})
}

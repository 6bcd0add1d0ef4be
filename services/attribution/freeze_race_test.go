package attribution_test

import (
	"fmt"
	"sync"
	"testing"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// TestATouchAndADealThatArriveAtOnceDoNotMissEachOther has touches arrive while the deals that they sourced are put on record:
// whichever comes first, the team is marketing.
func TestATouchAndADealThatArriveAtOnceDoNotMissEachOther(t *testing.T) {
	const pairs = 40
	each(t, func(t *testing.T, b *bundle) {
		for n := 1; n <= pairs; n++ {
			b.Tell(t, eventlog.Scoring, recorded(1, created(n, n, day(1))))
		}
		b.Clock.Set(moment(10))
		var both sync.WaitGroup
		both.Go(func() {
			for n := 1; n <= pairs; n++ {
				b.Tell(t, eventlog.Scoring, recorded(9, touched(n, n, day(5))))
			}
		})
		both.Go(func() {
			for n := 1; n <= pairs; n++ {
				_, err := b.api.CreateOpportunity(b.ctx, &attributionv1.CreateOpportunityRequest{Opportunity: &attributionv1.Opportunity{
					Source: "crm", SourceId: fmt.Sprint(n), Account: account(n), OpenTime: ts(day(10))}})
				if err != nil {
					t.Errorf("CreateOpportunity(%d) error: %v", n, err)
				}
			}
		})
		both.Wait()
		page, err := b.api.ListOpportunities(b.ctx, &attributionv1.ListOpportunitiesRequest{PageSize: pairs})
		if err != nil || len(page.GetOpportunities()) != pairs {
			t.Fatalf("got %d deals, %v", len(page.GetOpportunities()), err)
		}
		for _, o := range page.GetOpportunities() {
			if o.GetSourcedBy() != playbookv1.Team_TEAM_MARKETING {
				t.Errorf("deal %s is sourced by %v", o.GetSourceId(), o.GetSourcedBy())
			}
		}
	})
}

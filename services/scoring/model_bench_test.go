package scoring_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// BenchmarkAModelIsLearnt learns from 20,000 leads with ten engagements each, from reading them to the stored model.
func BenchmarkAModelIsLearnt(b *testing.B) {
	const leads = 20_000
	benchmark(b, func(b *testing.B, room *bundle) {
		fill(b, room, leads)
		room.pass(200 * day)
		for b.Loop() {
			if m := room.learn(b, &scoringv1.Model{}); m.GetState() != scoringv1.Model_STATE_READY || m.GetLearntLeadCount() != leads*4/5 {
				b.Fatal(m)
			}
			room.pass(time.Second)
		}
	})
}

// fill stores leads of whom those from Germany convert more often.
func fill(b *testing.B, room *bundle, leads int) {
	start := room.Clock.Now()
	for from := 0; from < leads; from += 1000 {
		err := room.Host.DB.InTx(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
			var did []record.Engagement
			for i := from; i < from+1000; i++ {
				id, at := fmt.Sprintf("%032x", i), start.Add(time.Duration(i)*time.Minute)
				country := []string{"DE", "US", "FR", "GB"}[i%4]
				l := &record.Lead{ID: id, Source: "crm", SourceID: id, CreatedAt: at, OccurredAt: at, UpdatedAt: at,
					Fields: person.Profile{Email: id + "@x.example", Title: "VP Sales", Country: country, Attributes: map[string]string{"plan": []string{"a", "b", "c"}[i%3]}}.Fields(dedupe.Reported, at)}
				if err := store.PutLead(tx, l, store.Found{}); err != nil {
					return err
				}
				for k := range 10 {
					did = append(did, record.Engagement{ID: fmt.Sprint(id, k), Lead: id, Source: "s", SourceEventID: fmt.Sprint(id, k),
						Type: []string{"page_view", "email_click"}[k%2], OccurredAt: at.Add(time.Duration(k*i%50) * time.Hour), RecordedAt: at.Add(time.Duration(k*i%50) * time.Hour)})
				}
				if i*7%20 < 3 || i%4 == 0 && i%5 < 2 {
					if _, err := store.PutOpportunity(ctx, tx, store.Opportunity{ID: id, OpenedAt: at.Add(20 * day), State: store.OpportunityOpen, Contacts: []string{id}}); err != nil {
						return err
					}
				}
			}
			_, err := store.AddEngagements(ctx, tx, did)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

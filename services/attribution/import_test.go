package attribution_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// A replica that looks, finds nothing, and meets another replica's row when it writes must merge into that row.
func TestAReplicaThatComesSecondMerges(t *testing.T) {
	t.Parallel()
	url := sqldbtest.Postgres(t)
	open := func() *sqldb.DB {
		db, err := sqldb.Open(t.Context(), sqldb.Config{Service: "attribution", URL: url, Migrations: migrations(t)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { db.Close() })
		return db
	}
	other, b := open(), newBundle(t, open())
	first := &store.Opportunity{ID: "019caed943007b01aefac744d669e937", CreatedAt: day(20), UpdatedAt: day(20), RowVersion: 1, Events: 1,
		Deal: deal.Deal{Source: "crm", SourceID: "1", State: deal.Open, OpenedAt: day(10), Owner: "ann"}}
	answer := make(chan *attributionv1.BatchCreateOpportunitiesResponse, 1)
	err := other.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := store.InsertOpportunities(ctx, tx, []*store.Opportunity{first}); err != nil {
			return err
		}
		go func() {
			resp, err := b.api.BatchCreateOpportunities(b.ctx, &attributionv1.BatchCreateOpportunitiesRequest{Requests: []*attributionv1.CreateOpportunityRequest{
				{Opportunity: &attributionv1.Opportunity{Source: "crm", SourceId: "0"}},
				{Opportunity: &attributionv1.Opportunity{Source: "crm", SourceId: "1", Stage: "demo"}}}})
			if err != nil {
				t.Errorf("BatchCreateOpportunities() error: %v", err)
			}
			answer <- resp
		}()
		for waiting := 0; waiting == 0; { // until the insert waits for this transaction
			err := b.Host.DB.QueryRow(t.Context(), `SELECT COUNT(*) FROM pg_stat_activity
				WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting)
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	got := (<-answer).GetOpportunities()
	if len(got) != 2 || got[0].GetEtag() != `"1"` {
		t.Fatalf("answers: got %v, want a new opportunity and a known one", got)
	}
	want := &attributionv1.Opportunity{Name: "opportunities/" + first.ID, Source: "crm", SourceId: "1", State: attributionv1.Opportunity_STATE_OPEN,
		Owner: "reps/ann", Stage: "demo", OpenTime: ts(day(10)), CreateTime: ts(day(20)), UpdateTime: ts(roomtest.Start), Etag: `"2"`}
	wantProto(t, "merged into the other's", want, got[1])
	if diff := cmp.Diff([]string{opened, changed}, b.news(t)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

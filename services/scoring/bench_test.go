package scoring_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/scoring"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

func benchmark(b *testing.B, run func(b *testing.B, room *bundle)) {
	migrations, err := scoring.Migrations()
	if err != nil {
		b.Fatal(err)
	}
	for dialect, open := range map[string]func() *sqldb.DB{
		"sqlite":   func() *sqldb.DB { return sqldbtest.SQLite(b, migrations) },
		"postgres": func() *sqldb.DB { return sqldbtest.PostgresDB(b, migrations) },
	} {
		b.Run(dialect, func(b *testing.B) {
			room := setup(b, open())
			room.start(b)
			room.account(b, "1", nil)
			run(b, room)
		})
	}
}

func (b *bundle) request(id string) *scoringv1.CreateLeadRequest {
	return &scoringv1.CreateLeadRequest{
		Lead: &scoringv1.Lead{Source: "website", SourceId: id, Email: id + "@initech.example", GivenName: "Ann", FamilyName: "Example", Title: "VP Sales",
			Company: "Initech", Country: "US", Campaign: "campaigns/abm-q4"},
		Engagements: []*scoringv1.Engagement{b.demo(id)}}
}

// BenchmarkScoreLead is a what-if over gRPC.
func BenchmarkScoreLead(b *testing.B) {
	benchmark(b, func(b *testing.B, room *bundle) {
		req := room.request("x")
		account := &scoringv1.Account{DisplayName: "Initech", Domains: []string{"initech.example"}, Industry: "software", Country: "US"}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := room.ScoreLead(room.ctx, &scoringv1.ScoreLeadRequest{Lead: req.GetLead(), Account: account, Engagements: req.GetEngagements()}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkBatchCreateLeads takes in new leads that all qualify, 500 in one call.
func BenchmarkBatchCreateLeads(b *testing.B) {
	benchmark(b, func(b *testing.B, room *bundle) {
		const size = 500
		b.ReportAllocs()
		n := 0
		for b.Loop() {
			req := &scoringv1.BatchCreateLeadsRequest{}
			for range size {
				req.Requests = append(req.Requests, room.request(fmt.Sprint("b", n)))
				n++
			}
			if _, err := room.BatchCreateLeads(room.ctx, req); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "leads/s")
	})
}

// BenchmarkCreateLead takes in new leads that all qualify, each in a call of its own, by many callers at once.
func BenchmarkCreateLead(b *testing.B) {
	for _, callers := range []int{1, 64} {
		b.Run(fmt.Sprintf("callers=%d", callers), func(b *testing.B) {
			benchmark(b, func(b *testing.B, room *bundle) {
				b.ReportAllocs()
				var wg sync.WaitGroup
				ids := make(chan int)
				for range callers {
					wg.Go(func() {
						for id := range ids {
							if _, err := room.CreateLead(room.ctx, room.request(fmt.Sprint("c", id))); err != nil {
								b.Error(err)
							}
						}
					})
				}
				n := 0
				for b.Loop() {
					ids <- n
					n++
				}
				close(ids)
				wg.Wait()
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "leads/s")
			})
		})
	}
}

// BenchmarkRowsAlone is the reference of the other two: the rows and events of leads that qualify, written without a
// thought, as many in one transaction.
func BenchmarkRowsAlone(b *testing.B) {
	for _, size := range []int{64, 500} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			benchmark(b, func(b *testing.B, room *bundle) {
				if _, err := room.CreateLead(room.ctx, room.request("model")); err != nil {
					b.Fatal(err)
				}
				events := room.Told(b)
				n := 0
				for b.Loop() {
					err := room.Host.DB.InTx(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
						return room.write(ctx, tx, events, n, size)
					})
					if err != nil {
						b.Fatal(err)
					}
					n += size
				}
				b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "leads/s")
			})
		})
	}
}

func (b *bundle) write(ctx context.Context, tx *sqldb.Tx, events []*eventv1.Event, from, size int) error {
	now := b.Clock.Now()
	keys, engagements := map[store.Key]string{}, []record.Engagement(nil)
	for i := range size {
		id := fmt.Sprintf("%032x", from+i)
		fields := person.Profile{Email: id + "@initech.example", GivenName: "Ann", FamilyName: "Example", Title: "VP Sales", Company: "Initech", Country: "US",
			Campaign: "abm-q4"}.Fields(dedupe.Reported, now)
		lead := &record.Lead{ID: id, Source: "website", SourceID: id, Fields: fields, OccurredAt: now, CreatedAt: now, UpdatedAt: now, Version: 1}
		if err := store.PutLead(tx, lead, store.Found{Domain: "initech.example", Company: "initech"}); err != nil {
			return err
		}
		keys[store.Key{Kind: store.BySource, Source: "website", Value: id}] = id
		keys[store.Key{Kind: store.ByEmail, Value: id + "@initech.example"}] = id
		engagements = append(engagements, record.Engagement{ID: id, Lead: id, Source: "website", SourceEventID: id, Type: "form_submit", Form: "demo_request",
			OccurredAt: now, RecordedAt: now})
		if err := store.AddDecision(tx, &record.Decision{Lead: id, Number: 1, DecidedAt: now}); err != nil {
			return err
		}
		for _, e := range events {
			if err := b.service.Log().Emit(ctx, tx, eventlog.Key{Name: id, Seq: &lead.Events}, proto.CloneOf(e)); err != nil {
				return err
			}
		}
	}
	if _, err := store.Claim(ctx, tx, keys); err != nil {
		return err
	}
	_, err := store.AddEngagements(ctx, tx, engagements)
	return err
}

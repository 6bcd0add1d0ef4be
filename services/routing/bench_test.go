package routing_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/routing"
)

// BenchmarkAssign gives leads to ten equal reps of one pool. As many leads come in a delivery as clients are at work at
// once. Its reference is an update of one row by as many clients, each in a transaction of its own.
func BenchmarkAssign(b *testing.B) {
	onBoth(b, func(name string, open func(testing.TB) *sqldb.DB) {
		for _, clients := range []int{1, 8, 64} {
			b.Run(fmt.Sprintf("%s/%d/lead", name, clients), func(b *testing.B) { assignLeads(b, open(b), clients) })
			b.Run(fmt.Sprintf("%s/%d/row", name, clients), func(b *testing.B) { updateRow(b, open(b), clients) })
		}
	})
}

// onBoth measures on both databases.
func onBoth(b *testing.B, measure func(name string, open func(testing.TB) *sqldb.DB)) {
	migrations, err := routing.Migrations()
	if err != nil {
		b.Fatal(err)
	}
	measure("sqlite", func(t testing.TB) *sqldb.DB { return sqldbtest.SQLite(t, migrations) })
	measure("postgres", func(t testing.TB) *sqldb.DB { return sqldbtest.DurableDB(t, migrations) })
}

func assignLeads(b *testing.B, db *sqldb.DB, clients int) {
	room := setup(b, db)
	var members []string
	for i := range 10 {
		members = append(members, fmt.Sprint("rep", i))
		room.rep(b, members[i])
	}
	room.pool(b, "velocity", members...)
	b.ResetTimer()
	for done := 0; done < b.N; done += clients {
		batch := make([]*eventv1.Event, clients)
		for i := range batch {
			batch[i] = room.lead()
		}
		room.Tell(b, eventlog.Scoring, batch...)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "leads/s")
}

// BenchmarkPassOn has eight clients pass handoffs on by the rules, each in a transaction of its own that locks the ledger:
// all of them in one pool, or each in a pool of their own.
func BenchmarkPassOn(b *testing.B) {
	onBoth(b, func(name string, open func(testing.TB) *sqldb.DB) {
		for _, pools := range []int{1, 8} {
			b.Run(fmt.Sprintf("%s/pools-%d", name, pools), func(b *testing.B) { passOnIn(b, open(b), pools) })
		}
	})
}

func passOnIn(b *testing.B, db *sqldb.DB, pools int) {
	const clients = 8
	room := setup(b, db)
	doc := example()
	doc.Routing.FirstMatch = nil
	for i := range pools {
		id := fmt.Sprint("pool", i)
		doc.Routing.FirstMatch = append(doc.Routing.FirstMatch, &playbookv1.RoutingRule{When: "true", To: pool(id)})
		var members []string
		for m := range 4 {
			members = append(members, fmt.Sprintf("rep%d-%d", i, m))
			room.rep(b, members[m])
		}
		room.pool(b, id, members...)
	}
	room.activate(b, 2, doc)
	var names [clients]string
	for i := range names {
		e := room.lead(func(q *eventv1.LeadQualified) { q.Context.FirstMatch = []int32{int32(i % pools)} })
		e.Playbook = "playbooks/2"
		room.Tell(b, eventlog.Scoring, e)
		names[i] = e.GetHandoff()
	}
	b.ResetTimer()
	var group sync.WaitGroup
	for i, name := range names {
		group.Go(func() {
			for n := i; n < b.N; n += clients {
				_, err := room.client.ReassignHandoff(revops(b), &routingv1.ReassignHandoffRequest{Name: name,
					Assignment: int32(n/clients) + 1, Reason: routingv1.ReassignReason_REASSIGN_REASON_CAPACITY})
				if err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "leads/s")
}

func updateRow(b *testing.B, db *sqldb.DB, clients int) {
	b.SetParallelism((clients + 1) / 2) // times two processors
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			err := db.InTx(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, `UPDATE gate SET visits = visits + 1 WHERE id = 0`)
				return err
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

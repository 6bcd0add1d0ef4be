package sla_test

import (
	"sync"
	"testing"
	"time"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/sla"
)

// TestTwoSendersMakeOneBurst has two replicas record each half of a burst at once, again and again: none overlooks the other's.
func TestTwoSendersMakeOneBurst(t *testing.T) {
	t.Parallel()
	eachTwice(t, func(t *testing.T, b *bench) {
		const rounds = 40
		b.inbox("playbooks/7", 2)
		b.room.Clock.Set(at(2 * time.Hour))
		for round := range rounds {
			b.atOnce(func(side *bench, n int) {
				if _, err := side.api.CreateActivity(b.admin(), mailed(n, 60*round)); err != nil {
					t.Error(err)
				}
			})
		}
		equal(b, "told of all", b.count(flagged), 2*rounds)
		equal(b, "touched", b.touched(2), []int{})
	})
}

// TestABurstIsSeenWhileAHandoffBecomesKnown has one replica record the second mail of a burst, while another is told whose playbook
// judges the first, again and again.
func TestABurstIsSeenWhileAHandoffBecomesKnown(t *testing.T) {
	t.Parallel()
	eachTwice(t, func(t *testing.T, b *bench) {
		const leads = 40
		b.open()
		b.intakeBy("playbooks/7", 100, "T1")
		b.room.Clock.Set(at(2 * time.Hour))
		for n := 1; n <= leads; n++ {
			b.routing.handoffs[handoff(n)] = &routingv1.Handoff{Name: handoff(n)}
			b.mail(mailed(n, 60*n))
			known := qualified(n, 0)
			known.Playbook = "playbooks/7"
			b.atOnce(func(side *bench, i int) {
				if i == 1 {
					side.room.Tell(b, eventlog.Scoring, known)
					return
				}
				again := mailed(100, 60*n)
				if _, err := side.api.CreateActivity(b.admin(), again); err != nil {
					t.Error(err)
				}
			})
		}
		equal(b, "suspects", b.suspects(leads), upTo(leads))
		equal(b, "told of both, each time", b.count(flagged), 2*leads)
	})
}

// eachTwice runs a test on both databases, with two replicas that share nothing else, so far as the database lets them.
func eachTwice(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	migrations, err := sla.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		b := newBench(t, sqldbtest.SQLite(t, migrations))
		b.twin = b.replica(t)
		test(t, b)
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		cfg := sqldb.Config{Service: sqldbtest.Service, URL: sqldbtest.Postgres(t), Migrations: migrations, MaxConns: 4}
		b := newBench(t, connect(t, cfg))
		b.twin = b.replicaOn(t, connect(t, cfg))
		test(t, b)
	})
}

// connect opens a database for the time of the test.
func connect(t *testing.T, cfg sqldb.Config) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// atOnce does something in both replicas at the same time.
func (b *bench) atOnce(do func(side *bench, n int)) {
	b.Helper()
	var all sync.WaitGroup
	for i, side := range []*bench{b, b.twin} {
		all.Go(func() { do(side, i+1) })
	}
	all.Wait()
}

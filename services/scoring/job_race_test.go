package scoring_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/scoring"
)

// hiring is a playbook that minds what happens at accounts and who is on a list.
func hiring(doc *playbookv1.Document) {
	doc.Criteria["hires"] = `"hiring" in account.triggers`
	doc.Criteria["named"] = `lead.source in lists.named`
}

// everywhere runs a test with two replicas on PostgreSQL, and on SQLite with the one that there can be.
func everywhere(t *testing.T, test func(t *testing.T, all []*bundle)) {
	t.Helper()
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		migrations, err := scoring.Migrations()
		if err != nil {
			t.Fatal(err)
		}
		test(t, []*bundle{setup(t, sqldbtest.SQLite(t, migrations))})
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		test(t, replicas(t, 2))
	})
}

// Whoever does jobs, here each replica, and whoever plans them, callers of one who share transactions, lock the same people,
// accounts and jobs: nobody waits for somebody who waits for him.
func TestJobsAndRequestsAboutABusyAccountNeverWaitForEachOther(t *testing.T) {
	everywhere(t, func(t *testing.T, all []*bundle) {
		const people, events, changes = 600, 120, 12
		b := all[0]
		b.buy(t, hiring)
		busy := b.account(t, "1", nil)
		b.crowd(t, people, nil)
		b.drain(t)
		races := racesOf(all)
		writers, workers := sync.WaitGroup{}, sync.WaitGroup{}
		for i := range events {
			writers.Go(func() {
				_, err := b.BatchRecordEngagements(b.patient(t), &scoringv1.BatchRecordEngagementsRequest{Engagements: []*scoringv1.Engagement{
					b.happens(fmt.Sprint(i), "job_ad", busy), byEmail(fmt.Sprintf("lead%d@initech.example", i*7%people), b.engagement(fmt.Sprint("did", i), "webinar_attend"))}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		writers.Go(func() {
			for i := range changes {
				b.changeTheRules(t, i)
			}
		})
		quiet, stop := context.WithCancel(t.Context())
		for _, b := range all {
			workers.Go(func() {
				for quiet.Err() == nil {
					if err := b.service.Fire(t.Context()); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		writers.Wait()
		stop()
		workers.Wait()
		if n := racesOf(all) - races; n > 0 {
			t.Errorf("%d transactions waited for each other", n)
		}
		b.drain(t)
		var behind int64
		err := b.Host.DB.QueryRow(t.Context(), `SELECT count(*) FROM lead WHERE playbook <> $1`, int64(changes)).Scan(&behind)
		if err != nil || behind > 0 {
			t.Errorf("%d people were not judged by the playbook in force: %v", behind, err)
		}
	})
}

// changeTheRules changes a list that the playbook mentions, and brings another version into force.
func (b *bundle) changeTheRules(t *testing.T, i int) {
	t.Helper()
	list := &scoringv1.ReferenceList{Name: "referenceLists/named", Values: []string{fmt.Sprint(i)}}
	revops := roomtest.As(b.patient(t), "rita", accessv1.Role_ROLE_REVOPS)
	if _, err := b.UpdateReferenceList(revops, &scoringv1.UpdateReferenceListRequest{ReferenceList: list}); err != nil {
		t.Error(err)
	}
	doc := buying()
	hiring(doc)
	b.activate(t, fmt.Sprint(i+1), doc)
}

func racesOf(all []*bundle) (n int64) {
	for _, b := range all {
		n += b.Host.DB.Stats().Races
	}
	return n
}

// TestNobodyWaitsForAPieceToPlanItsJob has a piece wait for somebody, and what happens meanwhile not wait for the piece. On
// SQLite there is one writer, so there everything waits.
func TestNobodyWaitsForAPieceToPlanItsJob(t *testing.T) {
	t.Parallel()
	b := replicas(t, 1)[0]
	b.buy(t, hiring)
	busy := b.account(t, "1", nil)
	b.crowd(t, 3, nil)
	b.drain(t)
	b.record(t, b.happens("first", "job_ad", busy))
	worker := make(chan error, 1)
	err := b.Host.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE lead SET version = version`); err != nil {
			return err
		}
		go func() { worker <- b.service.Fire(t.Context()) }()
		for blocked := int64(0); blocked == 0; {
			if err := tx.QueryRow(ctx, `SELECT count(*) FROM pg_locks WHERE NOT granted`).Scan(&blocked); err != nil {
				return err
			}
		}
		b.record(t, b.happens("meanwhile", "job_ad", busy))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-worker; err != nil {
		t.Fatal(err)
	}
	due, planned, err := b.service.NextDue(t.Context())
	if err != nil || !planned || due.After(b.Clock.Now()) {
		t.Errorf("who was judged when it happened is not judged again: %v, %v", due, err)
	}
	b.drain(t)
}

// On SQLite nobody holds anybody while a piece is done.
func TestAPieceTakesPeopleUpToTheFirstWhomSomebodyElseHolds(t *testing.T) {
	t.Parallel()
	b := replicas(t, 1)[0]
	b.crowd(t, 5, nil)
	b.activate(t, "1", document())
	ids := b.all(t)
	err := b.Host.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE lead SET version = version WHERE id = $1`, ids[2]); err != nil {
			return err
		}
		for b.behind(t, 1) == 5 { // whichever of the jobs comes first
			if err := b.service.Fire(t.Context()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := b.behind(t, 1); n != 3 {
		t.Errorf("%d people wait for their turn, want the one who was held and the two after", n)
	}
	b.drain(t)
	if n := b.behind(t, 1); n != 0 {
		t.Errorf("%d people had no turn", n)
	}
}

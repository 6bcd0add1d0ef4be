package scoring_test

import (
	"fmt"
	"sync"
	"testing"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/scoring"
)

// replicas are several processes on one database, which know nothing of each other.
func replicas(t *testing.T, n int) []*bundle {
	t.Helper()
	migrations, err := scoring.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	url := sqldbtest.Postgres(t)
	all := make([]*bundle, n)
	for i := range all {
		db, err := sqldb.Open(t.Context(), sqldb.Config{Service: sqldbtest.Service, URL: url, Migrations: migrations, MaxConns: 4})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
		all[i] = setupWith(t, db, ident.Source{})
	}
	return all
}

func TestReplicasThatRaceAgreeOnWhoIsWho(t *testing.T) {
	t.Parallel()
	all := replicas(t, 2)
	all[0].start(t)
	const people = 24
	var wg sync.WaitGroup
	attempt := func(call func() error) {
		wg.Go(func() {
			if err := call(); err != nil {
				t.Error(err)
			}
		})
	}
	for i := range people {
		domain := fmt.Sprintf("company%d.example", i)
		email := "ann@" + domain
		for n, b := range all {
			attempt(func() error { // each brings the same person from another source
				_, err := b.CreateLead(b.ctx, &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: fmt.Sprint("source", n), SourceId: fmt.Sprint(i), Email: email}})
				return err
			})
			attempt(func() error { // what the person did may come before the person
				_, err := b.BatchRecordEngagements(b.ctx, &scoringv1.BatchRecordEngagementsRequest{Engagements: []*scoringv1.Engagement{
					byEmail(email, b.engagement(fmt.Sprint(i, "/", n), "page_view")), byEmail(email, b.engagement(fmt.Sprint(i, "/both"), "page_view"))}})
				return err
			})
		}
		attempt(func() error { // and so may the company
			b := all[i%2]
			_, err := b.CreateAccount(b.ctx, &scoringv1.CreateAccountRequest{Account: &scoringv1.Account{Source: "crm", SourceId: fmt.Sprint(i), DisplayName: domain, Domains: []string{domain}}})
			return err
		})
	}
	wg.Wait()
	b := all[0]
	b.drain(t)
	list, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{PageSize: 1000})
	if err != nil || len(list.GetLeads()) != people {
		t.Fatalf("%d leads, %v; want %d", len(list.GetLeads()), err, people)
	}
	for _, lead := range list.GetLeads() {
		did, err := b.ListEngagements(b.ctx, &scoringv1.ListEngagementsRequest{Parent: lead.GetName()})
		if err != nil || len(did.GetEngagements()) != 3 {
			t.Errorf("%s did %d things, %v; want 3", lead.GetName(), len(did.GetEngagements()), err)
		}
		if lead.GetAccount() == "" {
			t.Errorf("%s belongs to no account", lead.GetName())
		}
		if score := b.explain(t, lead, b.Clock.Now()); score.GetSummary().GetEngagementMicros() != lead.GetScore().GetEngagementMicros() {
			t.Errorf("%s was scored without what it did: %v", lead.GetName(), lead.GetScore())
		}
	}
	for what, is := range map[string]func(*eventv1.Event) bool{
		"lead created":        func(e *eventv1.Event) bool { return e.GetLeadCreated() != nil },
		"engagement recorded": func(e *eventv1.Event) bool { return e.GetEngagementRecorded() != nil },
	} {
		n := 0
		for _, e := range b.Told(t) {
			if is(e) {
				n++
			}
		}
		if want := map[string]int{"lead created": people, "engagement recorded": 3 * people}[what]; n != want {
			t.Errorf("told %d times: %s; want %d", n, what, want)
		}
	}
}

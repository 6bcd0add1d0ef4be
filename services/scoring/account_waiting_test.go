package scoring_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestEventsOfAnUnknownAccountWaitForIt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		byRef := b.engagement("r", "new_executive")
		byRef.Source, byRef.Who = "crm", &scoringv1.Engagement_AccountSourceId{AccountSourceId: "77"}
		resp := b.record(t, b.visit("1", "shop.initech.example", "/pricing"), b.visit("2", "initech.example", "/pricing"), b.visit("3", "initech.example", "/pricing"), byRef)
		if resp.GetWaitingCount() != 4 || resp.GetRecordedCount() != 0 {
			t.Fatalf("got %v", resp)
		}
		if again := b.record(t, byRef); again.GetDuplicateCount() != 1 {
			t.Errorf("again: got %v", again)
		}
		account := b.account(t, "77", nil)
		if got := b.surges(t); len(got) != 1 {
			t.Fatalf("%d surges", len(got))
		}
		if got := b.explainAccount(t, account, time.Time{}); !slices.Equal(got.GetTriggers(), []string{"new_executive"}) {
			t.Errorf("triggers %v", got.GetTriggers())
		}
	})
}

func TestWhatWaitedJoinsTheAccountThatAListNamesForItsHost(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		account := b.account(t, "1", nil)
		if got := b.record(t, b.visit("1", "shop.holding.example", "/pricing"), b.visit("2", "jobs.holding.example", "/pricing")); got.GetWaitingCount() != 2 {
			t.Fatalf("got %v", got)
		}
		revops := roomtest.As(t.Context(), "rita", accessv1.Role_ROLE_REVOPS)
		list := &scoringv1.ReferenceList{Name: "referenceLists/known_accounts", Accounts: map[string]string{"shop.holding.example": account.GetName()}}
		if _, err := b.UpdateReferenceList(revops, &scoringv1.UpdateReferenceListRequest{ReferenceList: list}); err != nil {
			t.Fatal(err)
		}
		got := b.explainAccount(t, account, time.Time{})
		if got.GetScoreMicros() != 10_000_000 || len(got.GetLines()) != 1 || got.GetLines()[0].GetEngagementCount() != 1 {
			t.Errorf("got %v, want the visit to the shop alone", got)
		}
	})
}

func TestManyWhoWriteAboutOneAccountAtOnceRaiseOneAlert(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		account := b.account(t, "1", nil)
		var group sync.WaitGroup
		for i := range 24 {
			group.Go(func() {
				e := b.visit(fmt.Sprint(i%20), "initech.example", "/pricing") // four are sent twice
				if _, err := b.BatchRecordEngagements(b.patient(t), &scoringv1.BatchRecordEngagementsRequest{Engagements: []*scoringv1.Engagement{e}}); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if got := b.surges(t); len(got) != 1 {
			t.Errorf("%d alerts", len(got))
		}
		got := b.explainAccount(t, account, time.Time{})
		stored, err := b.GetAccount(b.ctx, &scoringv1.GetAccountRequest{Name: account.GetName()})
		if err != nil || stored.GetScore().GetScoreMicros() != got.GetScoreMicros() || got.GetSurge().GetPointsMicros() != 100_000_000 {
			t.Errorf("stored %v, explained %v, %v", stored.GetScore(), got, err)
		}
	})
}

func TestMoreThanATransactionTakesWaitsForAnAccountInAJob(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		const views = 1100
		for from := 0; from < views; from += 550 {
			var batch []*scoringv1.Engagement
			for i := from; i < from+550; i++ {
				batch = append(batch, b.visit(fmt.Sprint(i), "initech.example", "/blog"))
			}
			if got := b.record(t, batch...); got.GetWaitingCount() != 550 {
				t.Fatalf("got %v", got)
			}
		}
		account := b.account(t, "1", nil)
		b.drain(t)
		var given, waiting int64
		if err := b.Host.DB.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE account_id <> ''), (SELECT count(*) FROM waiting) FROM engagement`).Scan(&given, &waiting); err != nil {
			t.Fatal(err)
		}
		if given != views || waiting != 0 {
			t.Errorf("the account got %d, %d wait", given, waiting)
		}
		if got := b.explainAccount(t, account, time.Time{}); got.GetScoreMicros() != 20_000_000 { // the cap of page views
			t.Errorf("got %v", got)
		}
	})
}

// hosts has something wait under so many hosts of a domain.
func (b *bundle) hosts(t *testing.T, domain string, n int) {
	t.Helper()
	var batch []*scoringv1.Engagement
	for i := range n {
		batch = append(batch, b.visit(fmt.Sprint(domain, i), fmt.Sprintf("h%d.%s", i, domain), "/blog"))
		if len(batch) == 1000 || i == n-1 {
			if got := b.record(t, batch...); int(got.GetWaitingCount()) != len(batch) {
				t.Fatalf("got %v", got)
			}
			batch = nil
		}
	}
}

func (b *bundle) waiting(t *testing.T) (n int64) {
	t.Helper()
	if err := b.Host.DB.QueryRow(t.Context(), `SELECT count(*) FROM waiting`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatItTakesToCreateAnAccountDoesNotGrowWithTheHostsThatWaitForIt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		const few, many = 60, 2000
		b.hosts(t, "globex.example", few)
		b.hosts(t, "initech.example", many)
		create := func(id, domain string) (*scoringv1.Account, int64) {
			before := b.Host.DB.Stats()
			account := b.account(t, id, func(a *scoringv1.Account) { a.DisplayName, a.Domains = domain, []string{domain} })
			after := b.Host.DB.Stats()
			return account, after.Reads - before.Reads + after.Rows - before.Rows
		}
		_, least := create("1", "globex.example")
		account, most := create("2", "initech.example")
		if most > least+5 {
			t.Errorf("with %d hosts it takes %d statements and rows, with %d it took %d", many, most, few, least)
		}
		b.drain(t)
		if n := b.waiting(t); n != 0 {
			t.Errorf("%d events still wait", n)
		}
		if got := b.explainAccount(t, account, time.Time{}); len(got.GetLines()) != 1 || got.GetLines()[0].GetEngagementCount() != 1000 { // no more are scored
			t.Errorf("got %v", got.GetLines())
		}
	})
}

func TestHostsThatBelongToNobodyKeepNoOtherFromItsAccount(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		account := b.account(t, "1", nil)
		const nobodys = 120
		b.hosts(t, "holding.example", nobodys)
		b.record(t, b.visit("last", "zzz.holding.example", "/pricing"))
		revops := roomtest.As(t.Context(), "rita", accessv1.Role_ROLE_REVOPS)
		list := &scoringv1.ReferenceList{Name: "referenceLists/known_accounts", Accounts: map[string]string{"zzz.holding.example": account.GetName()}}
		if _, err := b.UpdateReferenceList(revops, &scoringv1.UpdateReferenceListRequest{ReferenceList: list}); err != nil {
			t.Fatal(err)
		}
		b.drain(t)
		if n := b.waiting(t); n != nobodys {
			t.Errorf("%d events wait, want the %d that belong to nobody", n, nobodys)
		}
		if got := b.explainAccount(t, account, time.Time{}); got.GetScoreMicros() != 10_000_000 {
			t.Errorf("got %v, want the visit to the prices", got)
		}
	})
}

package scoring_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/fieldmaskpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// spoil makes what is stored of a lead or an account unreadable, and gives what mends it.
func (b *bundle) spoil(t *testing.T, table, column, id string) (mend func()) {
	t.Helper()
	var text string
	if err := b.Host.DB.QueryRow(t.Context(), `SELECT `+column+` FROM `+table+` WHERE id = $1`, id).Scan(&text); err != nil {
		t.Fatal(err)
	}
	b.exec(t, `UPDATE `+table+` SET `+column+` = '{' WHERE id = $1`, id)
	return func() { b.exec(t, `UPDATE `+table+` SET `+column+` = $1 WHERE id = $2`, text, id) }
}

func TestALeadThatCannotBeJudgedKeepsNobodyElseFromIt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		const leads = 40
		b.account(t, "1", nil)
		b.crowd(t, leads, func(i int) *scoringv1.Engagement { return b.demo(fmt.Sprint(i)) })
		list, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{PageSize: 1000})
		if err != nil {
			t.Fatal(err)
		}
		mend := b.spoil(t, "lead", "fields", ident.ID(list.GetLeads()[17].GetName(), "leads"))
		b.activate(t, "1", document())
		b.drain(t)
		if n := len(b.qualified(t)); n != leads-1 {
			t.Fatalf("%d leads qualified, want all but one of %d", n, leads)
		}
		var waits []time.Duration
		for range 3 {
			due, planned, err := b.service.NextDue(t.Context())
			if err != nil || !planned {
				t.Fatalf("the lead is given up: %v", err)
			}
			waits = append(waits, due.Sub(b.Clock.Now()))
			b.Clock.Set(due)
			b.drain(t)
		}
		if want := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}; !slices.Equal(waits, want) {
			t.Errorf("it is tried again after %v, want %v", waits, want)
		}
		mend()
		b.pass(time.Minute)
		b.drain(t)
		if n := len(b.qualified(t)); n != leads {
			t.Errorf("%d leads qualified after it was mended, want %d", n, leads)
		}
		if _, due, err := b.service.NextDue(t.Context()); due || err != nil {
			t.Errorf("something is left to do: %v", err)
		}
	})
}

func TestAnAccountThatCannotBeLookedAtKeepsNoOtherFromIt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		accounts := make([]*scoringv1.Account, 6)
		doc := buying()
		for i := range accounts {
			domain := fmt.Sprintf("company%d.example", i)
			accounts[i] = b.account(t, domain, func(a *scoringv1.Account) { a.DisplayName, a.Domains = domain, []string{domain} })
			doc.TargetAccounts = append(doc.TargetAccounts, &playbookv1.TargetAccount{Domain: domain})
			for n := range 4 {
				b.record(t, b.visit(fmt.Sprint(i, "/", n), domain, "/pricing"))
			}
		}
		mend := b.spoil(t, "account", "company", ident.ID(accounts[2].GetName(), "accounts"))
		b.activate(t, "2", doc) // they are targets now, and hot
		b.drain(t)
		if n := len(b.surges(t)); n != len(accounts)-1 {
			t.Fatalf("%d accounts surge, want all but one of %d", n, len(accounts))
		}
		for _, want := range []time.Duration{time.Second, 2 * time.Second} {
			due, _, err := b.service.NextDue(t.Context())
			if err != nil || due.Sub(b.Clock.Now()) != want {
				t.Fatalf("it is tried again after %v, %v; want %v", due.Sub(b.Clock.Now()), err, want)
			}
			b.Clock.Set(due)
			b.drain(t)
		}
		mend()
		b.pass(time.Minute)
		b.drain(t)
		if n := len(b.surges(t)); n != len(accounts) {
			t.Errorf("%d accounts surge after it was mended, want %d", n, len(accounts))
		}
	})
}

func TestAJobThatCannotGoOnKeepsNoOtherFromIt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.crowd(t, 3, nil)
		b.activate(t, "1", document())
		mend := b.spoil(t, "job", "scope", "everybody")
		for _, want := range []time.Duration{time.Second, 2 * time.Second} {
			b.drain(t) // the other job of the activation, too
			due, _, err := b.service.NextDue(t.Context())
			if err != nil || due.Sub(b.Clock.Now()) != want {
				t.Fatalf("it is tried again after %v, %v; want %v", due.Sub(b.Clock.Now()), err, want)
			}
			b.Clock.Set(due)
		}
		mend()
		b.drain(t)
		if n := b.behind(t, 1); n != 0 {
			t.Errorf("%d people were not judged after it was mended", n)
		}
	})
}

// behind counts the people who were not judged by a version of the playbook.
func (b *bundle) behind(t *testing.T, version int64) (n int64) {
	t.Helper()
	if err := b.Host.DB.QueryRow(t.Context(), `SELECT count(*) FROM lead WHERE playbook <> $1`, version).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// all are the ids of the leads, in the order in which a job judges them.
func (b *bundle) all(t *testing.T) []string {
	t.Helper()
	var ids []string
	for row, err := range b.Host.DB.Query(t.Context(), `SELECT id FROM lead ORDER BY id`) {
		var id string
		if err == nil {
			err = row.Scan(&id)
		}
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}

func TestSeveralWhoCannotBeJudgedKeepNobodyElseFromIt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.account(t, "1", nil)
		b.crowd(t, 40, nil)
		ids := b.all(t)
		var mend []func()
		for _, place := range []int{0, 17, 18, 39} { // the first, two beside each other, the last
			mend = append(mend, b.spoil(t, "lead", "fields", ids[place]))
		}
		b.activate(t, "1", document())
		b.drain(t)
		if n := b.behind(t, 1); n != 4 {
			t.Fatalf("%d people were not judged, want the four who cannot be", n)
		}
		for _, mend := range mend {
			mend()
		}
		b.pass(time.Second)
		b.drain(t)
		if n := b.behind(t, 1); n != 0 {
			t.Errorf("%d people were not judged after they were mended", n)
		}
	})
}

func TestWhoCannotBeJudgedInASecondRoundEndsNoJob(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.crowd(t, 1100, nil)
		b.activate(t, "1", document())
		if err := b.service.Fire(t.Context()); err != nil { // a first piece
			t.Fatal(err)
		}
		mend := b.spoil(t, "lead", "fields", b.all(t)[3])
		b.activate(t, "2", document()) // so those of the first piece have their turn in a second round
		b.drain(t)
		if n := b.behind(t, 2); n != 1 {
			t.Fatalf("%d people were not judged again, want the one who cannot be", n)
		}
		mend()
		b.pass(time.Second)
		b.drain(t)
		if n := b.behind(t, 2); n != 0 {
			t.Errorf("%d people were not judged again after one was mended", n)
		}
		if _, due, err := b.service.NextDue(t.Context()); due || err != nil {
			t.Errorf("something is left to do: %v", err)
		}
	})
}

// Who changes an account, a list or a deal has those judged again whom it concerns, within the same transaction if they are
// few. One of them who cannot be judged is not felt by it.
func TestWhoCannotBeJudgedIsNotFeltByWhoeverChangesSomethingElse(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, b *bundle, account *scoringv1.Account){
		"an account": func(t *testing.T, b *bundle, account *scoringv1.Account) {
			account.Industry = "fintech"
			req := &scoringv1.UpdateAccountRequest{Account: account, UpdateMask: &fieldmaskpb.FieldMask{Paths: []string{"industry"}}}
			if _, err := b.UpdateAccount(b.ctx, req); err != nil {
				t.Fatal(err)
			}
		},
		"a list": func(t *testing.T, b *bundle, _ *scoringv1.Account) {
			list := &scoringv1.ReferenceList{Name: "referenceLists/shared_domains", Values: []string{"initech.example"}}
			revops := roomtest.As(t.Context(), "rita", accessv1.Role_ROLE_REVOPS)
			if _, err := b.UpdateReferenceList(revops, &scoringv1.UpdateReferenceListRequest{ReferenceList: list}); err != nil {
				t.Fatal(err)
			}
		},
		"a deal": func(t *testing.T, b *bundle, account *scoringv1.Account) {
			b.deal(t, "1", account.GetName(), "reps/joe", attributionv1.Opportunity_STATE_OPEN) // no event may be parked
		},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				b.start(t)
				account := b.account(t, "1", nil)
				const people = 5
				b.crowd(t, people, nil)
				b.pass(time.Hour)
				mend := b.spoil(t, "lead", "fields", b.all(t)[2])
				before := b.Clock.Now()
				change(t, b, account)
				b.drain(t)
				judged := func() (n int64) {
					if err := b.Host.DB.QueryRow(t.Context(), `SELECT count(*) FROM lead WHERE scored_at >= $1`, before.UnixMicro()).Scan(&n); err != nil {
						t.Fatal(err)
					}
					return n
				}
				if n := judged(); n != people-1 {
					t.Errorf("%d people were judged again, want all but one of %d", n, people)
				}
				mend()
				b.pass(time.Second)
				b.drain(t)
				if n := judged(); n != people {
					t.Errorf("%d people were judged again after one was mended, want %d", n, people)
				}
			})
		})
	}
}

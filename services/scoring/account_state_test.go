package scoring_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// people is what is kept of accounts against what is kept of their people.
func (b *bundle) people(t testing.TB) {
	t.Helper()
	for row, err := range b.Host.DB.Query(t.Context(), `SELECT m.account_id, m.people, m.people + m.own - m.score, coalesce((SELECT sum(l.engagement_score) FROM lead l
		WHERE l.account_id = m.account_id AND l.merged_into = '' AND l.partner = ''), 0) FROM momentum m`) {
		if err != nil {
			t.Fatal(err)
		}
		var account string
		var kept, off, sum int64
		if err := row.Scan(&account, &kept, &off, &sum); err != nil {
			t.Fatal(err)
		}
		if kept != sum || off != 0 {
			t.Errorf("account %s keeps %d of its people, who are worth %d, and is off by %d", account, kept, sum, off)
		}
	}
}

// Whatever happens in whatever order, what is kept of an account is the sum of what is kept of its people.
func TestAnAccountKeepsTheSumOfItsPeople(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		random := rand.New(rand.NewPCG(7, 7))
		domains := []string{"initech.example", "globex.example", "nobody.example"}
		var leads []*scoringv1.Lead
		for step := range 60 {
			switch random.IntN(7) {
			case 0:
				domain := domains[random.IntN(2)]
				b.account(t, domain, func(a *scoringv1.Account) { a.DisplayName, a.Domains = domain, []string{domain} })
			case 1, 2:
				email := fmt.Sprintf("p%d@%s", random.IntN(4), domains[random.IntN(3)])
				leads = append(leads, b.create(t, &scoringv1.Lead{Source: "website", SourceId: fmt.Sprint(random.IntN(6)), Email: email}, b.engagement(fmt.Sprint("c", step), "webinar_attend")))
			case 3:
				e := b.engagement(fmt.Sprint("r", step), "page_view")
				e.Page = "/pricing"
				b.record(t, byEmail(fmt.Sprintf("p%d@%s", random.IntN(4), domains[random.IntN(3)]), e))
			case 4:
				b.record(t, b.visit(fmt.Sprint("v", step), domains[random.IntN(3)], "/pricing"))
			case 5:
				if len(leads) == 0 {
					continue
				}
				if lead := b.get(t, leads[random.IntN(len(leads))].GetName()); lead.GetMergedInto() == "" {
					b.update(t, &scoringv1.Lead{Name: lead.GetName(), Email: fmt.Sprintf("p%d@%s", random.IntN(4), domains[random.IntN(3)])})
				}
			case 6:
				for _, lead := range leads {
					if b.get(t, lead.GetName()).GetMergedInto() != "" {
						b.unmerge(t, lead)
						break
					}
				}
			}
			b.pass(time.Duration(random.IntN(48)) * time.Hour)
			b.drain(t)
		}
		b.people(t)
		b.activate(t, "2", document())
		b.drain(t)
		b.people(t)
	})
}

// The events of an account arrive in any order and in any batches: at the end it is the same.
func TestTheOrderInWhichEventsArriveLeavesAnAccountTheSame(t *testing.T) {
	var mu sync.Mutex
	var first *scoringv1.AccountScore
	for order := range 4 {
		t.Run(fmt.Sprint(order), func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				b.buy(t, nil)
				account := b.account(t, "1", nil)
				var events []*scoringv1.Engagement
				for i := range 12 {
					e := b.visit(fmt.Sprint(i), "initech.example", "/pricing")
					e.OccurTime = timestamppb.New(roomtest.Start.Add(-time.Duration(i) * 30 * time.Hour))
					events = append(events, e)
				}
				rand.New(rand.NewPCG(uint64(order), 1)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
				for size := order + 1; len(events) > 0; {
					n := min(size, len(events))
					b.record(t, events[:n]...)
					events = events[n:]
				}
				if got := b.surges(t); len(got) != 1 {
					t.Errorf("%d alerts", len(got))
				}
				got := b.explainAccount(t, account, time.Time{})
				got.Name = ""
				for _, l := range got.GetLines() {
					l.Engagements = nil // ids differ
				}
				mu.Lock()
				defer mu.Unlock()
				if first == nil {
					first = got
				}
				if diff := cmp.Diff(first, got, protocmp.Transform()); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

// An alert is stored with the event that raises it, or not at all.
func TestASurgeThatCannotBeStoredIsRaisedAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		account := b.account(t, "1", nil)
		lead := b.lead(t, "ann@initech.example") // tells of itself, so that the log has a place that is taken
		told := int64(len(b.Told(t)))
		b.exec(t, `UPDATE log_head SET pos = 0`)
		looks := []*scoringv1.Engagement{b.visit("1", "initech.example", "/pricing"), b.visit("2", "initech.example", "/pricing"), b.visit("3", "initech.example", "/pricing")}
		if _, err := b.BatchRecordEngagements(b.ctx, &scoringv1.BatchRecordEngagementsRequest{Engagements: looks}); err == nil {
			t.Fatal("it was stored")
		}
		b.exec(t, `UPDATE log_head SET pos = $1`, told)
		if got := b.explainAccount(t, account, time.Time{}); got.GetScoreMicros() != 0 || got.GetSurge().GetSurging() || len(b.surges(t)) != 0 {
			t.Fatalf("half of it was stored: %v, %v", got, b.surges(t))
		}
		b.record(t, looks...)
		if len(b.surges(t)) != 1 || lead.GetName() == "" {
			t.Errorf("got %v", b.surges(t))
		}
	})
}

// Replicas that know nothing of each other write about one account, and look at it when its time has come.
func TestReplicasThatRaceRaiseOneAlert(t *testing.T) {
	t.Parallel()
	all := replicas(t, 2)
	all[0].buy(t, nil)
	all[0].account(t, "1", nil)
	both := func(act func(i int, b *bundle) error) {
		var group sync.WaitGroup
		for i, b := range all {
			group.Go(func() {
				if err := act(i, b); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	for round := range 10 {
		both(func(i int, b *bundle) error {
			e := b.visit(fmt.Sprint(round, "/", i), "initech.example", "/pricing")
			lead := &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "website", Email: fmt.Sprintf("p%d@initech.example", round)}}
			if _, err := b.CreateLead(b.ctx, lead); err != nil {
				return err
			}
			_, err := b.BatchRecordEngagements(b.ctx, &scoringv1.BatchRecordEngagementsRequest{Engagements: []*scoringv1.Engagement{e}})
			return err
		})
	}
	if got := all[0].surges(t); len(got) != 1 {
		t.Fatalf("%d alerts", len(got))
	}
	due, _, err := all[0].service.NextDue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range all {
		b.Clock.Set(due)
	}
	both(func(_ int, b *bundle) error { return b.service.Fire(context.WithoutCancel(t.Context())) })
	var ended int64
	if err := all[0].Host.DB.QueryRow(t.Context(), `SELECT count(*) FROM account_surge WHERE ended_at = $1`, due.UnixMicro()).Scan(&ended); err != nil || ended != 1 {
		t.Errorf("%d surges ended, %v", ended, err)
	}
	all[0].people(t)
}

// The timer looks at accounts while their people act and somebody changes them: each surge is told once, and what is told is
// what is kept.
func TestTheTimerAndChangesOfAnAccountRaceForEachSurgeOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		domains := []string{"initech.example", "globex.example", "hooli.example"}
		b.buy(t, func(doc *playbookv1.Document) {
			doc.Surge.Cooldown, doc.TargetAccounts = durationpb.New(time.Hour), nil
			for _, domain := range domains {
				doc.TargetAccounts = append(doc.TargetAccounts, &playbookv1.TargetAccount{Domain: domain})
			}
		})
		accounts := make([]*scoringv1.Account, len(domains))
		for i, domain := range domains {
			accounts[i] = b.account(t, fmt.Sprint(i), func(a *scoringv1.Account) {
				a.DisplayName, a.Domains = domain, []string{domain}
				if i > 0 {
					a.Parent = accounts[0].GetName()
				}
			})
		}
		const rounds = 4
		for round := range rounds {
			b.exec(t, `UPDATE momentum SET due_at = $1, heard = 1`, b.Clock.Now().UnixMicro()) // so that the timer has something to do
			var group sync.WaitGroup
			attempt := func(act func() error) {
				group.Go(func() {
					if err := act(); err != nil {
						t.Error(err)
					}
				})
			}
			for i, account := range accounts {
				for n := range 4 {
					attempt(func() error {
						e := b.happens(fmt.Sprint(round, "/", i, "/", n), "page_view", account)
						e.Page = "/pricing"
						_, err := b.BatchRecordEngagements(b.patient(t), &scoringv1.BatchRecordEngagementsRequest{Engagements: []*scoringv1.Engagement{e}})
						return err
					})
					attempt(func() error {
						id := fmt.Sprint(round, "-", i, "-", n)
						_, err := b.CreateLead(b.patient(t), &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "website", Email: id + "@" + domains[i]},
							Engagements: []*scoringv1.Engagement{b.engagement("lead"+id, "content_download")}})
						return err
					})
					attempt(func() error { return b.service.Fire(context.WithoutCancel(t.Context())) })
				}
				attempt(func() error {
					change := &scoringv1.Account{Name: account.GetName(), Employees: proto.Int64(int64(1000 + round)), Owner: "reps/olga"}
					_, err := b.UpdateAccount(b.patient(t), &scoringv1.UpdateAccountRequest{Account: change})
					return err
				})
			}
			group.Wait()
			b.drain(t)
			b.people(t)
			b.pass(15 * day) // what was hot is cold, as the timer finds
			b.drain(t)
		}
		surged := map[string][]int64{}
		for _, s := range b.surges(t) {
			surged[s.GetAccount()] = append(surged[s.GetAccount()], s.GetNumber())
		}
		for _, account := range accounts {
			if diff := cmp.Diff([]int64{1, 2, 3, 4}, surged[account.GetName()]); diff != "" {
				t.Errorf("surges that were told (-want +got):\n%s", diff)
			}
		}
		var kept, lasting int64
		if err := b.Host.DB.QueryRow(t.Context(), `SELECT count(*), count(*) FILTER (WHERE ended_at = 0) FROM account_surge`).Scan(&kept, &lasting); err != nil || kept != rounds*int64(len(accounts)) || lasting != 0 {
			t.Errorf("%d surges are kept, of which %d last; %v", kept, lasting, err)
		}
	})
}

func TestAPlaybookWithoutASurgeEndsAllOfThem(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		account := b.account(t, "1", nil)
		for i := range 3 {
			b.record(t, b.visit(fmt.Sprint(i), "initech.example", "/pricing"))
		}
		without := func(doc *playbookv1.Document) *playbookv1.Document { doc.Surge = nil; return doc }
		b.activate(t, "2", without(buying()))
		b.drain(t)
		got, err := b.GetAccount(b.ctx, &scoringv1.GetAccountRequest{Name: account.GetName()})
		if err != nil || got.GetScore().GetSurging() || got.GetScore().GetScoreMicros() != 20_000_000 || b.explainAccount(t, account, time.Time{}).GetSurge() != nil {
			t.Errorf("got %v, %v", got.GetScore(), err)
		}
		if _, due, err := b.service.NextDue(t.Context()); due || err != nil {
			t.Errorf("something is still due, %v", err)
		}
	})
}

package scoring_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// The past of an account, and of a lead that is judged by what happens around it, is as it was then: with the people who
// were there, what was recorded by then, how the account stood, and the playbook that was in force.
func TestAnAccountsPastIsAsItWas(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, func(doc *playbookv1.Document) {
			triggerGate(doc)
			doc.Criteria["covered"] = "account.committee_coverage >= 50"
			doc.Criteria["hot"] = "account.is_surging"
		})
		account := b.account(t, "1", nil)
		b.account(t, "2", func(a *scoringv1.Account) { a.DisplayName, a.Domains = "Globex", []string{"globex.example"} })
		user := b.create(t, &scoringv1.Lead{Source: "website", Email: "ops@initech.example", Title: "Revenue Operations Manager"})
		var instants []time.Time
		var accounts []*scoringv1.AccountScore
		var leads []*scoringv1.Score
		step := func(change func()) {
			b.drain(t)
			instants = append(instants, b.Clock.Now())
			accounts, leads = append(accounts, b.explainAccount(t, account, b.Clock.Now())), append(leads, b.explain(t, user, b.Clock.Now()))
			b.pass(day)
			change()
		}
		var vp *scoringv1.Lead
		step(func() {
			vp = b.create(t, &scoringv1.Lead{Source: "website", Email: "vp@initech.example", Title: "VP Sales"}, b.engagement("1", "webinar_attend"))
		})
		step(func() { b.record(t, b.happens("news", "new_executive", account)) })
		step(func() {
			b.record(t, b.visit("a", "initech.example", "/pricing"), b.visit("b", "initech.example", "/pricing"), b.visit("c", "initech.example", "/pricing"))
		})
		step(func() { b.pass(12 * day) }) // the surge ends meanwhile
		step(func() { b.update(t, &scoringv1.Lead{Name: vp.GetName(), Title: "Intern"}) })
		step(func() {
			b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "9", Email: "boss@initech.example", Title: "CEO"}, b.engagement("2", "webinar_attend"))
		})
		step(func() { // the boss and the vp are one person
			b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "9", Email: "vp@initech.example"})
		})
		step(func() { b.update(t, &scoringv1.Lead{Name: vp.GetName(), Email: "vp@globex.example"}) })
		step(func() {
			doc := buying()
			doc.Triggers["new_executive"].Points = 50
			b.activate(t, "2", doc)
		})
		step(func() {})
		for i, at := range instants {
			if diff := cmp.Diff(accounts[i], b.explainAccount(t, account, at), protocmp.Transform()); diff != "" {
				t.Errorf("after step %d the account's past is another (-then +now):\n%s", i, diff)
			}
			if diff := cmp.Diff(leads[i], b.explain(t, user, at), protocmp.Transform()); diff != "" {
				t.Errorf("after step %d the lead's past is another (-then +now):\n%s", i, diff)
			}
			checkLines(t, accounts[i])
		}
		for _, c := range []struct {
			step           int
			surging        bool
			people, covers int32
		}{{0, false, 1, 0}, {1, false, 2, 50}, {3, true, 2, 50}, {4, false, 2, 50}, {5, false, 2, 0}, {8, false, 1, 0}} {
			got := accounts[c.step]
			if got.GetSurge().GetSurging() != c.surging || got.GetPeopleCount() != c.people || got.GetCommittee().GetCoveragePercent() != c.covers {
				t.Errorf("step %d: %d people, %v, %v", c.step, got.GetPeopleCount(), got.GetCommittee(), got.GetSurge())
			}
		}
	})
}

// What waited for a lead or an account counts from when it joined it, also for who looks back: before, nobody knew whose it was.
func TestWhatWaitedIsKnownFromWhenItJoined(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		account := b.account(t, "1", func(a *scoringv1.Account) { a.Domains = nil })
		lead := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "7"})
		b.pass(time.Hour)
		if got := b.record(t, byEmail("ann@elsewhere.example", b.engagement("1", "content_download")), b.visit("2", "initech.example", "/pricing")); got.GetWaitingCount() != 2 {
			t.Fatalf("got %v", got)
		}
		recorded := b.Clock.Now()
		b.pass(time.Hour)
		b.update(t, &scoringv1.Lead{Name: lead.GetName(), Email: "ann@elsewhere.example"})
		change := &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: account.GetName(), Domains: []string{"initech.example"}}}
		if _, err := b.UpdateAccount(b.ctx, change); err != nil {
			t.Fatal(err)
		}
		joined := b.Clock.Now()
		for at, want := range map[time.Time]int64{recorded: 0, joined: 10_000_000} {
			if got := b.explain(t, lead, at).GetSummary().GetEngagementMicros(); got != want {
				t.Errorf("the lead at %v: %d, want %d", at, got, want)
			}
			if got := b.explainAccount(t, account, at); (got.GetScoreMicros() > 0) != (want > 0) || (got.GetSurge().GetPointsMicros() > 0) != (want > 0) {
				t.Errorf("the account at %v: %v", at, got)
			}
		}
	})
}

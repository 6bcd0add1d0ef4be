package scoring_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/testing/protocmp"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// staff takes in people of an account, the first of them first, each with a title and something that it did.
func (b *bundle) staff(t *testing.T, from, to int, title func(i int) string) {
	t.Helper()
	req := &scoringv1.BatchCreateLeadsRequest{}
	for i := from; i < to; i++ {
		did := b.engagement(fmt.Sprint("staff", i), []string{"webinar_attend", "page_view", "content_download"}[i%3])
		did.Page = []string{"", "/pricing", ""}[i%3]
		req.Requests = append(req.Requests, &scoringv1.CreateLeadRequest{Engagements: []*scoringv1.Engagement{did},
			Lead: &scoringv1.Lead{Source: "website", SourceId: fmt.Sprint(i), Email: fmt.Sprintf("staff%d@initech.example", i), Title: title(i)}})
	}
	if _, err := b.BatchCreateLeads(b.patient(t), req); err != nil {
		t.Fatal(err)
	}
	b.drain(t)
}

// reads is how many statements something reads with: the least of some tries, for the service may look for work meanwhile.
func (b *bundle) reads(act func()) int64 {
	least := int64(math.MaxInt64)
	for range 5 {
		before := b.Host.DB.Stats().Reads
		act()
		least = min(least, b.Host.DB.Stats().Reads-before)
	}
	return least
}

// What is explained of an account with many people is what was judged and is kept: the score, the surge, and who is on the
// committee. It takes no more statements than a small one.
func TestAnAccountOfManyPeopleIsExplainedAsItIsKept(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, func(doc *playbookv1.Document) {
			doc.Criteria["users_known"] = `"user" in account.committee`
			doc.Stages.Mql = "users_known"
		})
		account := b.account(t, "1", nil)
		buyers := func(int) string { return "VP Sales" }
		b.staff(t, 0, 1, func(int) string { return "Revenue Operations Manager" }) // the one user engages before anybody else
		b.pass(time.Minute)
		b.staff(t, 1, 10, buyers)
		explain := func() (score *scoringv1.AccountScore) { return b.explainAccount(t, account, time.Time{}) }
		few := b.reads(func() { explain() })
		b.staff(t, 10, 420, buyers)
		var got *scoringv1.AccountScore
		if many := b.reads(func() { got = explain() }); many != few {
			t.Errorf("420 people take %d statements, 10 took %d", many, few)
		}
		checkLines(t, got)
		var named int
		for _, line := range got.GetLines() {
			if line.GetPart() == scoringv1.AccountScoreLine_PART_PERSON {
				named++
			}
		}
		further := got.GetLines()[named]
		if named != 200 || further.GetPart() != scoringv1.AccountScoreLine_PART_FURTHER_PEOPLE || further.GetPeopleCount() != 220 || further.GetEngagementCount() != 220 || got.GetPeopleCount() != 420 {
			t.Errorf("%d lines of people, then %v, of %d people", named, further, got.GetPeopleCount())
		}
		// What is kept was reckoned at the instants at which people were judged; they are all judged again now.
		b.activate(t, "2", func() *playbookv1.Document {
			doc := buying()
			doc.Criteria["users_known"] = `"user" in account.committee`
			doc.Stages.Mql = "users_known"
			return doc
		}())
		b.drain(t)
		got = explain()
		stored, err := b.GetAccount(b.ctx, &scoringv1.GetAccountRequest{Name: account.GetName()})
		if err != nil || stored.GetScore().GetScoreMicros() != got.GetScoreMicros() || !stored.GetScore().GetSurging() || !got.GetSurge().GetSurging() {
			t.Errorf("stored %v, explained %d, %v; %v", stored.GetScore(), got.GetScoreMicros(), got.GetSurge(), err)
		}
		// Of 420 who play a part the 200 who engaged last make the committee, so that the user is none of them.
		seats := map[string]int32{}
		for _, seat := range got.GetCommittee().GetPersonas() {
			seats[seat.GetPersona()] = seat.GetKnownCount()
		}
		if diff := cmp.Diff(map[string]int32{"buyer": 200, "user": 0}, seats); diff != "" {
			t.Errorf("committee (-want +got):\n%s", diff)
		}
		list, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{Account: account.GetName(), PageSize: 1})
		if err != nil {
			t.Fatal(err)
		}
		lead := list.GetLeads()[0]
		var score *scoringv1.Score
		explained := b.reads(func() { score = b.explain(t, lead, b.Clock.Now()) })
		if diff := cmp.Diff(lead.GetScore(), score.GetSummary(), protocmp.Transform()); diff != "" || lead.GetScore().GetOverLine() {
			t.Errorf("a lead is explained otherwise than it was judged (-judged +explained):\n%s", diff)
		}
		if explained > 25 {
			t.Errorf("one of 420 people is explained with %d statements", explained)
		}
	})
}

// People who did much are read in several parts; together they come to the same.
// downloads has every lead download so many times, at once.
func (b *bundle) downloads(t *testing.T, each int) {
	t.Helper()
	b.exec(t, `INSERT INTO engagement (id, lead_id, account_id, source, source_event_id, type, page, form, asset, campaign, channel, automated, occurred_at, recorded_at, known_at)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $2)
		SELECT l.id || '-' || CAST(n.i AS TEXT), l.id, '', 'bulk', l.id || '-' || CAST(n.i AS TEXT), 'content_download', '', '', '', '', '', 0, $1, $1, $1
		FROM lead l CROSS JOIN n`, b.Clock.Now().UnixMicro(), each)
}

func TestACrowdThatDidMuchIsExplainedInParts(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		account := b.account(t, "1", nil)
		b.staff(t, 0, 12, func(int) string { return "VP Sales" })
		explain := func() (score *scoringv1.AccountScore) { return b.explainAccount(t, account, time.Time{}) }
		whole := b.reads(func() { explain() })
		count := func(score *scoringv1.AccountScore) (n int32) {
			for _, line := range score.GetLines() {
				n += line.GetEngagementCount()
			}
			return n
		}
		did := count(explain())
		b.downloads(t, 5000)
		before := b.Host.DB.Stats().Reads
		got := explain()
		parts := b.Host.DB.Stats().Reads - before
		if parts < whole+3 || parts > whole+5 { // their leads, what those were before, and what they did
			t.Errorf("it takes %d statements, for people who did little %d: want people read once more", parts, whole)
		}
		checkLines(t, got)
		if want := did + 12*5000; count(got) != want || got.GetPeopleCount() != 12 {
			t.Errorf("%d engagements of %d people, want %d", count(got), got.GetPeopleCount(), want)
		}
	})
}

// Whoever is an account's by what is stored now is its by the decisions and merges that led there.
func TestThePeopleOfAnAccountNowAreThoseOfItsHistory(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		random := rand.New(rand.NewPCG(11, 5))
		domains := []string{"initech.example", "globex.example"}
		var accounts []*scoringv1.Account
		for i, domain := range domains {
			accounts = append(accounts, b.account(t, fmt.Sprint(i), func(a *scoringv1.Account) { a.DisplayName, a.Domains = domain, []string{domain} }))
		}
		email := func() string { return fmt.Sprintf("p%d@%s", random.IntN(5), domains[random.IntN(2)]) }
		var leads []*scoringv1.Lead
		for step := range 40 {
			switch random.IntN(3) {
			case 0:
				leads = append(leads, b.create(t, &scoringv1.Lead{Source: "website", SourceId: fmt.Sprint(random.IntN(8)), Email: email()}, b.engagement(fmt.Sprint(step), "webinar_attend")))
			case 1:
				if len(leads) > 0 {
					if lead := b.get(t, leads[random.IntN(len(leads))].GetName()); lead.GetMergedInto() == "" {
						b.update(t, &scoringv1.Lead{Name: lead.GetName(), Email: email()})
					}
				}
			case 2:
				for _, lead := range leads {
					if b.get(t, lead.GetName()).GetMergedInto() != "" {
						b.unmerge(t, lead)
						break
					}
				}
			}
			b.pass(time.Duration(random.IntN(3)) * time.Minute)
			b.drain(t)
			for _, account := range accounts {
				list, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{Account: account.GetName(), PageSize: 1000})
				if err != nil {
					t.Fatal(err)
				}
				score := b.explainAccount(t, account, time.Time{})
				engaged := map[string]bool{}
				for _, line := range score.GetLines() {
					engaged[line.GetLead()] = true
				}
				want := map[string]bool{}
				for _, lead := range list.GetLeads() {
					if lead.GetScore().GetEngagementMicros() > 0 {
						want[lead.GetName()] = true
					}
				}
				if diff := cmp.Diff(want, engaged); diff != "" || int(score.GetPeopleCount()) != len(list.GetLeads()) {
					t.Fatalf("step %d: %d people of %s are listed, %d explained; engaged (-listed +explained):\n%s", step, len(list.GetLeads()), account.GetDisplayName(), score.GetPeopleCount(), diff)
				}
			}
		}
	})
}

// A job judges the people of an account again when its committee may be another. Whoever plays no part alters none.
func TestWhoPlaysNoPartHasNobodyJudgedAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, func(doc *playbookv1.Document) { doc.Criteria["covered"] = "account.committee_coverage >= 50" })
		b.account(t, "1", nil)
		first := b.create(t, &scoringv1.Lead{Source: "website", Email: "a@initech.example"}, b.engagement("1", "webinar_attend"))
		b.create(t, &scoringv1.Lead{Source: "website", SourceId: "2", Email: "b@initech.example"}, b.engagement("2", "webinar_attend"))
		b.create(t, &scoringv1.Lead{Source: "website", SourceId: "2", Email: "a@initech.example"}) // they are one person
		if _, due, err := b.service.NextDue(t.Context()); due || err != nil {
			t.Errorf("somebody is to be judged again, %v", err)
		}
		b.update(t, &scoringv1.Lead{Name: first.GetName(), Title: "CEO"})
		if _, due, err := b.service.NextDue(t.Context()); !due || err != nil {
			t.Errorf("a buyer appeared, and nobody is judged again, %v", err)
		}
	})
}

package scoring_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// buying is the usual playbook with a surge, triggers and personas.
func buying() *playbookv1.Document {
	doc := document()
	doc.Surge = &playbookv1.SurgePolicy{Enter: proto.Float64(30), Leave: proto.Float64(12)}
	doc.Triggers = map[string]*playbookv1.Trigger{
		"new_executive": {Points: 20, HalfLife: durationpb.New(30 * day)},
		"hiring":        {Events: []string{"job_ad"}, Points: 4, Cap: proto.Float64(10)},
	}
	doc.Personas = map[string]*playbookv1.Persona{
		"buyer": {When: `lead.seniority in ["vp", "c_level"]`, Role: playbookv1.Persona_ROLE_DRIVER, Required: true},
		"user":  {When: `lead.function == "revops"`, Role: playbookv1.Persona_ROLE_USER, Required: true, Window: durationpb.New(30 * day)},
	}
	return doc
}

func (b *bundle) buy(t testing.TB, change func(*playbookv1.Document)) {
	t.Helper()
	doc := buying()
	if change != nil {
		change(doc)
	}
	b.activate(t, "1", doc)
	b.drain(t)
}

// visit is a look of nobody in particular at a page, now.
func (b *bundle) visit(id, domain, page string) *scoringv1.Engagement {
	e := b.engagement(id, "page_view")
	e.Page, e.Who = page, &scoringv1.Engagement_AccountDomain{AccountDomain: domain}
	return e
}

// happens is an event of an account, now.
func (b *bundle) happens(id, kind string, account *scoringv1.Account) *scoringv1.Engagement {
	e := b.engagement(id, kind)
	e.Who = &scoringv1.Engagement_Account{Account: account.GetName()}
	return e
}

func (b *bundle) surges(t testing.TB) []*eventv1.AccountSurged {
	t.Helper()
	return told(t, b, (*eventv1.Event).GetAccountSurged, func(s *eventv1.AccountSurged) bool { return s != nil })
}

func (b *bundle) explainAccount(t testing.TB, account *scoringv1.Account, asOf time.Time) *scoringv1.AccountScore {
	t.Helper()
	req := &scoringv1.ExplainAccountScoreRequest{Name: account.GetName() + "/score"}
	if !asOf.IsZero() {
		req.AsOfTime = timestamppb.New(asOf)
	}
	score, err := b.ExplainAccountScore(b.patient(t), req)
	if err != nil {
		t.Fatal(err)
	}
	return score
}

func TestATargetThatLooksAtThePricesSurgesOnceBeforeAnybodyFillsInAForm(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		account := b.account(t, "1", nil)
		b.record(t, b.visit("1", "www.initech.example", "/pricing"), b.visit("2", "initech.example", "/case-studies"), b.visit("3", "initech.example", "/blog"))
		if got := b.surges(t); len(got) != 0 {
			t.Fatalf("15 points: got %v", got)
		}
		b.record(t, b.visit("4", "initech.example", "/pricing"), b.visit("5", "initech.example", "/case-studies"))
		for range 2 { // the same again, and one more look
			b.record(t, b.visit("5", "initech.example", "/case-studies"), b.visit("6", "initech.example", "/pricing"))
		}
		want := []*eventv1.AccountSurged{{Account: account.GetName(), Number: 1, SurgeTime: timestamppb.New(roomtest.Start), Owner: "reps/jane-doe",
			Target: true, Window: durationpb.New(14 * day), ScoreMicros: 20_000_000,
			Surge: &scoringv1.AccountSurge{Surging: true, PointsMicros: 30_000_000, EnterMicros: 30_000_000, LeaveMicros: 12_000_000,
				BeginTime: timestamppb.New(roomtest.Start), Subjects: []*scoringv1.SurgeSubject{
					{Subject: "/pricing", Count: 2, PointsMicros: 20_000_000}, {Subject: "/case-studies", Count: 2, PointsMicros: 10_000_000}}}}}
		if diff := cmp.Diff(want, b.surges(t), protocmp.Transform()); diff != "" {
			t.Errorf("surges (-want +got):\n%s", diff)
		}
		got := b.explainAccount(t, account, time.Time{})
		checkLines(t, got)
		if got.GetScoreMicros() != 20_000_000 || !got.GetSurge().GetSurging() || got.GetSurge().GetPointsMicros() != 40_000_000 {
			t.Errorf("score %d, surge %v", got.GetScoreMicros(), got.GetSurge())
		}
	})
}

// checkLines adds an account's score up from its lines.
func checkLines(t testing.TB, score *scoringv1.AccountScore) {
	t.Helper()
	var sum int64
	for _, line := range score.GetLines() {
		sum += line.GetContributionMicros()
	}
	if sum != score.GetScoreMicros() {
		t.Errorf("the lines sum to %d, the score is %d", sum, score.GetScoreMicros())
	}
}

func TestASurgeEndsInTimeAndTheNextWaitsForTheCooldown(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, func(doc *playbookv1.Document) { doc.Surge.Cooldown = durationpb.New(14 * day) })
		account := b.account(t, "1", nil)
		look := func(batch string) {
			b.record(t, b.visit(batch+"1", "initech.example", "/pricing"), b.visit(batch+"2", "initech.example", "/pricing"), b.visit(batch+"3", "initech.example", "/pricing"))
		}
		look("a")
		due, ok, err := b.service.NextDue(t.Context())
		if err != nil || !ok {
			t.Fatalf("nothing is due: %v", err)
		}
		// 30·2^(−t/7d) < 12 after 7d·log2(2.5) = 9.2535 days.
		if after := due.Sub(roomtest.Start).Truncate(time.Minute); after != 9*24*time.Hour+6*time.Hour+5*time.Minute {
			t.Errorf("the surge ends after %v", after)
		}
		b.Clock.Set(due)
		b.drain(t)
		if s := b.explainAccount(t, account, time.Time{}).GetSurge(); s.GetSurging() || !s.GetEndTime().AsTime().Equal(due) {
			t.Errorf("after its end: %v", s)
		}
		look("b") // hot again, within the cooldown
		if got := b.surges(t); len(got) != 1 {
			t.Fatalf("within the cooldown: %d alerts", len(got))
		}
		look("c") // still hot when it ends
		rested := roomtest.Start.Add(14 * day)
		if due, _, _ := b.service.NextDue(t.Context()); !due.Equal(rested) {
			t.Errorf("due at %v, want %v", due, rested)
		}
		b.Clock.Set(rested)
		b.drain(t)
		if got := b.surges(t); len(got) != 2 || got[1].GetNumber() != 2 || !got[1].GetSurgeTime().AsTime().Equal(rested) {
			t.Errorf("after the cooldown: got %v", got)
		}
		past := b.explainAccount(t, account, due.Add(time.Hour)).GetSurge()
		if past.GetSurging() || !past.GetEndTime().AsTime().Equal(due) {
			t.Errorf("as of an hour after its end: %v", past)
		}
		if then := b.explainAccount(t, account, due.Add(-time.Hour)).GetSurge(); !then.GetSurging() || then.GetEndTime() != nil {
			t.Errorf("as of an hour before its end: %v", then)
		}
	})
}

func TestWhatCountsForASurgeIsSaidByThePlaybook(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		b.account(t, "1", nil)
		b.account(t, "2", func(a *scoringv1.Account) { a.DisplayName, a.Domains = "Globex", []string{"globex.example"} })
		looks := func(domain, prefix string, change func(*scoringv1.Engagement)) {
			var all []*scoringv1.Engagement
			for i := range 4 {
				e := b.visit(fmt.Sprint(prefix, i), domain, "/pricing")
				if change != nil {
					change(e)
				}
				all = append(all, e)
			}
			b.record(t, all...)
		}
		looks("globex.example", "no target", nil)
		looks("initech.example", "machine", func(e *scoringv1.Engagement) { e.Automated = true })
		looks("initech.example", "elsewhere", func(e *scoringv1.Engagement) { e.Page = "/careers" })
		looks("initech.example", "long ago", func(e *scoringv1.Engagement) { e.OccurTime = timestamppb.New(roomtest.Start.Add(-15 * day)) })
		looks("initech.example", "decayed", func(e *scoringv1.Engagement) { e.OccurTime = timestamppb.New(roomtest.Start.Add(-7 * day)) })
		if got := b.surges(t); len(got) != 0 {
			t.Fatalf("got %v", got)
		}
		// Globex becomes a target, and is looked at though nothing happens there.
		doc := buying()
		doc.TargetAccounts = append(doc.TargetAccounts, &playbookv1.TargetAccount{Domain: "globex.example"})
		b.activate(t, "2", doc)
		b.drain(t)
		if got := b.surges(t); len(got) != 1 || got[0].GetOwner() != "" || !got[0].GetTarget() {
			t.Errorf("a new target: got %v", got)
		}
	})
}

func TestWhatPeopleDoCountsForTheirAccount(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		account := b.account(t, "1", nil)
		vp := b.create(t, &scoringv1.Lead{Source: "website", Email: "vp@initech.example", Title: "VP Sales"})
		for i := range 2 {
			e := b.visit(fmt.Sprint("anonymous", i), "initech.example", "/pricing")
			b.record(t, e)
		}
		if len(b.surges(t)) != 0 {
			t.Fatal("surged too early")
		}
		e := b.engagement("known", "page_view")
		e.Page = "/pricing"
		b.record(t, by(vp, e))
		if got := b.surges(t); len(got) != 1 || got[0].GetSurge().GetPointsMicros() != 30_000_000 {
			t.Fatalf("got %v", got)
		}
		// The vp's page view and that of nobody in particular are lines of the account's score, and the person's own score
		// does not hold what others did.
		got := b.explainAccount(t, account, time.Time{})
		checkLines(t, got)
		var lines []string
		for _, l := range got.GetLines() {
			lines = append(lines, fmt.Sprint(l.GetPart(), " ", l.GetLead() != "", " ", l.GetRule(), " ", l.GetContributionMicros()))
		}
		want := []string{"PART_PERSON true website/page_view:/pricing 10000000", "PART_ANONYMOUS false website/page_view:/pricing 20000000"}
		if diff := cmp.Diff(want, lines); diff != "" {
			t.Errorf("lines (-want +got):\n%s", diff)
		}
		if lead := b.get(t, vp.GetName()); lead.GetScore().GetEngagementMicros() != 10_000_000 {
			t.Errorf("the lead's own score is %v", lead.GetScore())
		}
	})
}

func TestThePersonsAccountFollowsAndLeavesTheScore(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		initech := b.account(t, "1", nil)
		globex := b.account(t, "2", func(a *scoringv1.Account) { a.DisplayName, a.Domains = "Globex", []string{"globex.example"} })
		lead := b.create(t, &scoringv1.Lead{Source: "website", Email: "vp@initech.example"}, b.engagement("1", "content_download"))
		b.create(t, &scoringv1.Lead{Source: "website", Email: "x@initech.example"}, b.engagement("2", "content_download"))
		stored := func() []int64 {
			var all []int64
			for _, a := range []*scoringv1.Account{initech, globex} {
				got, err := b.GetAccount(b.ctx, &scoringv1.GetAccountRequest{Name: a.GetName()})
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, got.GetScore().GetScoreMicros())
				if explained := b.explainAccount(t, a, time.Time{}); explained.GetScoreMicros() != got.GetScore().GetScoreMicros() {
					t.Errorf("stored %v, explained %v", got.GetScore(), explained)
				}
			}
			return all
		}
		if diff := cmp.Diff([]int64{20_000_000, 0}, stored()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		if _, err := b.UpdateLead(b.ctx, &scoringv1.UpdateLeadRequest{Lead: &scoringv1.Lead{Name: lead.GetName(), Email: "vp@globex.example"}}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]int64{10_000_000, 10_000_000}, stored()); diff != "" {
			t.Errorf("after the person moved (-want +got):\n%s", diff)
		}
		// Two records become one person: what both did counts once, at the account of the older.
		b.create(t, &scoringv1.Lead{Source: "website", SourceId: "s", Email: "x@initech.example"})
		b.create(t, &scoringv1.Lead{Source: "website", SourceId: "s", Email: "vp@globex.example"})
		if got := stored(); got[0]+got[1] != 20_000_000 {
			t.Errorf("after the merge: got %v", got)
		}
	})
}

// Of 120 accounts that are hot by the version before none is by the next one, which asks for that.
func TestWhoeverAVersionJudgesWorksWhereItHasLookedAlready(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		const accounts = 120
		b.buy(t, func(doc *playbookv1.Document) {
			doc.Surge.Enter, doc.Surge.OnlyTargets = proto.Float64(10), proto.Bool(false)
		})
		firms, leads, visits := &scoringv1.BatchCreateAccountsRequest{}, &scoringv1.BatchCreateLeadsRequest{}, []*scoringv1.Engagement(nil)
		for i := range accounts {
			id, domain := fmt.Sprint(i), fmt.Sprintf("firm%d.example", i)
			firms.Requests = append(firms.Requests, &scoringv1.CreateAccountRequest{Account: &scoringv1.Account{Source: "crm", SourceId: id, DisplayName: id, Domains: []string{domain}}})
			leads.Requests = append(leads.Requests, &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "website", SourceId: id, Email: "ann@" + domain}})
			visits = append(visits, b.visit(id, domain, "/pricing"))
		}
		if _, err := b.BatchCreateAccounts(b.patient(t), firms); err != nil {
			t.Fatal(err)
		}
		if _, err := b.BatchCreateLeads(b.patient(t), leads); err != nil {
			t.Fatal(err)
		}
		b.record(t, visits...)
		b.drain(t)
		if n := len(b.surges(t)); n != accounts {
			t.Fatalf("%d accounts surge", n)
		}
		next := buying()
		next.Surge.Enter, next.Surge.Leave, next.Surge.OnlyTargets = proto.Float64(40), proto.Float64(20), proto.Bool(false)
		next.Stages.Mql = "account.is_surging"
		b.activate(t, "2", next)
		for range 5 { // each piece of a job waits behind the others that are due by then
			b.pass(time.Second)
			if err := b.service.Fire(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		b.drain(t)
		if n := len(b.qualified(t)); n != 0 {
			t.Errorf("%d leads qualified because their accounts were hot by the version before", n)
		}
		if n := b.number(t, `SELECT count(*) FROM lead WHERE playbook <> 2`); n != 0 {
			t.Errorf("%d leads were not judged by the next version", n)
		}
	})
}

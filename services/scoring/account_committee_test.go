package scoring_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestALeadHasThePersonasThatItsFactsSay(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		account := b.account(t, "1", nil)
		vp := b.create(t, &scoringv1.Lead{Source: "website", Email: "vp@initech.example", Title: "VP Sales"}, b.engagement("1", "webinar_attend"))
		b.create(t, &scoringv1.Lead{Source: "website", Email: "ops@initech.example", Title: "Revenue Operations Manager"})
		b.create(t, &scoringv1.Lead{Source: "website", Email: "who@initech.example"})
		if got := vp.GetScore().GetPersonas(); !cmp.Equal(got, []string{"buyer"}) {
			t.Errorf("the vp is %v", got)
		}
		want := &scoringv1.BuyingCommittee{CoveragePercent: 50, KnownPercent: 100, UndecidedCount: 1, Personas: []*scoringv1.PersonaCoverage{
			{Persona: "buyer", Role: playbookv1.Persona_ROLE_DRIVER, Required: true, KnownCount: 1, EngagedCount: 1},
			{Persona: "user", Role: playbookv1.Persona_ROLE_USER, Required: true, KnownCount: 1}}}
		if diff := cmp.Diff(want, b.explainAccount(t, account, time.Time{}).GetCommittee(), protocmp.Transform()); diff != "" {
			t.Errorf("committee (-want +got):\n%s", diff)
		}
		unknown := b.create(t, &scoringv1.Lead{Source: "website", Email: "what@initech.example"})
		wantTruths := []*scoringv1.CriterionResult{
			{Criterion: "buyer", Truth: scoringv1.CriterionResult_TRUTH_UNKNOWN, Missing: []string{"lead.seniority"}},
			{Criterion: "user", Truth: scoringv1.CriterionResult_TRUTH_UNKNOWN, Missing: []string{"lead.function"}}}
		if diff := cmp.Diff(wantTruths, b.explain(t, unknown, b.Clock.Now()).GetPersonas(), protocmp.Transform()); diff != "" {
			t.Errorf("personas of somebody unknown (-want +got):\n%s", diff)
		}
	})
}

// committeeGate lets a lead over the line once a buyer of its account engaged.
func committeeGate(doc *playbookv1.Document) {
	doc.Criteria["buyer_engaged"] = `"buyer" in account.committee_engaged`
	doc.Stages.Mql = "buyer_engaged"
}

func TestWhatOneDoesCanQualifyAnotherOfTheCommittee(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, committeeGate)
		b.account(t, "1", nil)
		user := b.create(t, &scoringv1.Lead{Source: "website", Email: "ops@initech.example", Title: "Revenue Operations Manager"})
		vp := b.create(t, &scoringv1.Lead{Source: "website", Email: "vp@initech.example", Title: "VP Sales"})
		b.drain(t)
		if got := b.qualified(t); len(got) != 0 {
			t.Fatalf("nobody engaged: %v", got)
		}
		b.record(t, by(vp, b.engagement("1", "webinar_attend")))
		b.drain(t)
		var who []string
		for _, q := range b.qualified(t) {
			who = append(who, q.GetLead())
		}
		if diff := cmp.Diff([]string{vp.GetName(), user.GetName()}, who); diff != "" {
			t.Errorf("qualified (-want +got):\n%s", diff)
		}
		context := b.qualified(t)[1].GetContext()
		if got := context.GetAccount().GetCommittee(); got.GetCoveragePercent() != 50 || got.GetKnownPercent() != 100 || !cmp.Equal(context.GetPersonas(), []string{"user"}) {
			t.Errorf("context %v", context)
		}
		if got := b.explain(t, user, b.Clock.Now()); !got.GetSummary().GetOverLine() {
			t.Errorf("explained otherwise than judged: %v", got.GetSummary())
		}
	})
}

func TestAnEngagementOfLongAgoDoesNotCoverACommittee(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, committeeGate)
		account := b.account(t, "1", nil)
		old := b.engagement("1", "webinar_attend")
		old.OccurTime = timestamppb.New(roomtest.Start.Add(-90*day - time.Microsecond))
		vp := b.create(t, &scoringv1.Lead{Source: "website", Email: "vp@initech.example", Title: "VP Sales"}, old)
		if len(b.qualified(t)) != 0 || b.explainAccount(t, account, time.Time{}).GetCommittee().GetCoveragePercent() != 0 {
			t.Fatal("what was done 90 days ago counts")
		}
		edge := b.engagement("2", "webinar_attend")
		edge.OccurTime = timestamppb.New(roomtest.Start.Add(-90 * day))
		b.record(t, by(vp, edge))
		if len(b.qualified(t)) != 1 {
			t.Error("what was done on the edge of the window does not count")
		}
	})
}

// triggerGate lets a lead over the line by what happens to its company.
func triggerGate(doc *playbookv1.Document) {
	doc.Criteria["momentous"] = `account.trigger_points > 15 && "new_executive" in account.triggers`
	doc.Criteria["adverts"] = `account.events.count("job_ad", within("7d")) >= 3`
	doc.Stages.Mql = "momentous || adverts"
}

func TestWhatHappensToACompanyQualifiesItsPeople(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, triggerGate)
		account := b.account(t, "1", nil)
		lead := b.create(t, &scoringv1.Lead{Source: "website", Email: "vp@initech.example"})
		executive := b.happens("1", "new_executive", account)
		executive.OccurTime = timestamppb.New(roomtest.Start.Add(-15 * day)) // 20 points have become 14.142135
		b.record(t, executive)
		b.drain(t)
		if len(b.qualified(t)) != 0 {
			t.Fatal("14 points are above 15")
		}
		b.record(t, b.happens("2", "job_ad", account)) // 18.142135
		b.drain(t)
		got := b.qualified(t)
		if len(got) != 1 || got[0].GetLead() != lead.GetName() || !cmp.Equal(got[0].GetContext().GetAccount().GetTriggers(), []string{"hiring", "new_executive"}) {
			t.Fatalf("got %v", got)
		}
		if s := b.get(t, lead.GetName()).GetScore(); s.GetEngagementMicros() != 0 {
			t.Errorf("the lead's own score counts what it did not do: %v", s)
		}
		explained := b.explainAccount(t, account, time.Time{})
		checkLines(t, explained)
		if explained.GetScoreMicros() != 18_142_136 {
			t.Errorf("the account's score is %d", explained.GetScoreMicros())
		}
		for i := range 4 { // 20 points of job adverts are cut to 10
			b.record(t, b.happens(fmt.Sprint("more", i), "job_ad", account))
		}
		if got := b.explainAccount(t, account, time.Time{}); got.GetScoreMicros() != 24_142_136 {
			t.Errorf("with a full cap: %d", got.GetScoreMicros())
		}
		b.pass(100 * day)
		if got := b.explainAccount(t, account, time.Time{}); got.GetScoreMicros() != 0 || len(got.GetTriggers()) != 0 {
			t.Errorf("beyond the window: %v", got)
		}
		if got := b.explain(t, lead, roomtest.Start); !got.GetSummary().GetOverLine() {
			t.Errorf("as of then it was over the line: %v", got.GetSummary())
		}
		if got := b.explain(t, lead, b.Clock.Now()); got.GetSummary().GetOverLine() {
			t.Errorf("now it is not: %v", got.GetSummary())
		}
	})
}

func TestASurgeCanBeACondition(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, func(doc *playbookv1.Document) {
			doc.Criteria["hot"] = "account.is_surging"
			doc.Stages.Mql = "hot"
		})
		b.account(t, "1", nil)
		lead := b.create(t, &scoringv1.Lead{Source: "website", Email: "vp@initech.example"})
		for i := range 3 {
			b.record(t, b.visit(fmt.Sprint(i), "initech.example", "/pricing"))
		}
		b.drain(t)
		got := b.qualified(t)
		if len(got) != 1 || got[0].GetLead() != lead.GetName() || !got[0].GetContext().GetAccount().GetScore().GetSurging() {
			t.Errorf("got %v", got)
		}
	})
}

func TestAWhatIfHasWhatHappensAtTheAccount(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, triggerGate)
		account := &scoringv1.Account{DisplayName: "Initech", Domains: []string{"initech.example"}}
		happened := b.happens("1", "new_executive", &scoringv1.Account{Name: "accounts/019caed943007d5b9851813714c23739"})
		req := &scoringv1.ScoreLeadRequest{Lead: &scoringv1.Lead{Email: "a@initech.example"}, Account: account, Engagements: []*scoringv1.Engagement{happened}}
		score, err := b.ScoreLead(b.ctx, req)
		if err != nil || !score.GetSummary().GetOverLine() || score.GetSummary().GetEngagementMicros() != 0 {
			t.Errorf("got %v, %v", score, err)
		}
		req.Account = nil
		_, err = b.ScoreLead(b.ctx, req)
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "account")
	})
}

func TestAPartnersLeadsCountForNobodyElseAndSeeNothingOfOthers(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, func(doc *playbookv1.Document) {
			committeeGate(doc)
			doc.Stages.Mql = "buyer_engaged || high_intent"
		})
		account := b.account(t, "1", nil)
		partner := roomtest.AsPartner(t.Context(), "pat", "fypion")
		var looks []*scoringv1.Engagement
		for i := range 5 {
			e := b.engagement(fmt.Sprint(i), "page_view")
			e.Page = "/pricing"
			looks = append(looks, e)
		}
		theirs, err := b.CreateLead(partner, &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "fypion", Email: "vp@initech.example", Title: "VP Sales"}, Engagements: looks})
		if err != nil {
			t.Fatal(err)
		}
		ours := b.create(t, &scoringv1.Lead{Source: "website", Email: "ops@initech.example", Title: "Revenue Operations Manager"})
		b.drain(t)
		if len(b.surges(t)) != 0 || len(b.qualified(t)) != 0 {
			t.Errorf("a partner's lead raised %v, qualified %v", b.surges(t), b.qualified(t))
		}
		if got := b.explainAccount(t, account, time.Time{}); got.GetScoreMicros() != 0 || got.GetPeopleCount() != 1 {
			t.Errorf("the account is %v", got)
		}
		// A buyer of ours engages: that qualifies ours, and not the partner's.
		b.create(t, &scoringv1.Lead{Source: "website", Email: "ceo@initech.example", Title: "CEO"}, b.engagement("ceo", "webinar_attend"))
		b.drain(t)
		for _, q := range b.qualified(t) {
			if q.GetLead() == theirs.GetName() {
				t.Error("the partner's lead qualified by what it may not know")
			}
		}
		if len(b.qualified(t)) != 2 || b.get(t, ours.GetName()).GetHandoff() == "" {
			t.Errorf("qualified: %v", b.qualified(t))
		}
	})
}

func TestWhatIsSaidOfAnAccountIsRefusedByItsField(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		b.list(t, "shared_domains", "agency.example")
		missing := "accounts/0123456789abcdef0123456789abcdef"
		refused := func(name, reason, field string, e *scoringv1.Engagement) {
			t.Helper()
			fine := b.visit(name+" beside it", "initech.example", "/pricing")
			_, err := b.BatchRecordEngagements(b.ctx, &scoringv1.BatchRecordEngagementsRequest{Engagements: []*scoringv1.Engagement{fine, e}})
			wantFault(t, err, codes.InvalidArgument, reason, "engagements[1]."+field)
		}
		for name, domain := range map[string]string{"everybody's mail": "gmail.com", "an agency's": "www.agency.example", "no domain": "n/a", "a suffix": "co.uk"} {
			refused(name, "FIELD_INVALID", "account_domain", b.visit(name, domain, "/pricing"))
		}
		refused("an account that does not exist", "REFERENCE_NOT_FOUND", "account", b.happens("1", "job_ad", &scoringv1.Account{Name: missing}))
		_, err := b.ExplainAccountScore(b.ctx, &scoringv1.ExplainAccountScoreRequest{Name: missing + "/score"})
		wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		account := b.account(t, "1", nil)
		_, err = b.ExplainAccountScore(b.ctx, &scoringv1.ExplainAccountScoreRequest{Name: account.GetName() + "/score", AsOfTime: timestamppb.New(roomtest.Start.Add(-time.Second))})
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "as_of_time")
		if n := len(b.explainAccount(t, account, time.Time{}).GetLines()); n != 0 {
			t.Errorf("what was refused left %d lines", n)
		}
	})
}

func TestAccountsAreListedByScoreAndBySurge(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, nil)
		domains := []string{"initech.example", "a.example", "b.example", "c.example", "d.example"}
		for i, domain := range domains {
			b.account(t, fmt.Sprint(i), func(a *scoringv1.Account) { a.DisplayName, a.Domains = domain, []string{domain} })
			b.pass(time.Second)
		}
		for i, domain := range domains {
			for n := range 4 - i {
				b.record(t, b.visit(fmt.Sprint(i, "/", n), domain, "/pricing"))
			}
		} // initech, a and b are at the cap of page views, c has 10 points, d none; of equal ones the newer is first
		rep := roomtest.As(t.Context(), "joe", accessv1.Role_ROLE_SALES_REP)
		list := func(req *scoringv1.ListAccountsRequest) (names []string, scores []int64) {
			req.PageSize = 2
			for {
				resp, err := b.ListAccounts(rep, req)
				if err != nil {
					t.Fatal(err)
				}
				for _, a := range resp.GetAccounts() {
					names, scores = append(names, a.GetDisplayName()), append(scores, a.GetScore().GetScoreMicros())
				}
				if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
					return names, scores
				}
			}
		}
		names, scores := list(&scoringv1.ListAccountsRequest{OrderBy: "score desc"})
		if diff := cmp.Diff([]string{"b.example", "a.example", "initech.example", "c.example", "d.example"}, names); diff != "" || scores[0] != 20_000_000 || scores[4] != 0 {
			t.Errorf("scores %v, names (-want +got):\n%s", scores, diff)
		}
		if names, _ = list(&scoringv1.ListAccountsRequest{Surging: true}); !cmp.Equal(names, []string{"initech.example"}) {
			t.Errorf("surging: %v", names)
		}
		if names, _ = list(&scoringv1.ListAccountsRequest{Surging: true, OrderBy: "score desc"}); !cmp.Equal(names, []string{"initech.example"}) {
			t.Errorf("surging by score: %v", names)
		}
		if names, _ = list(&scoringv1.ListAccountsRequest{}); !cmp.Equal(names, []string{"d.example", "c.example", "b.example", "a.example", "initech.example"}) {
			t.Errorf("newest first: %v", names)
		}
	})
}

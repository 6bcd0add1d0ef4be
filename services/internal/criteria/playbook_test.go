package criteria_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

// asOf is the instant at which most tests look at the facts.
var asOf = time.Date(2026, 3, 6, 16, 30, 0, 0, time.UTC)

func ago(d time.Duration) time.Time { return asOf.Add(-d) }

const day = 24 * time.Hour

// playbook is a whole definition as teams write it.
func playbook() criteria.Definition {
	return criteria.Definition{
		Lists: []string{"competitors"},
		Criteria: []criteria.Rule{
			{Name: "size_fit", Expression: `account.employees >= 200 && account.employees <= 5000`},
			{Name: "industry_fit", Expression: `account.industry in ["software", "fintech", "logistics"]`},
			{Name: "revenue_fit", Expression: `account.annual_revenue >= money("20000000 USD")`},
			{Name: "geo_fit", Expression: `account.country in ["US", "CA", "GB", "DE"]`},
			{Name: "tech_fit", Expression: `account.technologies.exists(t, t in ["salesforce", "hubspot"])`},
			{Name: "buyer_role", Expression: `lead.seniority in ["director", "vp", "c_level"] && lead.function in ["sales", "marketing", "revops"]`},
			{Name: "high_intent", Expression: `engagement.count("form_submit", {"form": ["demo_request", "pricing"]}) >= 1`},
			{Name: "webinar", Expression: `engagement.count("webinar_attend") >= 1`},
			{Name: "pricing_visits", Expression: `engagement.count("page_view", {"page": ["/pricing"]}) >= 3`},
			{Name: "email_engaged", Expression: `engagement.count("email_click", within("14d")) >= 2`},
		},
		Conditions: []criteria.Rule{
			{Name: "disqualify.competitor", Expression: `account.domain in lists.competitors`},
			{Name: "disqualify.student", Expression: `lead.email_domain_kind == "education"`},
			{Name: "intent.high", Expression: `high_intent`},
			{Name: "intent.medium", Expression: `webinar || pricing_visits || email_engaged`},
			{Name: "routing.first_match[0]", Expression: `account.has_open_opportunity`},
			{Name: "routing.first_match[1]", Expression: `account.is_customer`},
		},
		Gates: []criteria.Rule{
			{Name: "stages.mql", Expression: `fit > 70 && (engagement > 50 || high_intent || webinar)`},
			{Name: "preset.score_thresholds", Expression: `fit > 70 && engagement > 50`},
			{Name: "preset.joint_boolean", Expression: `size_fit && industry_fit && revenue_fit && geo_fit && buyer_role && (high_intent || webinar || pricing_visits || email_engaged)`},
		},
	}
}

// ideal is a lead for which every criterion is true and no condition disqualifies.
func ideal() *criteria.Facts {
	return &criteria.Facts{
		Lead: criteria.Lead{
			Seniority:       criteria.Known("director"),
			Function:        criteria.Known("sales"),
			EmailDomainKind: criteria.Known("business"),
		},
		Account: criteria.Account{
			Domain:             criteria.Known("initech.example"),
			Employees:          criteria.Known(int64(900)),
			AnnualRevenue:      criteria.Known(criteria.Money{Currency: "USD", Units: 20_000_000}),
			Industry:           criteria.Known("software"),
			Country:            criteria.Known("DE"),
			Technologies:       criteria.Known([]string{"jira", "hubspot"}),
			HasOpenOpportunity: criteria.Known(false),
			IsCustomer:         criteria.Known(false),
		},
		Engagements: []criteria.Event{
			{Type: "form_submit", OccurredAt: ago(day), Form: "pricing"},
			{Type: "webinar_attend", OccurredAt: ago(40 * day)},
			{Type: "page_view", OccurredAt: ago(9 * day), Page: "/pricing"},
			{Type: "page_view", OccurredAt: ago(8 * day), Page: "/pricing"},
			{Type: "page_view", OccurredAt: ago(7 * day), Page: "/pricing"},
			{Type: "email_click", OccurredAt: ago(14 * day)},
			{Type: "email_click", OccurredAt: ago(2 * day)},
		},
		Lists: map[string]*criteria.List{"competitors": criteria.NewList([]string{"rival.example", "other.example"})},
	}
}

func mustCompile(tb testing.TB, d criteria.Definition) *criteria.Set {
	tb.Helper()
	set, err := criteria.Compile(d)
	if err != nil {
		tb.Fatal(err)
	}
	return set
}

// ask evaluates one criterion that is compiled for the purpose.
func ask(t *testing.T, expression string, facts *criteria.Facts) criteria.Result {
	t.Helper()
	set := mustCompile(t, criteria.Definition{
		Criteria: []criteria.Rule{{Name: "asked", Expression: expression}},
	})
	return *set.Evaluate(facts, asOf).Criteria().Result(0)
}

package qualify_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

const day = 24 * time.Hour

var asOf = time.Date(2026, 3, 6, 16, 30, 0, 0, time.UTC)

func document() *playbookv1.Document {
	return &playbookv1.Document{
		Playbook: "acme",
		Criteria: map[string]string{
			"size_fit":    `account.employees >= 200`,
			"buyer_role":  `lead.seniority in ["director", "vp"]`,
			"high_intent": `engagement.count("form_submit", {"form": ["demo_request"]}) >= 1`,
			"webinar":     `engagement.count("webinar_attend") >= 1`,
			"faulty":      `int(lead.attributes["seats"]) > 5`,
		},
		Disqualify: map[string]string{
			"b_student":    `lead.email_domain_kind == "education"`,
			"a_competitor": `account.domain in lists.competitors`,
		},
		Scoring: &playbookv1.ScoringPolicy{
			Fit: map[string]*playbookv1.FitRule{
				"size": {Points: 60.1, When: "size_fit"}, "role": {Points: 30, When: "buyer_role"}, "seats": {Points: 9.9, When: "faulty"}},
			Engagement: map[string]*playbookv1.EngagementGroup{"all": {Events: map[string]*playbookv1.EngagementRule{
				"form_submit": {Points: 40, HalfLife: durationpb.New(14 * day)}, "webinar_attend": {Points: 25, Window: durationpb.New(30 * day)},
				"page_view": {Points: 2, Bonus: map[string]float64{"/pricing": 8}}}}},
		},
		Stages:         &playbookv1.StagePolicy{Mql: "fit > 70 && engagement > 30"},
		TargetAccounts: []*playbookv1.TargetAccount{{Domain: "Initech.example", Owner: "jane"}, {Domain: "eu.globex.example"}, {Domain: "not a domain"}},
		Intent:         &playbookv1.IntentPolicy{High: "high_intent", Medium: "webinar"},
		Routing: &playbookv1.RoutingPolicy{FirstMatch: []*playbookv1.RoutingRule{
			{When: "account.has_open_opportunity"}, {When: "account.is_target && high_intent"}, {When: "account.has_owner"}}},
	}
}

func mustCompile(t testing.TB, doc *playbookv1.Document) *qualify.Policy {
	t.Helper()
	p, err := qualify.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// subject is a director of a target account of 900 people who asked for a demo today.
func subject() *qualify.Subject {
	return &qualify.Subject{
		Lead: criteria.Lead{Seniority: criteria.Known("director"), EmailDomainKind: criteria.Known("business")},
		Account: &qualify.Account{Facts: criteria.Account{Domain: criteria.Known("initech.example"), Employees: criteria.Known(int64(900)),
			HasOpenOpportunity: criteria.Known(false)}, Domains: []string{"initech.example"}},
		Engagements: []qualify.Engagement{event("1", "form_submit", asOf)},
		Lists:       map[string]*criteria.List{"competitors": criteria.NewList([]string{"rival.example"})},
	}
}

func event(id, kind string, at time.Time) qualify.Engagement {
	e := qualify.Engagement{ID: id, Event: criteria.Event{Type: kind, OccurredAt: at}}
	if kind == "form_submit" {
		e.Form = "demo_request"
	}
	return e
}

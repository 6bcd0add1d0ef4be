package criteria_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

func TestEngagementIsCountedAsSeenAtTheInstant(t *testing.T) {
	t.Parallel()
	facts := &criteria.Facts{Engagements: []criteria.Event{
		{Type: "email_click", OccurredAt: ago(14 * day)},
		{Type: "email_click", OccurredAt: ago(14*day + time.Microsecond)},
		{Type: "email_click", OccurredAt: asOf},
		{Type: "email_click", OccurredAt: asOf.Add(time.Microsecond)},
		{Type: "webinar_attend", OccurredAt: ago(90 * day)},
		{Type: "form_submit", OccurredAt: ago(3 * day), Form: "pricing", Page: "/pricing"},
		{Type: "form_submit", OccurredAt: ago(2 * day), Form: "newsletter"},
		{Type: "form_submit", OccurredAt: ago(day)},
		{Type: "page_view", OccurredAt: asOf.Add(day)},
		{Type: "video", OccurredAt: asOf, Asset: "tour", Campaign: "campaigns/q4", Channel: "social", Source: "website"},
	}}
	tests := []string{
		// What happens later does not exist, and what happens now does.
		`engagement.count("email_click") == 3`,
		`engagement.count("page_view") == 0`,
		// A window includes its edge.
		`engagement.count("email_click", within("14d")) == 2`,
		`engagement.count("email_click", within("13d23h59m59s")) == 1`,
		`engagement.count("email_click", duration("2w")) == 2`,
		// A filter is "all of the properties, any of the values"; an event without
		// the property does not match.
		`engagement.count("form_submit") == 3`,
		`engagement.count("form_submit", {"form": ["demo_request", "pricing"]}) == 1`,
		`engagement.count("form_submit", {"form": ["newsletter", "pricing"]}) == 2`,
		`engagement.count("form_submit", {"form": "newsletter"}) == 1`,
		`engagement.count("form_submit", {"form": "pricing", "page": ["/pricing"]}) == 1`,
		`engagement.count("form_submit", {"form": "newsletter", "page": ["/pricing"]}) == 0`,
		`engagement.count("form_submit", {"form": ["newsletter", "pricing"]}, within("2d")) == 1`,
		`engagement.count("form_submit", {}) == 3`,
		`engagement.count("form_submit", {"page": ""}) == 0`,
		`engagement.count("video", {"asset": "tour", "campaign": "campaigns/q4", "channel": "social", "source": "website"}) == 1`,
		// last is the latest that is not later, and long ago for never.
		`engagement.last("email_click") == now`,
		`engagement.last("webinar_attend") == now - duration("90d")`,
		`engagement.last("never") < now - within("365d") && !(now - engagement.last("never") <= within("365d"))`,
		`now == timestamp("2026-03-06T16:30:00Z")`,
	}
	for _, expression := range tests {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			if got := ask(t, expression, facts); got.Truth != criteria.True {
				t.Errorf("got %+v, want TRUE", got)
			}
		})
	}
}

func TestTheEventsOfAnAccountAreCountedLikeEngagement(t *testing.T) {
	t.Parallel()
	facts := &criteria.Facts{Account: criteria.Account{
		Events: criteria.Known(criteria.History{AsOf: asOf, Events: []criteria.Event{
			{Type: "new_executive", OccurredAt: ago(30 * day)},
			{Type: "new_executive", OccurredAt: ago(30*day + time.Microsecond)},
			{Type: "new_executive", OccurredAt: asOf.Add(time.Microsecond)},
			{Type: "page_view", OccurredAt: ago(day), Page: "/pricing"},
		}}),
		Triggers: criteria.Known([]string{"new_executive"}), TriggerPoints: criteria.Known(criteria.Points(20_000_001)),
		Committee: criteria.Known([]string{"buyer", "user"}), CommitteeEngaged: criteria.Known([]string{"user"}),
		CommitteeCoverage: criteria.Known(int64(50)), IsSurging: criteria.Known(true),
	}}
	tests := map[string]criteria.Truth{
		`account.events.count("new_executive") == 2`:                              criteria.True,
		`account.events.count("new_executive", within("30d")) == 1`:               criteria.True,
		`account.events.count("page_view", {"page": "/pricing"}) == 1`:            criteria.True,
		`account.events.last("new_executive") == now - duration("30d")`:           criteria.True,
		`engagement.count("new_executive") == 0`:                                  criteria.True,
		`"new_executive" in account.triggers`:                                     criteria.True,
		`account.trigger_points > 20`:                                             criteria.True,
		`account.trigger_points > 20.000001`:                                      criteria.False,
		`"buyer" in account.committee && !("buyer" in account.committee_engaged)`: criteria.True,
		`account.committee_coverage >= 50 && account.is_surging`:                  criteria.True,
	}
	for expression, want := range tests {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			if got := ask(t, expression, facts); got.Truth != want || got.Err != nil {
				t.Errorf("got %+v, want %v", got, want)
			}
			got := ask(t, expression, &criteria.Facts{})
			if engagementOnly := expression[0] == 'e'; !engagementOnly && got.Truth != criteria.Unknown {
				t.Errorf("of an account that nothing is known of: got %+v, want UNKNOWN", got)
			}
		})
	}
}

func TestFactsReadAsWritten(t *testing.T) {
	t.Parallel()
	facts := &criteria.Facts{
		Lead: criteria.Lead{
			Seniority: criteria.Known("vp"), Function: criteria.Known("sales"), Title: criteria.Known("VP Sales"),
			Country: criteria.Known("GB"), EmailDomain: criteria.Known("initech.example"),
			EmailDomainKind: criteria.Known("business"), Source: criteria.Known("ads"), Campaign: criteria.Known(""),
			Partner:    criteria.Known("agency"),
			Attributes: map[string]string{"plan": "pro", "seats": "12", "trial": "true"},
		},
		Account: criteria.Account{
			Domain: criteria.Known("initech.example"), Domains: criteria.Known([]string{"initech.example", "initech.de"}),
			Employees:     criteria.Known(int64(0)),
			AnnualRevenue: criteria.Known(criteria.Money{Currency: "USD", Units: 5, Nanos: 500_000_000}),
			Industry:      criteria.Known("software"), Country: criteria.Known("DE"),
			Technologies: criteria.Known([]string{}), IsTarget: criteria.Known(true), IsCustomer: criteria.Known(false),
			HasOpenOpportunity: criteria.Known(false), HasOwner: criteria.Known(true),
		},
		Lists: map[string]*criteria.List{"competitors": criteria.NewList([]string{"rival.example"})},
	}
	for _, expression := range []string{
		`lead.seniority == "vp" && lead.function == "sales" && lead.title == "VP Sales" && lead.country == "GB"`,
		`lead.email_domain == "initech.example" && lead.email_domain_kind == "business"`,
		`lead.source == "ads" && lead.campaign == ""`,
		`lead.attributes["plan"] == "pro" && int(lead.attributes.seats) > 11 && lead.attributes.trial == "true"`,
		`lead.partner == "agency" && account.domains.exists(d, d.endsWith(".de"))`,
		`account.domain == lead.email_domain && account.employees == 0 && account.industry == "software"`,
		`account.annual_revenue > money("5.49 USD") && account.annual_revenue < money("5.500000001 USD")`,
		`account.annual_revenue >= money("5.5 USD") && account.annual_revenue <= money("5.500 USD")`,
		`account.country == "DE" && !account.technologies.exists(t, true)`,
		`account.is_target && !account.is_customer && !account.has_open_opportunity && account.has_owner`,
		`"rival.example" in lists.competitors && !(account.domain in lists.competitors)`,
		`lists.competitors.exists(c, c.startsWith("rival")) && lists.competitors[0] == "rival.example"`,
	} {
		t.Run(expression, func(t *testing.T) {
			t.Parallel()
			if got := ask(t, expression, facts); got.Truth != criteria.True {
				t.Errorf("got %+v (error %v), want TRUE", got, got.Err)
			}
		})
	}
}

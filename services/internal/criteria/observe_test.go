package criteria_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

func TestWhatSomebodySawTakesThePlaceOfTheFact(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ field, value, want string }{
		{"account.employees", "40", "40"},
		{"account.employees", " 1,200 ", "1200"},
		{"account.annual_revenue", "3000000 USD", "3000000 USD"},
		{"account.annual_revenue", "3,000,000.50 USD", "3000000.5 USD"},
		{"account.is_customer", "Yes", "true"},
		{"account.has_owner", "false", "false"},
		{"account.technologies", "salesforce, hubspot", "salesforce, hubspot"},
		{"account.country", "de", "DE"},
		{"account.domain", "Initech.Example", "initech.example"},
		{"account.industry", "Software", "software"}, // as the record says
		{"account.industry", "Retail", "Retail"},
		{"lead.title", "an intern", "an intern"},
		{"lead.attributes.seats", "12", "12"},
		{"account.attributes.motto", "No news", "No news"},
	} {
		facts := criteria.Facts{Account: criteria.Account{Industry: criteria.Known("software"), Employees: criteria.Known(int64(900))}}
		if err := criteria.Observe(&facts, test.field, test.value); err != nil {
			t.Errorf("%s = %q: %v", test.field, test.value, err)
		}
		if got, known := criteria.Recorded(&facts, test.field); got != test.want || !known {
			t.Errorf("%s = %q is recorded as %q, %v; want %q", test.field, test.value, got, known, test.want)
		}
	}
}

func TestWhatHasNoFormIsNotObserved(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		field, value string
		want         error
	}{
		{"account.employees", "about 90", criteria.ErrForm},
		{"account.employees", "8,000 since the merger", criteria.ErrForm},
		{"account.employees", "12,00", criteria.ErrForm},
		{"account.employees", "99999999999999999999", criteria.ErrForm},
		{"account.employees", "  ", criteria.ErrForm},
		{"account.annual_revenue", "3 million", criteria.ErrForm},
		{"account.annual_revenue", "3000000", criteria.ErrForm},
		{"account.is_customer", "perhaps", criteria.ErrForm},
		{"account.technologies", "salesforce,,hubspot", criteria.ErrForm},
		{"account.size", "12", criteria.ErrField},
		{"account.events", "12", criteria.ErrField},
		{"account.trigger_points", "12", criteria.ErrField},
		{"account.attributes", "12", criteria.ErrField},
		{"account.attributes.", "12", criteria.ErrField},
		{"meeting.use_case", "routing", criteria.ErrField},
		{"meeting.attributes.x", "routing", criteria.ErrField},
		{"lists.competitors", "initech.example", criteria.ErrField},
		{"lead.email", "ann@initech.example", criteria.ErrField},
		{"engagement", "12", criteria.ErrField},
		{"", "12", criteria.ErrField},
	} {
		facts := criteria.Facts{}
		if err := criteria.Observe(&facts, test.field, test.value); !errors.Is(err, test.want) {
			t.Errorf("%q = %q: got %v, want %v", test.field, test.value, err, test.want)
		}
		if diff := cmp.Diff(criteria.Facts{}, facts); diff != "" {
			t.Errorf("%q = %q changed the facts:\n%s", test.field, test.value, diff)
		}
	}
}

func TestObservingLeavesSharedFactsAlone(t *testing.T) {
	t.Parallel()
	attributes := map[string]string{"seats": "500"}
	facts := criteria.Facts{Lead: criteria.Lead{Attributes: attributes}}
	if err := criteria.Observe(&facts, "lead.attributes.seats", "12"); err != nil {
		t.Fatal(err)
	}
	if attributes["seats"] != "500" || facts.Lead.Attributes["seats"] != "12" {
		t.Errorf("shared %v, own %v", attributes, facts.Lead.Attributes)
	}
}

func TestEveryFieldIsRecordedInTheFormInWhichItIsObserved(t *testing.T) {
	t.Parallel()
	fields := slices.Sorted(slices.Values(criteria.Fields()))
	rapid.Check(t, func(t *rapid.T) {
		field := rapid.SampledFrom(fields).Draw(t, "field")
		values := slices.Collect(maps.Keys(map[string]bool{"12": true, "1,200": true, "0.50 EUR": true, "no": true, "a, b": true}))
		value := rapid.SampledFrom(slices.Sorted(slices.Values(values))).Draw(t, "value")
		var once, again criteria.Facts
		if criteria.Observe(&once, field, value) != nil {
			return
		}
		recorded, known := criteria.Recorded(&once, field)
		if err := criteria.Observe(&again, field, recorded); err != nil || !known {
			t.Fatalf("%s: %q is recorded as %q, %v: %v", field, value, recorded, known, err)
		}
		if diff := cmp.Diff(once, again); diff != "" {
			t.Fatalf("%s: %q and its record differ:\n%s", field, value, diff)
		}
	})
}

func FuzzObserve(f *testing.F) {
	for _, field := range []string{"account.employees", "account.annual_revenue", "account.technologies", "lead.attributes.x", "lead.title"} {
		f.Add(field, "1,200.50 USD, yes")
	}
	f.Fuzz(func(t *testing.T, field, value string) {
		var facts criteria.Facts
		err := criteria.Observe(&facts, field, value)
		if _, known := criteria.Recorded(&facts, field); known != (err == nil) {
			t.Fatalf("%q = %q: known %v after %v", field, value, known, err)
		}
	})
}

func TestReadsAreTheFactsThatARuleLooksAt(t *testing.T) {
	t.Parallel()
	set := mustCompile(t, criteria.Definition{
		Criteria: []criteria.Rule{
			{Name: "size_fit", Expression: `account.employees >= 200 && account.employees <= 5000`},
			{Name: "tech_fit", Expression: `account.technologies.exists(t, t in ["salesforce"])`},
			{Name: "intent", Expression: `engagement.count("form_submit") >= 1`},
			{Name: "seats", Expression: `has(lead.attributes.seats) && int(lead.attributes["seats"]) > 5`},
			{Name: "rival", Expression: `account.domain in lists.competitors || predicted.win < 0.1`},
			{Name: "hot", Expression: `account.events.count("job_ad") > 2`},
		},
		Conditions: []criteria.Rule{{Name: "disqualify.rival", Expression: `rival || !size_fit && lead.country == "US"`}},
	})
	for rule, want := range map[string][]string{
		"size_fit":         {"account.employees"},
		"tech_fit":         {"account.technologies"},
		"intent":           {"engagement"},
		"seats":            {"lead.attributes.seats"},
		"rival":            {"account.domain", "lists.competitors", "predicted.win"},
		"hot":              {"account.events"},
		"disqualify.rival": {"account.domain", "account.employees", "lead.country", "lists.competitors", "predicted.win"},
		"nothing":          nil,
	} {
		if diff := cmp.Diff(want, set.Reads(rule)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", rule, diff)
		}
	}
}

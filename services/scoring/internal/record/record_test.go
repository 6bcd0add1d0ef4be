package record_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

var start = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)

func field(value string, origin dedupe.Origin, hours int) dedupe.Field {
	return dedupe.Field{Value: value, Origin: origin, At: start.Add(time.Duration(hours) * time.Hour)}
}

func TestLeadsOfOnePersonShowTheTrustedThenTheNewest(t *testing.T) {
	t.Parallel()
	survivor := &record.Lead{ID: "a", CreatedAt: start, Fields: person.Fields{
		"title": field("CEO", dedupe.Manual, 0), "company": field("Initech", dedupe.Reported, 0), "phone": field("1", dedupe.Reported, 0)}}
	absorbed := &record.Lead{ID: "b", CreatedAt: start.Add(time.Hour), Fields: person.Fields{
		"title": field("CFO", dedupe.Reported, 5), "company": field("Globex", dedupe.Reported, 5), "country": field("DE", dedupe.Reported, 5)}}
	got, err := record.Shown(survivor, []*record.Lead{absorbed})
	if err != nil {
		t.Fatal(err)
	}
	want := person.Profile{Title: "CEO", Company: "Globex", Phone: "1", Country: "DE"}
	if diff := cmp.Diff(want, person.Shown(got)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := record.Shown(survivor, []*record.Lead{survivor}); err == nil {
		t.Error("a lead was merged with itself")
	}
}

func TestTheOlderLeadSurvives(t *testing.T) {
	t.Parallel()
	a, b := &record.Lead{ID: "a", CreatedAt: start.Add(time.Hour)}, &record.Lead{ID: "b", CreatedAt: start}
	if a.Older(b) || !b.Older(a) {
		t.Error("the younger lead is said to be the older")
	}
	b.CreatedAt = a.CreatedAt
	if !a.Older(b) || b.Older(a) {
		t.Error("leads of one instant have no order by id")
	}
}

func TestAnEngagementCountsFromWhenItWasRecordedAtTheLatest(t *testing.T) {
	t.Parallel()
	late := record.Engagement{OccurredAt: start, RecordedAt: start.Add(time.Hour)}
	ahead := record.Engagement{OccurredAt: start.Add(time.Hour), RecordedAt: start}
	if !late.Since().Equal(start) || !ahead.Since().Equal(start) {
		t.Errorf("got %v and %v, want %v", late.Since(), ahead.Since(), start)
	}
	if got := record.Human([]record.Engagement{late, {Automated: true}}); len(got) != 1 {
		t.Errorf("%d engagements are human, want one", len(got))
	}
}

func TestWhatIsNotKnownOfACompanyIsUnknownToExpressions(t *testing.T) {
	t.Parallel()
	company := record.Company{DisplayName: "?", Country: "Atlantis", Phone: "n/a", PostalCode: "--"}.Read()
	want := criteria.Account{IsCustomer: criteria.Known(false), HasOpenOpportunity: criteria.Known(false)}
	if diff := cmp.Diff(want, company.Facts(), cmpopts.IgnoreUnexported(want)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if company.Country != "Atlantis" || company.Phone != "n/a" {
		t.Errorf("what cannot be read did not stay as typed: %+v", company)
	}
}

func TestReadingACompanyAgainGivesTheSame(t *testing.T) {
	t.Parallel()
	n := int64(5)
	once := record.Company{DisplayName: "The ACME Company, Inc.", Hosts: []normal.Host{{Name: "eu.acme.com", Domain: "acme.com"}, {Name: "acme.com", Domain: "acme.com"}},
		Industry: "Software", Employees: &n, Country: "germany", PostalCode: "10 115", Phone: "030 901820", Technologies: []string{"A", "a"},
		Attributes: map[string]string{"x": "1"}}.Read()
	twice := once.Read()
	if !once.Equal(&twice) {
		t.Errorf("-once +twice:\n%s", cmp.Diff(once, twice))
	}
	if diff := cmp.Diff(record.CompanyKeys{Name: "acme", Country: "DE", Postal: "10115", Phone: "+4930901820"}, once.Keys); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"acme.com"}, once.Domains()); diff != "" {
		t.Errorf("domains (-want +got):\n%s", diff)
	}
	other := once
	other.Deals.Won = true
	if once.Equal(&other) || !other.IsCustomer() {
		t.Error("a won deal makes no difference")
	}
}

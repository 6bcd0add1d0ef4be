package match_test

import (
	"testing"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
)

func TestGoldenDecisionsByDomain(t *testing.T) {
	t.Parallel()
	us := company{id: "us", name: "Acme Inc", country: "US", postal: "94105", hosts: []string{"acme.com"}}
	uk := company{id: "uk", name: "Acme UK Ltd", country: "GB", hosts: []string{"uk.acme.com"}}
	decideAll(t, map[string]golden{
		"one account at the domain": {
			form: form{email: "jane@acme.com"}, stored: []company{us}, code: match.DomainUnique, account: "us",
			why: []match.Candidate{because("us", "", match.ReasonHostEqual, match.ReasonDomainEqual)},
		},
		"a subdomain belongs to the account at the domain": {
			form: form{email: "jane@uk.acme.com"}, stored: []company{us}, code: match.DomainUnique, account: "us",
			why: []match.Candidate{because("us", "", match.ReasonDomainEqual)},
		},
		"a closed account at the domain does not make two": {
			form:   form{email: "jane@acme.com"},
			stored: []company{us, {id: "old", name: "Acme", hosts: []string{"acme.com"}, closed: true}},
			code:   match.DomainUnique, account: "us",
			why: []match.Candidate{
				because("old", match.RejectedInactive, match.ReasonHostEqual, match.ReasonDomainEqual),
				because("us", "", match.ReasonHostEqual, match.ReasonDomainEqual),
			},
		},
		"an internationalised domain is its ASCII form": {
			form:   form{email: "jane@bücher.example"},
			stored: []company{{id: "books", name: "Bücher", hosts: []string{"xn--bcher-kva.example"}}},
			code:   match.DomainUnique, account: "books",
			why: []match.Candidate{because("books", "", match.ReasonHostEqual, match.ReasonDomainEqual)},
		},
		"acme.co.uk is another domain than acme.com": {
			form: form{email: "jane@acme.co.uk"}, stored: []company{us}, code: match.Unmatched,
		},
		"a full host tells two accounts apart": {
			form: form{email: "jane@uk.acme.com", company: "Acme", country: "US"}, stored: []company{us, uk},
			code: match.DomainMultiHost, account: "uk",
			why: []match.Candidate{
				because("uk", "", match.ReasonHostEqual, match.ReasonDomainEqual),
				because("us", match.RejectedHost, match.ReasonDomainEqual, match.ReasonNameEqual, match.ReasonCountryEqual),
			},
		},
		"then the name does": {
			form: form{email: "jane@fr.acme.com", company: "ACME UK", country: "US"}, stored: []company{us, uk},
			code: match.DomainMultiName, account: "uk",
			why: []match.Candidate{
				because("uk", "", match.ReasonDomainEqual, match.ReasonNameEqual),
				because("us", match.RejectedName, match.ReasonDomainEqual, match.ReasonCountryEqual),
			},
		},
		"then the country does": {
			form: form{email: "jane@fr.acme.com", country: "United Kingdom", postal: "94105"}, stored: []company{us, uk},
			code: match.DomainMultiCountry, account: "uk",
			why: []match.Candidate{
				because("uk", "", match.ReasonDomainEqual, match.ReasonCountryEqual),
				because("us", match.RejectedCountry, match.ReasonDomainEqual, match.ReasonPostalEqual),
			},
		},
		"then the postal code does": {
			form:   form{email: "jane@acme.com", country: "US", postal: "94105-1234"},
			stored: []company{us, {id: "us-east", name: "Acme East", country: "US", postal: "10001", hosts: []string{"acme.com"}}},
			code:   match.DomainMultiPostal, account: "us",
			why: []match.Candidate{
				because("us", "", match.ReasonHostEqual, match.ReasonDomainEqual, match.ReasonCountryEqual, match.ReasonPostalEqual),
				because("us-east", match.RejectedPostal, match.ReasonHostEqual, match.ReasonDomainEqual, match.ReasonCountryEqual),
			},
		},
		"two accounts that nothing tells apart are reviewed": {
			form: form{email: "jane@fr.acme.com"}, stored: []company{us, uk},
			code: match.ReviewDomainMulti, review: true,
			why: []match.Candidate{
				because("uk", "", match.ReasonDomainEqual),
				because("us", "", match.ReasonDomainEqual),
			},
		},
		"an account elsewhere with the name does not settle the domain": {
			form:   form{email: "jane@fr.acme.com", company: "Globex", country: "DE"},
			stored: []company{us, uk, {id: "globex", name: "Globex", country: "DE", hosts: []string{"globex.com"}}},
			code:   match.ReviewDomainMulti, review: true,
			why: []match.Candidate{
				because("globex", match.RejectedStronger, match.ReasonNameEqual, match.ReasonCountryEqual),
				because("uk", "", match.ReasonDomainEqual),
				because("us", "", match.ReasonDomainEqual),
			},
		},
		"a consumer domain is no evidence": {
			form:   form{email: "jane@gmail.com"},
			found:  match.Candidates{Known: []match.KnownHost{{Host: "gmail.com", AccountID: "google"}}},
			stored: []company{{id: "google", name: "Google", hosts: []string{"gmail.com"}}},
			code:   match.Unmatched,
		},
		"a shared domain is no evidence": {
			form: form{email: "jane@agency.com"},
			found: match.Candidates{
				Shared: []string{"agency.com"},
				Known:  []match.KnownHost{{Host: "agency.com", AccountID: "agency"}},
			},
			stored: []company{{id: "agency", name: "Agency", hosts: []string{"agency.com"}}},
			code:   match.Unmatched,
			why: []match.Candidate{
				because("agency", match.RejectedDomainShared, match.ReasonHostEqual, match.ReasonDomainEqual),
			},
		},
	})
}

func TestGoldenDecisionsWithinAFamily(t *testing.T) {
	t.Parallel()
	parent := company{id: "parent", name: "Acme Holding", country: "US", hosts: []string{"acme.com"}}
	child := company{id: "child", name: "Acme West", country: "US", hosts: []string{"acme.com"}, above: []string{"parent"}}
	german := company{id: "german", name: "Acme GmbH", country: "DE", hosts: []string{"acme.com"}, above: []string{"europe", "parent"}}
	inUS := form{email: "jane@acme.com", country: "US"}
	nowhere := form{email: "jane@acme.com"}
	host, domain, country := match.ReasonHostEqual, match.ReasonDomainEqual, match.ReasonCountryEqual
	decideAll(t, map[string]golden{
		"parent and child are reviewed by default": {
			form: inUS, stored: []company{parent, child, german}, code: match.ReviewParentChild, review: true,
			why: []match.Candidate{
				because("child", "", host, domain, country),
				because("german", match.RejectedCountry, host, domain),
				because("parent", "", host, domain, country),
			},
		},
		"the only child in the country": {
			form: inUS, stored: []company{parent, child, german}, policy: match.Policy{Hierarchy: match.ChildByGeo},
			code: match.DomainMultiChildByGeo, account: "child",
			why: []match.Candidate{
				because("child", "", host, domain, country),
				because("german", match.RejectedCountry, host, domain),
				because("parent", match.RejectedByHierarchy, host, domain, country),
			},
		},
		"no child is guessed without a country": {
			form: nowhere, stored: []company{parent, child}, policy: match.Policy{Hierarchy: match.ChildByGeo},
			code: match.ReviewParentChild, review: true,
			why: []match.Candidate{because("child", "", host, domain), because("parent", "", host, domain)},
		},
		"two children in the country are reviewed": {
			form: inUS, policy: match.Policy{Hierarchy: match.ChildByGeo},
			stored: []company{child, {id: "sister", name: "Acme East", country: "US", hosts: []string{"acme.com"}, above: []string{"parent"}}},
			code:   match.ReviewParentChild, review: true,
			why: []match.Candidate{because("child", "", host, domain, country), because("sister", "", host, domain, country)},
		},
		"the ultimate parent": {
			form: nowhere, stored: []company{parent, child, german}, policy: match.Policy{Hierarchy: match.UltimateParent},
			code: match.DomainMultiUltimateParent, account: "parent",
			why: []match.Candidate{
				because("child", match.RejectedByHierarchy, host, domain),
				because("german", match.RejectedByHierarchy, host, domain),
				because("parent", "", host, domain, match.ReasonFamilyTop),
			},
		},
		"the ultimate parent at another domain": {
			form: nowhere, policy: match.Policy{Hierarchy: match.UltimateParent},
			stored: []company{child, german, {id: "parent", name: "Acme Holding", hosts: []string{"acme-holding.com"}}},
			code:   match.DomainMultiUltimateParent, account: "parent",
			why: []match.Candidate{
				because("child", match.RejectedByHierarchy, host, domain),
				because("german", match.RejectedByHierarchy, host, domain),
				because("parent", "", match.ReasonFamilyTop),
			},
		},
		"an ultimate parent that is closed is reviewed": {
			form: nowhere, policy: match.Policy{Hierarchy: match.UltimateParent},
			stored: []company{child, german, {id: "parent", name: "Acme Holding", closed: true}},
			code:   match.ReviewParentChild, review: true,
			why: []match.Candidate{because("child", "", host, domain), because("german", "", host, domain)},
		},
		"the policy does not choose between families": {
			form: nowhere, policy: match.Policy{Hierarchy: match.UltimateParent},
			stored: []company{parent, child, {id: "stranger", name: "Acme Club", hosts: []string{"acme.com"}}},
			code:   match.ReviewDomainMulti, review: true,
			why: []match.Candidate{
				because("child", "", host, domain), because("parent", "", host, domain), because("stranger", "", host, domain),
			},
		},
	})
}

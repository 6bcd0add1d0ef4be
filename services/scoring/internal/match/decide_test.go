package match_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
)

// golden is one decision: what the lead typed, what the store found, and the
// answer.
type golden struct {
	form   form
	ref    string // account id that the caller gave, and what it resolves to
	found  match.Candidates
	stored []company
	policy match.Policy

	code    match.Code
	account string
	review  bool
	why     []match.Candidate
}

// because builds an expected candidate.
func because(account string, rejected match.Rejection, reasons ...match.Reason) match.Candidate {
	return match.Candidate{AccountID: account, Reasons: reasons, Rejected: rejected}
}

func TestGoldenDecisionsByPersonAndMap(t *testing.T) {
	t.Parallel()
	acme := company{id: "acme", name: "Acme Inc", country: "US", hosts: []string{"acme.com"}}
	globex := company{id: "globex", name: "Globex", country: "US", hosts: []string{"globex.com"}}
	decideAll(t, map[string]golden{
		"the account that the caller names goes before the domain": {
			form: form{email: "jane@acme.com"}, ref: "globex", found: match.Candidates{Referred: "globex"},
			stored: []company{acme, globex},
			code:   match.ExternalID, account: "globex",
			why: []match.Candidate{
				because("acme", match.RejectedStronger, match.ReasonHostEqual, match.ReasonDomainEqual),
				because("globex", "", match.ReasonReferred),
			},
		},
		"a named account that is closed does not count": {
			form: form{email: "jane@acme.com"}, ref: "old", found: match.Candidates{Referred: "old"},
			stored: []company{acme, {id: "old", name: "Old", closed: true}},
			code:   match.DomainUnique, account: "acme",
			why: []match.Candidate{
				because("acme", "", match.ReasonHostEqual, match.ReasonDomainEqual),
				because("old", match.RejectedInactive, match.ReasonReferred),
			},
		},
		"a named account that does not exist does not count": {
			form: form{email: "jane@acme.com"}, ref: "ghost", found: match.Candidates{Referred: ""},
			stored: []company{acme}, code: match.DomainUnique, account: "acme",
			why: []match.Candidate{because("acme", "", match.ReasonHostEqual, match.ReasonDomainEqual)},
		},
		"a known person at gmail.com keeps their account": {
			form:   form{email: "jane@gmail.com"},
			found:  match.Candidates{People: []match.Person{{Address: "jane@gmail.com", Key: "jane@gmail.com", AccountID: "acme"}}},
			stored: []company{acme}, code: match.ExactPerson, account: "acme",
			why: []match.Candidate{because("acme", "", match.ReasonPersonExact, match.ReasonPersonKey)},
		},
		"a plus-address is the known person": {
			form:   form{email: "Jane+webinar@gmail.com"},
			found:  match.Candidates{People: []match.Person{{Address: "jane@gmail.com", Key: "jane@gmail.com", AccountID: "acme"}}},
			stored: []company{acme}, code: match.ExactPerson, account: "acme",
			why: []match.Candidate{because("acme", "", match.ReasonPersonKey)},
		},
		"the very address goes before another with the same key": {
			form: form{email: "jane+b@gmail.com"},
			found: match.Candidates{People: []match.Person{
				{Address: "jane+a@gmail.com", Key: "jane@gmail.com", AccountID: "acme"},
				{Address: "jane+b@gmail.com", Key: "jane@gmail.com", AccountID: "globex"},
			}},
			stored: []company{acme, globex}, code: match.ExactPerson, account: "globex",
			why: []match.Candidate{
				because("acme", match.RejectedStronger, match.ReasonPersonKey),
				because("globex", "", match.ReasonPersonExact, match.ReasonPersonKey),
			},
		},
		"a person at two accounts is settled by a later rule": {
			form: form{email: "jane@acme.com"},
			found: match.Candidates{People: []match.Person{
				{Address: "jane@acme.com", Key: "jane@acme.com", AccountID: "acme"},
				{Address: "jane@acme.com", Key: "jane@acme.com", AccountID: "globex"},
			}},
			stored: []company{acme, globex}, code: match.DomainUnique, account: "acme",
			why: []match.Candidate{
				because("acme", "", match.ReasonPersonExact, match.ReasonPersonKey, match.ReasonHostEqual, match.ReasonDomainEqual),
				because("globex", match.RejectedStronger, match.ReasonPersonExact, match.ReasonPersonKey),
			},
		},
		"a person at two accounts that nothing settles is reviewed": {
			form: form{email: "jane@gmail.com"},
			found: match.Candidates{People: []match.Person{
				{Address: "jane@gmail.com", Key: "jane@gmail.com", AccountID: "acme"},
				{Address: "jane@gmail.com", Key: "jane@gmail.com", AccountID: "globex"},
			}},
			stored: []company{acme, globex}, code: match.ReviewPersonMulti, review: true,
			why: []match.Candidate{
				because("acme", "", match.ReasonPersonExact, match.ReasonPersonKey),
				because("globex", "", match.ReasonPersonExact, match.ReasonPersonKey),
			},
		},
		"the map goes before the accounts at the domain": {
			form:   form{email: "jane@acme.com"},
			found:  match.Candidates{Known: []match.KnownHost{{Host: "acme.com", AccountID: "globex"}}},
			stored: []company{acme, globex}, code: match.KnownMap, account: "globex",
			why: []match.Candidate{
				because("acme", match.RejectedStronger, match.ReasonHostEqual, match.ReasonDomainEqual),
				because("globex", "", match.ReasonKnownHost),
			},
		},
		"in the map the host goes before the registrable domain": {
			form: form{email: "jane@uk.acme.com"},
			found: match.Candidates{Known: []match.KnownHost{
				{Host: "acme.com", AccountID: "acme"}, {Host: "uk.acme.com", AccountID: "globex"},
			}},
			stored: []company{acme, globex}, code: match.KnownMap, account: "globex",
			why: []match.Candidate{
				because("acme", match.RejectedStronger, match.ReasonKnownHost, match.ReasonDomainEqual),
				because("globex", "", match.ReasonKnownHost),
			},
		},
		"in the map the longer of two parents goes first": {
			form: form{email: "jane@eu.uk.acme.com"},
			found: match.Candidates{Known: []match.KnownHost{
				{Host: "acme.com", AccountID: "globex"}, {Host: "uk.acme.com", AccountID: "acme"},
			}},
			stored: []company{acme, globex}, code: match.KnownMap, account: "acme",
			why: []match.Candidate{
				because("acme", "", match.ReasonKnownHost, match.ReasonDomainEqual),
				because("globex", match.RejectedStronger, match.ReasonKnownHost),
			},
		},
	})
}

func TestALockIsKeptWhateverTheEvidence(t *testing.T) {
	t.Parallel()
	for _, pinned := range []string{"globex", ""} {
		l := lead(t, form{email: "jane@acme.com", company: "Acme", country: "US"})
		l.Pinned, l.PinnedAccount = true, pinned
		if diff := cmp.Diff(match.Lookups{}, match.Plan(l)); diff != "" {
			t.Errorf("look-ups of a pinned lead (-want +got):\n%s", diff)
		}
		got := match.Decide(l, match.Candidates{Accounts: []match.Account{
			account(t, company{id: "acme", name: "Acme", hosts: []string{"acme.com"}}),
		}}, match.Policy{})
		if got.Code != match.ManualLock || got.AccountID != pinned || got.Review {
			t.Errorf("pinned to %q: got %s %q, review %t", pinned, got.Code, got.AccountID, got.Review)
		}
	}
}

// Every rule speaks for an account of its own. What speaks is taken away rule by
// rule, so that each is decisive once.
func TestTheFirstDecisiveRuleWins(t *testing.T) {
	t.Parallel()
	l := lead(t, form{email: "jane@acme.com", company: "Acme", country: "US"})
	l.Pinned, l.PinnedAccount, l.AccountRef = true, "pinned", "crm-7"
	found := match.Candidates{
		Referred: "referred",
		People:   []match.Person{{Address: "jane@acme.com", Key: "jane@acme.com", AccountID: "person"}},
		Known:    []match.KnownHost{{Host: "acme.com", AccountID: "known"}},
		Accounts: accounts(t, []company{
			{id: "domain", name: "Initech", hosts: []string{"acme.com"}}, {id: "known", name: "Globex"}, {id: "person", name: "Hooli"},
			{id: "referred", name: "Umbrella"}, {id: "similar", name: "Acmes", country: "US"},
			{id: "corroborated", name: "Acme", country: "US"}, {id: "named", name: "Acme"},
		}),
	}
	without := func(account string) func() {
		return func() {
			found.Accounts = slices.DeleteFunc(found.Accounts, func(a match.Account) bool { return a.ID == account })
		}
	}
	for _, step := range []struct {
		code    match.Code
		account string
		silence func()
	}{
		{match.ManualLock, "pinned", func() { l.Pinned, l.PinnedAccount = false, "" }},
		{match.ExternalID, "referred", func() { l.AccountRef = "" }},
		{match.ExactPerson, "person", func() { found.People = nil }},
		{match.KnownMap, "known", func() { found.Known = nil }},
		{match.DomainUnique, "domain", without("domain")},
		{match.NameCorroborated, "corroborated", without("corroborated")},
		{match.NameOnly, "named", without("named")},
		{match.NameFuzzy, "similar", without("similar")},
		{match.Unmatched, "", func() {}},
	} {
		got := match.Decide(l, found, match.Policy{NameOnly: match.Match, NameFuzzy: match.Match})
		if got.Code != step.code || got.AccountID != step.account {
			t.Errorf("got %s %q, want %s %q", got.Code, got.AccountID, step.code, step.account)
		}
		step.silence()
	}
}

// decideAll runs golden decisions as subtests.
func decideAll(t *testing.T, tests map[string]golden) {
	t.Helper()
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := lead(t, test.form)
			l.AccountRef = test.ref
			test.found.Accounts = accounts(t, test.stored)
			got := match.Decide(l, test.found, test.policy)
			if got.Code != test.code || got.AccountID != test.account || got.Review != test.review {
				t.Errorf("got %s %q, review %t; want %s %q, review %t",
					got.Code, got.AccountID, got.Review, test.code, test.account, test.review)
			}
			if diff := cmp.Diff(test.why, got.Candidates); diff != "" {
				t.Errorf("candidates (-want +got):\n%s", diff)
			}
		})
	}
}

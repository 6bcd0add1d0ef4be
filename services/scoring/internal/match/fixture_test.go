package match_test

import (
	"testing"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

// form is what a lead typed.
type form struct{ email, company, country, phone, postal string }

// lead normalises a form.
func lead(t testing.TB, typed form) match.Lead {
	t.Helper()
	l := match.Lead{
		Company: normalised(t, normal.Company, typed.company),
		Country: normalised(t, normal.Country, typed.country),
	}
	l.Phone = normalised(t, func(s string) (string, error) { return normal.Phone(s, l.Country) }, typed.phone)
	l.Postal = normalised(t, func(s string) (string, error) { return normal.Postal(s, l.Country) }, typed.postal)
	if typed.email != "" {
		email, err := normal.ParseEmail(typed.email)
		if err != nil {
			t.Fatalf("normalise the lead: %v", err)
		}
		l.Email = email
	}
	return l
}

// company is an account as its record was typed.
type company struct {
	id, name, country, phone, postal string
	hosts, above                     []string
	closed                           bool
}

// account normalises a company.
func account(t testing.TB, typed company) match.Account {
	t.Helper()
	a := match.Account{
		ID: typed.id, Active: !typed.closed, Ancestors: typed.above,
		Name:    normalised(t, normal.Company, typed.name),
		Country: normalised(t, normal.Country, typed.country),
	}
	a.Phone = normalised(t, func(s string) (string, error) { return normal.Phone(s, a.Country) }, typed.phone)
	a.Postal = normalised(t, func(s string) (string, error) { return normal.Postal(s, a.Country) }, typed.postal)
	for _, name := range typed.hosts {
		host, err := normal.ParseHost(name)
		if err != nil {
			t.Fatalf("normalise the account: %v", err)
		}
		a.Hosts = append(a.Hosts, host)
	}
	return a
}

// accounts normalises companies.
func accounts(t testing.TB, typed []company) []match.Account {
	t.Helper()
	var list []match.Account
	for _, c := range typed {
		list = append(list, account(t, c))
	}
	return list
}

// normalised applies a normaliser to a text that may be missing.
func normalised(t testing.TB, normalise func(string) (string, error), text string) string {
	t.Helper()
	if text == "" {
		return ""
	}
	key, err := normalise(text)
	if err != nil {
		t.Fatalf("normalise %q: %v", text, err)
	}
	return key
}

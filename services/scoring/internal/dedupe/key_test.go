package dedupe_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

func TestKeysAreThoseThatTheLeadHasAllPartsOf(t *testing.T) {
	t.Parallel()
	acme := normal.Host{Name: "acme.com", Domain: "acme.com"}
	tests := map[string]struct {
		who  dedupe.Identity
		want []dedupe.Key
	}{
		"nothing known": {dedupe.Identity{}, []dedupe.Key{}},
		"all keys, strongest first": {
			dedupe.Identity{
				Source: "hubspot", SourceID: "7", Email: email(t, "Jane+x@Acme.com"), Phone: "+14155552671",
				Name: "jane doe", Surname: "doe",
			},
			[]dedupe.Key{
				{Rule: dedupe.BySource, First: "hubspot", Second: "7"},
				{Rule: dedupe.ByEmail, First: "jane@acme.com"},
				{Rule: dedupe.ByPhoneSurname, First: "+14155552671", Second: "doe"},
				{Rule: dedupe.ByNameDomain, First: "jane doe", Second: "acme.com"},
			},
		},
		"a source without an id there is no key": {dedupe.Identity{Source: "hubspot"}, []dedupe.Key{}},
		"a phone without a surname is no key":    {dedupe.Identity{Phone: "+14155552671"}, []dedupe.Key{}},
		"a name at a consumer domain is no key": {
			dedupe.Identity{Email: email(t, "jane@gmail.com"), Name: "jane doe"},
			[]dedupe.Key{{Rule: dedupe.ByEmail, First: "jane@gmail.com"}},
		},
		"the website goes before the address": {
			dedupe.Identity{Email: email(t, "jane@gmail.com"), Name: "jane doe", Website: acme},
			[]dedupe.Key{
				{Rule: dedupe.ByEmail, First: "jane@gmail.com"},
				{Rule: dedupe.ByNameDomain, First: "jane doe", Second: "acme.com"},
			},
		},
		"a subdomain is of the same company": {
			dedupe.Identity{Email: email(t, "j@uk.acme.com"), Name: "jane doe"},
			[]dedupe.Key{
				{Rule: dedupe.ByEmail, First: "j@uk.acme.com"},
				{Rule: dedupe.ByNameDomain, First: "jane doe", Second: "acme.com"},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, dedupe.Keys(test.who)); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	}
}

func instant(day int) time.Time { return time.Date(2026, 1, 1+day, 0, 0, 0, 0, time.UTC) }

func email(t *testing.T, address string) normal.Email {
	t.Helper()
	e, err := normal.ParseEmail(address)
	if err != nil {
		t.Fatalf("ParseEmail: %v", err)
	}
	return e
}

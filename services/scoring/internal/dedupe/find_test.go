package dedupe_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

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

func TestFindTakesTheStrongestKeyAndMergesOnlyOnTheFirstTwo(t *testing.T) {
	t.Parallel()
	source := dedupe.Key{Rule: dedupe.BySource, First: "hubspot", Second: "7"}
	mail := dedupe.Key{Rule: dedupe.ByEmail, First: "jane@acme.com"}
	phone := dedupe.Key{Rule: dedupe.ByPhoneSurname, First: "+14155552671", Second: "doe"}
	name := dedupe.Key{Rule: dedupe.ByNameDomain, First: "jane doe", Second: "acme.com"}
	all := []dedupe.Key{source, mail, phone, name}
	tests := map[string]struct {
		known []dedupe.Known
		want  dedupe.Finding
	}{
		"nobody known":   {nil, dedupe.Finding{}},
		"nobody alike":   {[]dedupe.Known{known("a", 1, dedupe.Key{Rule: dedupe.ByEmail, First: "joe@acme.com"})}, dedupe.Finding{}},
		"by source":      {[]dedupe.Known{known("a", 1, source)}, dedupe.Finding{LeadID: "a", Rule: dedupe.BySource}},
		"by e-mail":      {[]dedupe.Known{known("a", 1, mail)}, dedupe.Finding{LeadID: "a", Rule: dedupe.ByEmail}},
		"phone: review":  {[]dedupe.Known{known("a", 1, phone)}, dedupe.Finding{Others: []dedupe.Sighting{{"a", dedupe.ByPhoneSurname}}}},
		"name: review":   {[]dedupe.Known{known("a", 1, name)}, dedupe.Finding{Others: []dedupe.Sighting{{"a", dedupe.ByNameDomain}}}},
		"strongest once": {[]dedupe.Known{known("a", 1, name, phone, mail)}, dedupe.Finding{LeadID: "a", Rule: dedupe.ByEmail}},
		"the source goes before an older lead with the address": {
			[]dedupe.Known{known("old", 1, mail), known("new", 2, source)},
			dedupe.Finding{LeadID: "new", Rule: dedupe.BySource, Others: []dedupe.Sighting{{"old", dedupe.ByEmail}}},
		},
		"of two with the address it is the older": {
			[]dedupe.Known{known("a", 2, mail), known("b", 1, mail)},
			dedupe.Finding{LeadID: "b", Rule: dedupe.ByEmail, Others: []dedupe.Sighting{{"a", dedupe.ByEmail}}},
		},
		"those for review follow by strength and age": {
			[]dedupe.Known{known("n", 1, name), known("q", 3, phone), known("p", 2, phone), known("m", 4, mail)},
			dedupe.Finding{LeadID: "m", Rule: dedupe.ByEmail, Others: []dedupe.Sighting{
				{"p", dedupe.ByPhoneSurname}, {"q", dedupe.ByPhoneSurname}, {"n", dedupe.ByNameDomain},
			}},
		},
	}
	for title, test := range tests {
		t.Run(title, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, dedupe.Find(all, test.known)); diff != "" {
				t.Errorf("finding (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFindIgnoresTheOrderOfTheKnownLeads(t *testing.T) {
	t.Parallel()
	rules := []dedupe.Rule{dedupe.BySource, dedupe.ByEmail, dedupe.ByPhoneSurname, dedupe.ByNameDomain}
	key := rapid.Custom(func(t *rapid.T) dedupe.Key {
		return dedupe.Key{Rule: rapid.SampledFrom(rules).Draw(t, "rule"), First: rapid.SampledFrom([]string{"x", "y"}).Draw(t, "first")}
	})
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(key, 0, 4).Draw(t, "keys")
		var leads []dedupe.Known
		for _, id := range []string{"a", "b", "c", "d"} {
			leads = append(leads, known(id, rapid.IntRange(0, 2).Draw(t, "age"), rapid.SliceOfN(key, 0, 3).Draw(t, id)...))
		}
		want := dedupe.Find(keys, leads)
		if diff := cmp.Diff(want, dedupe.Find(keys, rapid.Permutation(leads).Draw(t, "shuffled"))); diff != "" {
			t.Fatalf("finding after shuffling (-want +got):\n%s", diff)
		}
		if (want.LeadID != "") != want.Rule.Automatic() {
			t.Fatalf("lead %q by rule %q: only automatic rules name a lead", want.LeadID, want.Rule)
		}
	})
}

// known is a lead of the given day with keys.
func known(id string, day int, keys ...dedupe.Key) dedupe.Known {
	return dedupe.Known{LeadID: id, CreateTime: instant(day), Keys: keys}
}

// instant is a day of January 2026.
func instant(day int) time.Time { return time.Date(2026, 1, 1+day, 0, 0, 0, 0, time.UTC) }

func email(t *testing.T, address string) normal.Email {
	t.Helper()
	e, err := normal.ParseEmail(address)
	if err != nil {
		t.Fatalf("ParseEmail: %v", err)
	}
	return e
}

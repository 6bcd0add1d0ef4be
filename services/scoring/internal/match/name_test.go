package match_test

import (
	"testing"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
)

func TestGoldenDecisionsByName(t *testing.T) {
	t.Parallel()
	acme := company{id: "acme", name: "Acme", country: "US", phone: "415 555 2671", postal: "94105", hosts: []string{"acme.com"}}
	french := company{id: "french", name: "Acme SAS", country: "FR"}
	bigBlue := company{id: "ibm", name: "International Business Machines Corp.", country: "US"}
	initech := company{id: "initech", name: "Initech Systems", country: "US"}
	decideAll(t, map[string]golden{
		"gmail.com and a known company in the same country": {
			form: form{email: "jane@gmail.com", company: "The ACME Company, Inc.", country: "USA"}, stored: []company{acme},
			code: match.NameCorroborated, account: "acme",
			why: []match.Candidate{because("acme", "", match.ReasonNameEqual, match.ReasonCountryEqual)},
		},
		"a phone corroborates": {
			form: form{company: "Acme", phone: "+1 (415) 555-2671"}, stored: []company{acme, french},
			code: match.NameCorroborated, account: "acme",
			why: []match.Candidate{
				because("acme", "", match.ReasonNameEqual, match.ReasonPhoneEqual),
				because("french", match.RejectedStronger, match.ReasonNameEqual),
			},
		},
		"a postal code corroborates": {
			form: form{company: "Acme", postal: "94105"}, stored: []company{acme, french},
			code: match.NameCorroborated, account: "acme",
			why: []match.Candidate{
				because("acme", "", match.ReasonNameEqual, match.ReasonPostalEqual),
				because("french", match.RejectedStronger, match.ReasonNameEqual),
			},
		},
		"acme.co.uk finds Acme by name and country": {
			form: form{email: "jane@acme.co.uk", company: "Acme", country: "US"}, stored: []company{acme},
			code: match.NameCorroborated, account: "acme",
			why: []match.Candidate{because("acme", "", match.ReasonNameEqual, match.ReasonCountryEqual)},
		},
		"a name alone is reviewed by default": {
			form: form{email: "jane@gmail.com", company: "Acme"}, stored: []company{acme},
			code: match.NameOnly, review: true,
			why: []match.Candidate{because("acme", "", match.ReasonNameEqual)},
		},
		"a name alone matches by policy": {
			form: form{company: "Acme", country: "DE"}, stored: []company{acme}, policy: match.Policy{NameOnly: match.Match},
			code: match.NameOnly, account: "acme",
			why: []match.Candidate{because("acme", "", match.ReasonNameEqual)},
		},
		"a name alone is ignored by policy": {
			form: form{company: "Acme"}, stored: []company{acme}, policy: match.Policy{NameOnly: match.Ignore},
			code: match.Unmatched,
			why:  []match.Candidate{because("acme", match.RejectedByPolicy, match.ReasonNameEqual)},
		},
		"two accounts of one name are never guessed between": {
			form: form{company: "Acme"}, stored: []company{acme, french}, policy: match.Policy{NameOnly: match.Match},
			code: match.ReviewNameMulti, review: true,
			why: []match.Candidate{because("acme", "", match.ReasonNameEqual), because("french", "", match.ReasonNameEqual)},
		},
		"two corroborated accounts of one name are reviewed": {
			form:   form{company: "Acme", country: "US", phone: "415 555 2671"},
			stored: []company{acme, {id: "twin", name: "Acme LLC", country: "US"}},
			code:   match.ReviewNameMulti, review: true,
			why: []match.Candidate{
				because("acme", "", match.ReasonNameEqual, match.ReasonCountryEqual, match.ReasonPhoneEqual),
				because("twin", "", match.ReasonNameEqual, match.ReasonCountryEqual),
			},
		},
		"a similar name in the same country is reviewed by default": {
			form: form{company: "International Busines Machines", country: "US"}, stored: []company{bigBlue}, //nolint:misspell // as people type
			code: match.NameFuzzy, review: true,
			why: []match.Candidate{because("ibm", "", match.ReasonNameSimilar, match.ReasonCountryEqual)},
		},
		"a name that is similar by exactly 0.92 is similar": {
			form: form{company: "Imitech Systens", country: "US"}, stored: []company{initech}, policy: match.Policy{NameFuzzy: match.Match},
			code: match.NameFuzzy, account: "initech",
			why: []match.Candidate{because("initech", "", match.ReasonNameSimilar, match.ReasonCountryEqual)},
		},
		"a name that is similar by 0.911 is another name": {
			form: form{company: "Umitech Systems", country: "US"}, stored: []company{initech}, policy: match.Policy{NameFuzzy: match.Match},
			code: match.Unmatched,
		},
		"an acronym in the same country matches by policy": {
			form: form{company: "I.B.M.", country: "US"}, stored: []company{bigBlue}, policy: match.Policy{NameFuzzy: match.Match},
			code: match.NameFuzzy, account: "ibm",
			why: []match.Candidate{because("ibm", "", match.ReasonNameAcronym, match.ReasonCountryEqual)},
		},
		"an acronym alone is nothing": {
			form: form{company: "IBM"}, stored: []company{bigBlue}, policy: match.Policy{NameFuzzy: match.Match},
			code: match.Unmatched,
			why:  []match.Candidate{because("ibm", match.RejectedAlone, match.ReasonNameAcronym)},
		},
		"the more similar of two names is not guessed": {
			form: form{company: "Initech Systems", country: "US"}, policy: match.Policy{NameFuzzy: match.Match},
			stored: []company{{id: "a", name: "Initech System", country: "US"}, {id: "b", name: "Initech Systemsx", country: "US"}},
			code:   match.ReviewNameMulti, review: true,
			why: []match.Candidate{
				because("a", "", match.ReasonNameSimilar, match.ReasonCountryEqual),
				because("b", "", match.ReasonNameSimilar, match.ReasonCountryEqual),
			},
		},
		"nothing known": {form: form{email: "jane@initech.example", company: "Initech", country: "US"}, code: match.Unmatched},
	})
}

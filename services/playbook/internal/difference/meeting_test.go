package difference_test

import "testing"

// bringing is base with what a partner's meeting must be.
const bringing = base + section

const section = `meetings:
  buyer_role: lead.seniority == "vp"
  company_fit: account.employees >= 200
  use_case: meeting.use_case == "routing"
  geography: account.country == "US"
`

func TestChangesOfMeetingsReadAsPlainly(t *testing.T) {
	t.Parallel()
	read(t, bringing, []reading{
		{section, "", who, `Partners can no longer bring meetings; it was the right person when lead.seniority == "vp", the right company when ` +
			`account.employees >= 200, the right use case when meeting.use_case == "routing", in the right place when account.country == "US", ` +
			`any other goes to the queue partner-review`},
		{`"vp"`, `"c_level"`, whom, `A partner's meeting has the right person when lead.seniority == "c_level", instead of when lead.seniority == "vp"`},
		{"company_fit: account.employees >= 200", "company_fit: 'true'", whom,
			`A partner's meeting has the right company when true, instead of when account.employees >= 200`},
		{`"routing"`, `"scoring"`, whom, `A partner's meeting has the right use case when meeting.use_case == "scoring", instead of when meeting.use_case == "routing"`},
		{`"US"`, `"DE"`, whom, `A partner's meeting is in the right place when account.country == "DE", instead of when account.country == "US"`},
		{`"US"`, "\"US\"\n  fee: 250 USD", how, "A partner gets 250 USD for a meeting that sales takes"},
		{`"US"`, "\"US\"\n  otherwise: {pool: velocity}", whom, "A partner's meeting that does not pass goes to the pool velocity instead of the queue partner-review"},
	})
	read(t, base, []reading{
		{"feedback:\n", section + "feedback:\n", who, `Partners may now bring meetings: the right person when lead.seniority == "vp", the right company when ` +
			`account.employees >= 200, the right use case when meeting.use_case == "routing", in the right place when account.country == "US", ` +
			`any other goes to the queue partner-review`},
	})
}

func TestACriterionThatOnlyMeetingsNameDecidesWhereTheyGo(t *testing.T) {
	t.Parallel()
	with := "criteria:\n  small: account.employees < 10\n"
	base := "playbook: a\n" + with + "scoring: {}\nstages: {mql: 'true'}\nrouting: {}\nsla: {calendar: a, clocks: {accept: {within: 4h, unit: wall}}}\n" +
		"meetings: {buyer_role: small, company_fit: 'true', use_case: 'true', geography: 'true'}\n"
	got := differences(t, base, "< 10", "< 20")
	if len(got) != 1 || got[0].Effect != whom {
		t.Errorf("got %+v, want one change of who gets the lead", got)
	}
	renamed := differences(t, base, "small", "tiny")
	if len(renamed) != 1 || renamed[0].Sentence != "Criterion small is now called tiny and means the same" {
		t.Errorf("a new name reads as %+v", renamed)
	}
}

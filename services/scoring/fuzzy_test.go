package scoring_test

import (
	"fmt"
	"testing"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
)

// named makes an account that has a name and a country alone.
func (b *bundle) named(t testing.TB, id, name, country string) string {
	t.Helper()
	return b.account(t, id, func(a *scoringv1.Account) { a.DisplayName, a.Country, a.Domains = name, country, nil }).GetName()
}

// startWith brings a playbook with choices about matching into force.
func (b *bundle) startWith(t testing.TB, m *playbookv1.MatchingPolicy) {
	t.Helper()
	doc := document()
	doc.Matching = m
	b.activate(t, "1", doc)
	b.drain(t)
}

func TestANameThatIsLikeAnAccountsIsForAPersonToDecide(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		initech := b.named(t, "1", "Initech Systems Inc.", "US")
		ibm := b.named(t, "2", "International Business Machines", "US")
		for i, c := range []struct {
			company, country string
			rule, candidate  string
			evidence         string
		}{
			{"Initech Sistems", "US", "NAME_FUZZY", initech, "NAME_SIMILAR"},
			{"Systems Initech", "US", "NAME_FUZZY", initech, "NAME_SIMILAR"},
			{"initech sys, llc", "US", "NAME_FUZZY", initech, "NAME_SIMILAR"},
			{"IBM", "US", "NAME_FUZZY", ibm, "NAME_ACRONYM"},
			{"Initech Sistems", "", "UNMATCHED", initech, "NAME_SIMILAR"}, // nothing corroborates it
			{"Initech Sistems", "DE", "UNMATCHED", initech, "NAME_SIMILAR"},
			{"Umbrella", "US", "UNMATCHED", "", ""},
		} {
			lead := b.create(t, &scoringv1.Lead{Source: "website", Email: fmt.Sprintf("p%d@gmail.com", i), Company: c.company, Country: c.country})
			d := b.decision(t, lead)
			if d.GetRule() != c.rule || d.GetReview() != (c.rule == "NAME_FUZZY") || lead.GetAccount() != "" {
				t.Errorf("%s, %s: got %s, review %v, account %q; want %s", c.company, c.country, d.GetRule(), d.GetReview(), lead.GetAccount(), c.rule)
			}
			if c.candidate == "" {
				continue
			}
			if got := d.GetCandidates(); len(got) != 1 || got[0].GetAccount() != c.candidate || got[0].GetEvidence()[0] != c.evidence ||
				(got[0].GetRejection() == "NOT_CORROBORATED") != (c.rule == "UNMATCHED") {
				t.Errorf("%s: candidates %v, want %s by %s", c.company, got, c.candidate, c.evidence)
			}
		}
	})
}

func TestThePlaybookSaysWhatWeakEvidenceIsWorth(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		named := b.named(t, "1", "Initech", "US")
		parent := b.account(t, "p", func(a *scoringv1.Account) {
			a.DisplayName, a.Country, a.Domains = "Globex Group", "US", []string{"globex.com"}
		})
		child := b.account(t, "c", func(a *scoringv1.Account) {
			a.DisplayName, a.Country, a.Domains, a.Parent = "Globex Deutschland", "DE", []string{"globex.com"}, parent.GetName()
		})
		for version, c := range []struct {
			matching                 *playbookv1.MatchingPolicy
			only, fuzzy, family      string
			onlyIs, fuzzyIs, geoRule string
		}{
			{nil, "NAME_ONLY", "NAME_FUZZY", "DOMAIN_MULTI_COUNTRY", "", "", "REVIEW_PARENT_CHILD"},
			{&playbookv1.MatchingPolicy{NameOnly: playbookv1.WeakMatch_WEAK_MATCH_MATCH, NameFuzzy: playbookv1.WeakMatch_WEAK_MATCH_MATCH,
				Hierarchy: playbookv1.MatchHierarchy_MATCH_HIERARCHY_ULTIMATE_PARENT}, "NAME_ONLY", "NAME_FUZZY", "DOMAIN_MULTI_COUNTRY", named, named, "DOMAIN_MULTI_ULTIMATE_PARENT"},
			{&playbookv1.MatchingPolicy{NameOnly: playbookv1.WeakMatch_WEAK_MATCH_IGNORE, NameFuzzy: playbookv1.WeakMatch_WEAK_MATCH_IGNORE},
				"UNMATCHED", "UNMATCHED", "DOMAIN_MULTI_COUNTRY", "", "", "REVIEW_PARENT_CHILD"},
		} {
			doc := document()
			doc.Matching = c.matching
			b.activate(t, fmt.Sprint(version+1), doc)
			b.drain(t)
			lead := func(kind, email, company, country string) *scoringv1.Lead {
				return b.create(t, &scoringv1.Lead{Source: "website", Email: fmt.Sprintf("%s%d@%s", kind, version, email), Company: company, Country: country})
			}
			for what, got := range map[string]struct {
				lead          *scoringv1.Lead
				rule, account string
			}{
				"the name alone":       {lead("only", "gmail.com", "Initech", ""), c.only, c.onlyIs},
				"a name that is alike": {lead("fuzzy", "gmail.com", "Initechs", "US"), c.fuzzy, c.fuzzyIs},
				"a child by country":   {lead("geo", "globex.com", "", "DE"), c.family, child.GetName()},
			} {
				if rule := b.decision(t, got.lead).GetRule(); rule != got.rule || got.lead.GetAccount() != got.account {
					t.Errorf("playbook %d, %s: got %q by %s, want %q by %s", version+1, what, got.lead.GetAccount(), rule, got.account, got.rule)
				}
			}
			if family := lead("family", "globex.com", "", ""); b.decision(t, family).GetRule() != c.geoRule {
				t.Errorf("playbook %d, a family: got %s, want %s", version+1, b.decision(t, family).GetRule(), c.geoRule)
			}
		}
	})
}

func TestATargetMayPassOnWhatItIsOrNot(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.startWith(t, &playbookv1.MatchingPolicy{TargetInherits: proto.Bool(false)})
		parent := b.account(t, "p", nil)
		child := b.account(t, "c", func(a *scoringv1.Account) {
			a.DisplayName, a.Domains, a.Parent = "Labs", []string{"labs.example"}, parent.GetName()
		})
		if !parent.GetTarget() || child.GetTarget() {
			t.Errorf("target: parent %v, child %v; want the parent alone", parent.GetTarget(), child.GetTarget())
		}
		b.lead(t, "ann@labs.example", b.demo("1"))
		if q := b.qualified(t); len(q) != 1 || q[0].GetContext().GetAccount().GetTarget() || q[0].GetContext().GetAccount().GetOwner() != "" {
			t.Errorf("told %v", q)
		}
		listed, err := b.ListAccounts(b.ctx, &scoringv1.ListAccountsRequest{})
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range listed.GetAccounts() {
			if a.GetTarget() != (a.GetName() == parent.GetName()) {
				t.Errorf("listed %v", a)
			}
		}
	})
}

func TestAnAccountWithALikeNameIsOfferedToThoseWhoWereThereBefore(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.create(t, &scoringv1.Lead{Source: "website", Email: "ann@gmail.com", Company: "Inytech Systems", Country: "US"})
		other := b.create(t, &scoringv1.Lead{Source: "website", Email: "bob@gmail.com", Company: "Umbrella", Country: "US"})
		account := b.named(t, "1", "Initech Systems", "US")
		b.drain(t)
		if d := b.decision(t, lead); d.GetRule() != "NAME_FUZZY" || len(d.GetCandidates()) != 1 || d.GetCandidates()[0].GetAccount() != account {
			t.Errorf("decided %v", d)
		}
		if d := b.decision(t, other); d.GetName() != other.GetName()+"/matchDecisions/1" {
			t.Errorf("another lead was decided again: %v", d)
		}
		if _, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: account, DisplayName: "Hooli"}}); err != nil {
			t.Fatal(err)
		}
		b.drain(t)
		if d := b.decision(t, lead); d.GetRule() != "UNMATCHED" {
			t.Errorf("after the account was renamed: %v", d)
		}
	})
}

func TestEachReplicaFindsTheNamesThatAnotherTookIn(t *testing.T) {
	t.Parallel()
	all := replicas(t, 2)
	for i, b := range all {
		other := all[1-i]
		for n, name := range [][]string{{"Initech Systems", "Globex Logistics"}, {"Umbrella Motors", "Hooli Analytics"}}[i] {
			id := fmt.Sprintf("%d%d", i, n)
			account := other.named(t, id, name, "US")
			lead := b.create(t, &scoringv1.Lead{Source: "website", Email: id + "@gmail.com", Company: name + "s", Country: "US"})
			if d := b.decision(t, lead); d.GetRule() != "NAME_FUZZY" || d.GetCandidates()[0].GetAccount() != account {
				t.Errorf("replica %d decided %v", i, d)
			}
		}
	}
}

func TestANameOfAnAccountThatWasNotTakenInIsNotKept(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.create(t, &scoringv1.Lead{Source: "website", Email: "ann@gmail.com", Company: "Inytech", Country: "US"})
		_, err := b.BatchCreateAccounts(b.ctx, &scoringv1.BatchCreateAccountsRequest{Requests: []*scoringv1.CreateAccountRequest{
			{Account: &scoringv1.Account{Source: "crm", SourceId: "1", DisplayName: "Initech", Country: "US"}},
			{Account: &scoringv1.Account{Source: "crm", SourceId: "2", DisplayName: "Other", Parent: "accounts/0123456789abcdef0123456789abcdef"}},
		}})
		wantFault(t, err, codes.InvalidArgument, "REFERENCE_NOT_FOUND")
		account := b.named(t, "3", "Initech", "US")
		lead := b.create(t, &scoringv1.Lead{Source: "website", Email: "bob@gmail.com", Company: "Inytech", Country: "US"})
		if d := b.decision(t, lead); len(d.GetCandidates()) != 1 || d.GetCandidates()[0].GetAccount() != account {
			t.Errorf("decided %v", d)
		}
	})
}

func TestWhatMatchingDoesNotCompareMovesNobody(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		initech := b.account(t, "1", nil)
		b.account(t, "2", func(a *scoringv1.Account) { a.DisplayName, a.Domains = "Globex", []string{"globex.example"} })
		for _, company := range []string{"Initech", "Globex"} {
			b.create(t, &scoringv1.Lead{Source: "website", Email: "ann@gmail.com", Company: company, Country: "US"})
		}
		lead := b.create(t, &scoringv1.Lead{Source: "website", Email: "ann@gmail.com"})
		for _, change := range []*scoringv1.Account{{Name: initech.GetName(), Industry: "fintech"}, {Name: initech.GetName(), Employees: proto.Int64(950)}} {
			if _, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: change}); err != nil {
				t.Fatal(err)
			}
		}
		if got := b.get(t, lead.GetName()); got.GetAccount() != initech.GetName() || b.decision(t, got).GetRule() != "EXACT_PERSON" {
			t.Errorf("the lead belongs to %q by %s", got.GetAccount(), b.decision(t, got).GetRule())
		}
	})
}

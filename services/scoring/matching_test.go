package scoring_test

import (
	"testing"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// decision is the newest decision on a lead's account.
func (b *bundle) decision(t *testing.T, lead *scoringv1.Lead) *scoringv1.MatchDecision {
	t.Helper()
	resp, err := b.ListMatchDecisions(b.ctx, &scoringv1.ListMatchDecisionsRequest{Parent: lead.GetName()})
	if err != nil {
		t.Fatal(err)
	}
	if len(resp.GetMatchDecisions()) == 0 {
		t.Fatalf("nothing was decided on %s", lead.GetName())
	}
	return resp.GetMatchDecisions()[0]
}

func TestALeadBelongsToTheAccountThatTheEvidenceNames(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		company := func(id, name, country string, domains ...string) string {
			return b.account(t, id, func(a *scoringv1.Account) { a.DisplayName, a.Country, a.Domains = name, country, domains }).GetName()
		}
		acme := company("acme", "The ACME Company, Inc.", "US", "acme.com")
		acmeUK := company("acme-uk", "Acme Holdings UK", "GB", "acme.co.uk")
		ukTeam := company("globex-uk", "Globex UK", "GB", "globex.com", "uk.globex.com")
		globex := company("globex", "Globex", "US", "globex.com")
		bucher := company("bucher", "Bücher", "DE", "bücher.example")
		solo := company("solo", "Solo GmbH", "DE", "solo.example")
		company("twin-a", "Twin A", "US", "twin.example")
		company("twin-b", "Twin B", "US", "twin.example")
		for name, c := range map[string]struct {
			lead        *scoringv1.Lead
			wantAccount string
			wantRule    string
			wantReview  bool
		}{
			"consumer mail with a known company and country": {&scoringv1.Lead{Email: "a@gmail.com", Company: "Acme", Country: "US"}, acme, "NAME_CORROBORATED", false},
			"consumer mail with a known company alone":       {&scoringv1.Lead{Email: "b@gmail.com", Company: "Acme"}, "", "NAME_ONLY", true},
			"consumer mail alone":                            {&scoringv1.Lead{Email: "c@gmail.com"}, "", "UNMATCHED", false},
			"consumer mail with the caller's account id":     {&scoringv1.Lead{Source: "crm", Email: "d@gmail.com", AccountSourceId: "acme"}, acme, "EXTERNAL_ID", false},
			"a subdomain of the registrable domain":          {&scoringv1.Lead{Email: "e@uk.acme.com"}, acme, "DOMAIN_UNIQUE", false},
			"another public suffix is another domain":        {&scoringv1.Lead{Email: "f@acme.co.uk"}, acmeUK, "DOMAIN_UNIQUE", false},
			"two accounts at one domain, told by the host":   {&scoringv1.Lead{Email: "g@uk.globex.com"}, ukTeam, "DOMAIN_MULTI_HOST", false},
			"two accounts at one domain, told by the name":   {&scoringv1.Lead{Email: "h@globex.com", Company: "Globex, Inc."}, globex, "DOMAIN_MULTI_NAME", false},
			"two accounts at one domain, told by nothing":    {&scoringv1.Lead{Email: "i@twin.example"}, "", "REVIEW_DOMAIN_MULTI", true},
			"a plus address":              {&scoringv1.Lead{Email: "j+news@solo.example"}, solo, "DOMAIN_UNIQUE", false},
			"an internationalised domain": {&scoringv1.Lead{Email: "k@BÜCHER.example"}, bucher, "DOMAIN_UNIQUE", false},
			"nothing known":               {&scoringv1.Lead{GivenName: "Ann"}, "", "UNMATCHED", false},
		} {
			t.Run(name, func(t *testing.T) {
				if c.lead.Source == "" {
					c.lead.Source = "website"
				}
				lead := b.create(t, c.lead)
				decision := b.decision(t, lead)
				if lead.GetAccount() != c.wantAccount || decision.GetRule() != c.wantRule || decision.GetReview() != c.wantReview {
					t.Errorf("got account %q by %s, review %v; want %q by %s, review %v", lead.GetAccount(), decision.GetRule(), decision.GetReview(),
						c.wantAccount, c.wantRule, c.wantReview)
				}
				if decision.GetAccount() != lead.GetAccount() || decision.GetInputsHash() == "" || decision.GetVersions() == "" {
					t.Errorf("the decision says %v", decision)
				}
			})
		}
	})
}

func TestAFamilyThatNothingTellsApartGoesToReview(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		parent := b.account(t, "p", func(a *scoringv1.Account) { a.DisplayName = "Initech Group" })
		b.account(t, "c", func(a *scoringv1.Account) { a.DisplayName, a.Parent = "Initech Labs", parent.GetName() })
		lead := b.lead(t, "ann@initech.example")
		if d := b.decision(t, lead); d.GetRule() != "REVIEW_PARENT_CHILD" || len(d.GetCandidates()) != 2 || lead.GetAccount() != "" {
			t.Errorf("got %v and account %q, want a review of two candidates", d, lead.GetAccount())
		}
	})
}

func TestAChildOfATargetIsATarget(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		parent := b.account(t, "p", nil)
		child := b.account(t, "c", func(a *scoringv1.Account) {
			a.DisplayName, a.Domains, a.Parent = "Labs", []string{"labs.example"}, parent.GetName()
		})
		if !parent.GetTarget() || !child.GetTarget() {
			t.Errorf("target: parent %v, child %v; want both", parent.GetTarget(), child.GetTarget())
		}
		b.lead(t, "ann@labs.example", b.demo("1"))
		if q := b.qualified(t); len(q) != 1 || !q[0].GetContext().GetAccount().GetTarget() || q[0].GetContext().GetAccount().GetOwner() != "reps/jane-doe" {
			t.Errorf("told %v", q)
		}
	})
}

func TestAKnownPersonStaysWhereItIsUntilTheAddressChanges(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		initech := b.account(t, "1", nil)
		globex := b.account(t, "2", func(a *scoringv1.Account) { a.DisplayName, a.Domains = "Globex", []string{"globex.example"} })
		write := func(company, email string) *scoringv1.Lead {
			return b.create(t, &scoringv1.Lead{Source: "website", SourceId: "ann", Email: email, Company: company, Country: "US"})
		}
		if lead := write("Initech", "ann@gmail.com"); lead.GetAccount() != initech.GetName() {
			t.Fatalf("the lead belongs to %q, want %q", lead.GetAccount(), initech.GetName())
		}
		lead := write("Globex", "ann@gmail.com")
		if d := b.decision(t, lead); d.GetRule() != "EXACT_PERSON" || lead.GetAccount() != initech.GetName() {
			t.Errorf("with another company: account %q by %s, want %q by EXACT_PERSON", lead.GetAccount(), d.GetRule(), initech.GetName())
		}
		if lead := write("Globex", "ann@globex.example"); lead.GetAccount() != globex.GetName() {
			t.Errorf("with another address: account %q, want %q", lead.GetAccount(), globex.GetName())
		}
	})
}

func TestANewAccountDrawsTheLeadsThatItConcerns(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.lead(t, "ann@initech.example", b.demo("1"))
		if lead.GetQualification() != scoringv1.Lead_QUALIFICATION_UNQUALIFIED {
			t.Fatalf("without an account the lead is %v", lead.GetQualification())
		}
		referred := b.create(t, &scoringv1.Lead{Source: "crm", Email: "bob@gmail.com", AccountSourceId: "1"})
		account := b.account(t, "1", nil)
		for _, name := range []string{lead.GetName(), referred.GetName()} {
			if got := b.get(t, name); got.GetAccount() != account.GetName() {
				t.Errorf("%s belongs to %q, want %q", name, got.GetAccount(), account.GetName())
			}
		}
		if got := b.get(t, lead.GetName()); got.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL {
			t.Errorf("with the account the lead is %v, want MQL", got.GetQualification())
		}
		moves := told(t, b, (*eventv1.Event).GetMatchChanged, func(m *eventv1.MatchChanged) bool { return m != nil })
		if len(moves) != 2 || moves[0].GetFromAccount() != "" || moves[0].GetToAccount() != account.GetName() {
			t.Errorf("told %v, want two moves from nowhere to the account", moves)
		}
	})
}

func TestAnAccountThatLosesItsDomainLosesItsLeads(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		first := b.account(t, "1", nil)
		second := b.account(t, "2", func(a *scoringv1.Account) { a.DisplayName = "Initech Two" })
		lead := b.lead(t, "ann@initech.example")
		if lead.GetAccount() != "" {
			t.Fatalf("one of two accounts was chosen: %q", lead.GetAccount())
		}
		if _, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: first.GetName(), Domains: []string{"other.example"}}}); err != nil {
			t.Fatal(err)
		}
		if got := b.get(t, lead.GetName()); got.GetAccount() != second.GetName() {
			t.Errorf("the lead belongs to %q, want the only account left, %q", got.GetAccount(), second.GetName())
		}
	})
}

func TestWhatAPersonPinnedStays(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		lead := b.lead(t, "ann@initech.example")
		b.resolve(t, b.decision(t, lead), "")
		b.account(t, "1", nil)
		b.create(t, &scoringv1.Lead{Source: "website", Email: "ann@initech.example", Company: "Initech", Country: "US"})
		if got := b.get(t, lead.GetName()); got.GetAccount() != "" {
			t.Errorf("a pinned lead was moved to %q", got.GetAccount())
		}
	})
}

func TestListsOfHostsChangeWhoBelongsWhere(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		account := b.account(t, "1", nil)
		atAgency := b.account(t, "2", func(a *scoringv1.Account) { a.DisplayName, a.Domains = "Agency", []string{"agency.example"} })
		known, shared := b.lead(t, "ann@startup.example"), b.lead(t, "bob@agency.example")
		if shared.GetAccount() != atAgency.GetName() {
			t.Fatalf("%q", shared.GetAccount())
		}
		revops := roomtest.As(t.Context(), "rita", accessv1.Role_ROLE_REVOPS)
		for _, list := range []*scoringv1.ReferenceList{
			{Name: "referenceLists/known_accounts", Accounts: map[string]string{"startup.example": account.GetName()}},
			{Name: "referenceLists/shared_domains", Values: []string{"agency.example"}},
		} {
			if _, err := b.UpdateReferenceList(revops, &scoringv1.UpdateReferenceListRequest{ReferenceList: list}); err != nil {
				t.Fatal(err)
			}
		}
		b.drain(t)
		if got := b.get(t, known.GetName()); got.GetAccount() != account.GetName() || b.decision(t, got).GetRule() != "KNOWN_MAP" {
			t.Errorf("the lead at a known host belongs to %q by %s", got.GetAccount(), b.decision(t, got).GetRule())
		}
		if got := b.get(t, shared.GetName()); got.GetAccount() != "" {
			t.Errorf("the lead at a shared domain belongs to %q", got.GetAccount())
		}
	})
}

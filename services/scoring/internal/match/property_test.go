package match_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

// situation is a lead, what was found for it, and a policy, drawn from so few
// values that most rules are reached.
type situation struct {
	lead   match.Lead
	found  match.Candidates
	policy match.Policy
}

var accountIDs = []string{"a", "b", "c", "d", "e"}

func drawSituation(t *rapid.T) situation {
	hosts := []string{"acme.com", "uk.acme.com", "gmail.com", "globex.com"}
	names := []string{"", "acme", "acmes", "globex", "international business machines", "ibm"}
	countries, postals := []string{"", "US", "GB"}, []string{"", "1", "2"}
	text := func(list []string, label string) string { return rapid.SampledFrom(list).Draw(t, label) }
	id := func(label string) string { return text(append([]string{""}, accountIDs...), label) }

	var s situation
	address := text([]string{"jane", "jane+x"}, "local") + "@" + text(hosts, "host")
	s.lead.Email, _ = normal.ParseEmail(address)
	s.lead.Company, s.lead.Country, s.lead.Postal = text(names, "name"), text(countries, "country"), text(postals, "postal")
	s.lead.AccountRef = text([]string{"", "", "", "ref"}, "ref")
	s.found.Referred = id("referred")
	s.found.Shared = rapid.SliceOfN(rapid.SampledFrom(hosts), 0, 1).Draw(t, "shared")
	for range rapid.IntRange(0, 2).Draw(t, "people") {
		s.found.People = append(s.found.People, match.Person{
			Address: text([]string{address, "jane+y@acme.com"}, "person"), Key: s.lead.Email.Key, AccountID: id("person at")})
	}
	for range rapid.IntRange(0, 1).Draw(t, "known") {
		s.found.Known = append(s.found.Known, match.KnownHost{Host: text(hosts, "known"), AccountID: id("known as")})
	}
	for _, account := range accountIDs[:rapid.IntRange(0, len(accountIDs)).Draw(t, "accounts")] {
		host, _ := normal.ParseHost(text(hosts, "account host"))
		s.found.Accounts = append(s.found.Accounts, match.Account{
			ID: account, Active: rapid.IntRange(0, 4).Draw(t, "active") > 0, Hosts: []normal.Host{host},
			Name: text(names, "account name"), Country: text(countries, "account country"), Postal: text(postals, "account postal"),
			Ancestors: rapid.SliceOfN(rapid.SampledFrom(accountIDs), 0, 1).Draw(t, "ancestors"),
		})
	}
	s.policy = match.Policy{
		Hierarchy: rapid.SampledFrom([]match.Hierarchy{"", match.ChildByGeo, match.UltimateParent}).Draw(t, "hierarchy"),
		NameOnly:  rapid.SampledFrom([]match.Action{"", match.Match, match.Ignore}).Draw(t, "name only"),
		NameFuzzy: rapid.SampledFrom([]match.Action{"", match.Match, match.Ignore}).Draw(t, "name fuzzy"),
	}
	return s
}

func (s situation) decide() match.Decision { return match.Decide(s.lead, s.found, s.policy) }

func TestOrderAndRepetitionOfCandidatesChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		want := s.decide()
		s.found.Accounts = rapid.Permutation(append(s.found.Accounts, s.found.Accounts...)).Draw(t, "accounts shuffled")
		s.found.People = rapid.Permutation(append(s.found.People, s.found.People...)).Draw(t, "people shuffled")
		s.found.Known = rapid.Permutation(append(s.found.Known, s.found.Known...)).Draw(t, "known shuffled")
		if diff := cmp.Diff(want, s.decide()); diff != "" {
			t.Fatalf("decision after shuffling (-want +got):\n%s", diff)
		}
	})
}

// A tie broken by id, as by "the oldest", would show when the accounts swap ids.
func TestDecisionFollowsTheAccountsWhenTheyAreRenamed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		before := s.decide()
		renamed := rapid.Permutation(accountIDs).Draw(t, "renamed")
		rename := func(id string) string {
			if i := slices.Index(accountIDs, id); i >= 0 {
				return renamed[i]
			}
			return id
		}
		after := s.renamed(rename).decide()
		if after.Code != before.Code || after.AccountID != rename(before.AccountID) || after.Review != before.Review {
			t.Fatalf("got %s %q, want %s %q", after.Code, after.AccountID, before.Code, rename(before.AccountID))
		}
	})
}

func TestDecisionKeepsItsPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		got := s.decide()
		if got.Review && got.AccountID != "" {
			t.Errorf("%s is in review and has account %q", got.Code, got.AccountID)
		}
		if strings.HasPrefix(string(got.Code), "REVIEW_") != (got.Review && got.Code != match.NameOnly && got.Code != match.NameFuzzy) {
			t.Errorf("%s: review is %t", got.Code, got.Review)
		}
		if (got.Code == match.Unmatched) != (got.AccountID == "" && !got.Review) {
			t.Errorf("%s: account %q, review %t", got.Code, got.AccountID, got.Review)
		}
		active := slices.ContainsFunc(s.found.Accounts, func(a match.Account) bool { return a.ID == got.AccountID && a.Active })
		if got.AccountID != "" && !active {
			t.Errorf("%s takes %q, which is not active", got.Code, got.AccountID)
		}
		byDomain := strings.Contains(string(got.Code), "DOMAIN") || got.Code == match.KnownMap || got.Code == match.ReviewParentChild
		if host := s.lead.Email.Host; byDomain && (host.Name == "gmail.com" || slices.Contains(s.found.Shared, host.Name)) {
			t.Errorf("%s by the domain of %s, which many companies use", got.Code, host.Name)
		}
		s.requireExplained(t, got)
	})
}

// requireExplained fails unless every candidate has a reason, and those and only
// those that are neither taken nor open say why not.
func (s situation) requireExplained(t *rapid.T, got match.Decision) {
	open := 0
	for _, candidate := range got.Candidates {
		if len(candidate.Reasons) == 0 {
			t.Errorf("candidate %q has no reason", candidate.AccountID)
		}
		if candidate.AccountID == got.AccountID && candidate.Rejected != "" {
			t.Errorf("%q is taken and rejected: %s", candidate.AccountID, candidate.Rejected)
		}
		if candidate.Rejected == "" && candidate.AccountID != got.AccountID {
			open++
		}
	}
	if (open > 0) != got.Review {
		t.Errorf("%s: review is %t with %d candidates open", got.Code, got.Review, open)
	}
}

func TestInputsHashTellsInputsApart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s, other := drawSituation(t), drawSituation(t)
		same := cmp.Equal(s.sorted(), other.sorted())
		if got := s.decide().InputsHash == other.decide().InputsHash; got != same {
			t.Fatalf("equal hashes: got %t, want %t", got, same)
		}
	})
	s := situation{lead: match.Lead{Company: "acme"}}
	base := s.decide()
	s.found.ListsVersion = "2"
	if changed := s.decide(); changed.InputsHash == base.InputsHash || changed.ListsVersion == base.ListsVersion {
		t.Error("another version of the lists gives the same hash or version")
	}
}

func TestDecideLeavesItsInputsAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawSituation(t)
		s.found.Accounts = rapid.Permutation(s.found.Accounts).Draw(t, "shuffled")
		before := slices.Clone(s.found.Accounts)
		s.decide()
		if diff := cmp.Diff(before, s.found.Accounts); diff != "" {
			t.Fatalf("accounts after Decide (-before +after):\n%s", diff)
		}
	})
}

// renamed returns the situation with every account under another id.
func (s situation) renamed(rename func(string) string) situation {
	s.found.Referred = rename(s.found.Referred)
	s.found.People, s.found.Known = slices.Clone(s.found.People), slices.Clone(s.found.Known)
	for i := range s.found.People {
		s.found.People[i].AccountID = rename(s.found.People[i].AccountID)
	}
	for i := range s.found.Known {
		s.found.Known[i].AccountID = rename(s.found.Known[i].AccountID)
	}
	s.found.Accounts = slices.Clone(s.found.Accounts)
	for i, account := range s.found.Accounts {
		account.ID, account.Ancestors = rename(account.ID), slices.Clone(account.Ancestors)
		for j := range account.Ancestors {
			account.Ancestors[j] = rename(account.Ancestors[j])
		}
		s.found.Accounts[i] = account
	}
	return s
}

// sorted returns what the hash is to tell apart.
func (s situation) sorted() []any {
	people := slices.Clone(s.found.People)
	slices.SortFunc(people, func(a, b match.Person) int {
		return strings.Compare(a.AccountID+" "+a.Address, b.AccountID+" "+b.Address)
	})
	return []any{s.lead, s.policy, s.found.Referred, slices.Compact(people), s.found.Known, s.found.Shared, s.found.Accounts}
}

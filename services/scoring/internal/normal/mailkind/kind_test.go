package mailkind_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/publicsuffix"

	"github.com/handoffhq/handoff/services/scoring/internal/normal/mailkind"
	"github.com/handoffhq/handoff/services/scoring/internal/published"
)

func TestKindOfADomainFollowsTheMostTellingList(t *testing.T) {
	t.Parallel()
	tests := []struct {
		host string
		want mailkind.Kind
	}{
		{"gmail.com", mailkind.Consumer},
		{"yahoo.co.uk", mailkind.Consumer},
		{"proton.me", mailkind.Consumer},
		{"hey.com", mailkind.Consumer},
		{"web.de", mailkind.Consumer},
		{"mailinator.com", mailkind.Disposable},
		{"team.mailinator.com", mailkind.Disposable},
		{"yopmail.com", mailkind.Disposable},
		{"ox.ac.uk", mailkind.Education},
		{"cs.ox.ac.uk", mailkind.Education},
		{"tu-berlin.de", mailkind.Education},
		{"unheard-of.edu", mailkind.Education},
		{"unheard-of.edu.au", mailkind.Education},
		{"unheard-of.k12.ca.us", mailkind.Education},
		{"acme.com", mailkind.Business},
		{"gmail.com.acme.com", mailkind.Business},
		{"notgmail.com", mailkind.Business},
		{"gmail.co", mailkind.Business},
		{"acme.ac", mailkind.Business},
		{"com", mailkind.Business},
		{"edu", mailkind.Business},
		{"", mailkind.Business},
	}
	for _, test := range tests {
		t.Run(test.host, func(t *testing.T) {
			t.Parallel()
			if got := kindOf(test.host); got != test.want {
				t.Errorf("kind of %q: got %s, want %s", test.host, got, test.want)
			}
		})
	}
}

func TestEveryListedDomainIsFound(t *testing.T) {
	t.Parallel()
	for _, domain := range lines(t, "disposable.txt") {
		if got := kindOf(domain); got != mailkind.Disposable {
			t.Fatalf("kind of the disposable %s: got %s", domain, got)
		}
	}
	for _, domain := range lines(t, "consumer.txt") { // a few lie under a disposable domain
		if got := kindOf(domain); got != mailkind.Consumer && got != mailkind.Disposable {
			t.Fatalf("kind of the consumer domain %s: got %s", domain, got)
		}
	}
}

func TestListsAreSortedUniqueLowerCaseDomains(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"consumer.txt", "disposable.txt", "education.txt"} {
		domains := lines(t, file)
		if !slices.IsSorted(domains) || len(slices.Compact(slices.Clone(domains))) != len(domains) {
			t.Errorf("%s is not sorted or has a domain twice", file)
		}
		for _, domain := range domains {
			if domain != strings.ToLower(domain) || !strings.Contains(domain, ".") || strings.ContainsAny(domain, " \t\r@") {
				t.Errorf("%s: %q is no lower-case domain", file, domain)
			}
		}
	}
}

// The published free-mail list holds the disposable domains too. None of either
// sort may be taken for a business, or a stranger would be matched to it.
func TestFewPublishedMailboxDomainsAreTakenForBusinesses(t *testing.T) {
	t.Parallel()
	var free []string
	if err := json.Unmarshal(published.Read(t, "lists/free_email_domains.json"), &free); err != nil {
		t.Fatalf("parse the published list: %v", err)
	}
	disposable := strings.Fields(string(published.Read(t, "lists/disposable_email_domains.txt")))
	for name, domains := range map[string][]string{"free": free, "disposable": disposable} {
		missed := 0
		for _, domain := range domains {
			if kindOf(domain) == mailkind.Business {
				missed++
			}
		}
		agreement := 1 - float64(missed)/float64(len(domains))
		t.Logf("%s: %d of %d published domains known as consumer, disposable or education, %.1f %%",
			name, len(domains)-missed, len(domains), 100*agreement)
		if agreement < 0.95 {
			t.Errorf("%s: agreement with the published list: got %.3f, want at least 0.95", name, agreement)
		}
	}
}

func kindOf(host string) mailkind.Kind {
	domain, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		domain = ""
	}
	return mailkind.Of(host, domain)
}

func lines(t *testing.T, file string) []string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("read a list: %v", err)
	}
	return strings.Fields(string(content))
}

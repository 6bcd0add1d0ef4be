package normal_test

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/idna"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
	"github.com/handoffhq/handoff/services/scoring/internal/published"
)

func TestWebsiteGivesItsHost(t *testing.T) {
	t.Parallel()
	tests := map[string]normal.Host{
		"acme.com":                          {Name: "acme.com", Domain: "acme.com"},
		"www.acme.com":                      {Name: "acme.com", Domain: "acme.com"},
		"https://www.Acme.co.uk/about?x=1":  {Name: "acme.co.uk", Domain: "acme.co.uk"},
		"http://user:pass@eu.acme.com:8080": {Name: "eu.acme.com", Domain: "acme.com"},
		"//acme.com/x":                      {},
		"acme.com.":                         {Name: "acme.com", Domain: "acme.com"},
		"www.ck":                            {Name: "www.ck", Domain: "www.ck"},
		"https://bücher.example/":           {Name: "xn--bcher-kva.example", Domain: "xn--bcher-kva.example"},
		"my--shop.example.com":              {Name: "my--shop.example.com", Domain: "example.com"},
		"acme.github.io":                    {Name: "acme.github.io", Domain: "acme.github.io"},
		"http://192.0.2.7/":                 {},
		"http://[2001:db8::1]/":             {},
		"localhost":                         {},
		"acme":                              {},
		"https://%zz":                       {},
		"mailto:jane@acme.com":              {Name: "acme.com", Domain: "acme.com"},
	}
	for address, want := range tests {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			got, err := normal.ParseWebsite(address)
			if (err != nil) != (want == normal.Host{}) {
				t.Fatalf("ParseWebsite: got error %v", err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("ParseWebsite (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOverlongHostIsRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{strings.Repeat("a.", 126) + "com", strings.Repeat("a", 64) + ".com", strings.Repeat("ü", 600)} {
		if _, err := normal.ParseHost(name); err == nil {
			t.Errorf("ParseHost of %d bytes: got no error", len(name))
		}
	}
}

// The vectors are those of the Public Suffix List project. Some of its inputs
// are no host name here, such as "com" or ".com"; they have no registrable
// domain either.
func TestRegistrableDomainAgreesWithThePublicSuffixVectors(t *testing.T) {
	t.Parallel()
	vectors := string(published.Read(t, "vectors/psl_registrable_domain.csv"))
	rows, err := csv.NewReader(strings.NewReader(vectors)).ReadAll()
	if err != nil {
		t.Fatalf("parse the vectors: %v", err)
	}
	for _, row := range rows[1:] {
		want, err := idna.Lookup.ToASCII(row[1])
		if err != nil {
			t.Fatalf("vector %q: %v", row[1], err)
		}
		host, err := normal.ParseHost(row[0])
		if err != nil && !isNoHost(err) {
			t.Errorf("ParseHost(%q): %v", row[0], err)
		}
		if host.Domain != want {
			t.Errorf("registrable domain of %q: got %q, want %q", row[0], host.Domain, want)
		}
	}
}

func isNoHost(err error) bool {
	return errors.Is(err, normal.ErrSyntax) || errors.Is(err, normal.ErrEmpty)
}

func FuzzParseHost(f *testing.F) {
	for _, seed := range []string{"acme.com", "食狮.公司.cn", "a.", ".a", "xn--bcher-kva.de", "1.2.3.4", "ß.de", "a\u00adb.com"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		requireStable(t, func(name string) (string, error) {
			host, err := normal.ParseHost(name)
			return host.Name, err
		}, name)
	})
}

func FuzzParseWebsite(f *testing.F) {
	for _, seed := range []string{"https://www.acme.com:1/x", "www.www.acme.com", "acme.com/http://b.com", "://", "a@b.c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, address string) {
		host, err := normal.ParseWebsite(address)
		if err != nil {
			requireTyped(t, err)
			return
		}
		if again, err := normal.ParseHost(host.Name); err != nil || again != host {
			t.Fatalf("host of %q: got %+v, as a host %+v, error %v", address, host, again, err)
		}
	})
}

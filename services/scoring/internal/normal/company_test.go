package normal_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

func TestCompanyKey(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"The ACME Company, Inc.":           "acme",
		"Acme":                             "acme",
		"ACME Co., Ltd.":                   "acme",
		"Acme L.L.C.":                      "acme",
		"Limited Brands":                   "limited brands",
		"The Limited":                      "limited",
		"Limited":                          "limited",
		"Inc.":                             "inc",
		"The Company":                      "company",
		"The The Inc":                      "inc",
		"The The Foo Inc":                  "foo",
		"Co-op":                            "co op",
		"Tiffany & Co.":                    "tiffany",
		"Johnson & Johnson":                "johnson and johnson",
		"Johnson and Johnson":              "johnson and johnson",
		"Müller GmbH & Co. KG":             "müller",
		"MÜLLER GMBH":                      "müller",
		"Straße AG":                        "strasse",
		"Ferrari S.p.A.":                   "ferrari",
		"Total S.A.":                       "total",
		"Foo S A":                          "foo",
		"Cemex, S.A.B. de C.V.":            "cemex",
		"Allegro Sp. z o.o.":               "allegro",
		"Novo Nordisk A/S":                 "novo nordisk",
		"Nokia Oyj":                        "nokia",
		"Oy Foo Ab":                        "oy foo",
		"Foo Oy Ab":                        "foo",
		"Petrobras S/A":                    "petrobras",
		"Tata Private Limited":             "tata",
		"Atlassian Pty Ltd":                "atlassian",
		"Škoda Auto a.s.":                  "škoda auto",
		"Sony K.K.":                        "sony",
		"Volkswagen AG":                    "volkswagen",
		"ACME (UK) Ltd":                    "acme uk",
		"McDonald's Corporation":           "mcdonalds",
		"Booking.com B.V.":                 "booking com",
		"E.ON SE":                          "eon",
		"Acme™ Inc":                        "acme",
		"Ａｃｍｅ　Ｉｎｃ":                         "acme",
		"  acme\u00a0 inc ":                "acme",
		"3M":                               "3m",
		"!!!":                              "!!!",
		"Foo & ":                           "foo",
		"株式会社":                             "株式会社",
		"Yandex ООО":                       "yandex",
		"Société Générale S.A.":            "société générale",
		"Societe\u0301 Ge\u0301ne SA":      "societé géne",
		"Ernst & Young LLP":                "ernst and young",
		"Deutsche Bank Aktiengesellschaft": "deutsche bank",
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := normal.Company(name)
			if err != nil || got != want {
				t.Errorf("Company(%q): got %q, error %v; want %q", name, got, err, want)
			}
		})
	}
}

func TestBadNameIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		give string
		want error
	}{
		"empty":          {"  ", normal.ErrEmpty},
		"too long":       {strings.Repeat("x", normal.MaxNameBytes+1), normal.ErrTooLong},
		"grows too long": {strings.Repeat("&", normal.MaxNameBytes), normal.ErrTooLong},
		"NUL":            {"Ac\x00me", normal.ErrEncoding},
		"invalid UTF-8":  {"Ac\xc3", normal.ErrEncoding},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := normal.Company(test.give); !errors.Is(err, test.want) {
				t.Errorf("Company: got %v, want %v", err, test.want)
			}
			if _, err := normal.Person(test.give); !errors.Is(err, test.want) {
				t.Errorf("Person: got %v, want %v", err, test.want)
			}
		})
	}
}

func TestPersonKeyIgnoresCaseAndPunctuation(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"O'Neill-Smith": "oneill smith", "O’NEILL  SMITH": "oneill smith", "van der Berg": "van der berg", "-": "-",
	} {
		if got, err := normal.Person(name); err != nil || got != want {
			t.Errorf("Person(%q): got %q, error %v; want %q", name, got, err, want)
		}
	}
}

func TestLegalSuffixNeverChangesTheKey(t *testing.T) {
	t.Parallel()
	suffixes := []string{"Inc", "Inc.", ", LLC", "Ltd.", "GmbH", "S.A.", "B.V.", "Oy", "AB", "Co., Ltd.", "GmbH & Co. KG"}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Z][a-z]{2,8}( [A-Z][a-z]{3,8}){0,2}`).Draw(t, "name")
		bare, err := normal.Company(name)
		if err != nil {
			t.Fatalf("Company(%q): %v", name, err)
		}
		full, err := normal.Company(name + " " + rapid.SampledFrom(suffixes).Draw(t, "suffix"))
		if err != nil || full != bare {
			t.Fatalf("with a suffix: got %q, error %v; want %q", full, err, bare)
		}
	})
}

func FuzzCompany(f *testing.F) {
	for _, seed := range []string{
		"The ACME Company, Inc.", "the the inc", "a & & co", "ﷺ", "İ.Ş.", "s.p.a.", "™", "\u0301", "the\u00a0the",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) { requireStable(t, normal.Company, name) })
}

func FuzzPerson(f *testing.F) {
	for _, seed := range []string{"O'Neill", "Ǆ", "ß", "ΐ", "-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) { requireStable(t, normal.Person, name) })
}

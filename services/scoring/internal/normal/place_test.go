package normal_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

func TestPhoneIsE164(t *testing.T) {
	t.Parallel()
	tests := []struct{ number, region, want string }{
		{"(415) 555-2671", "US", "+14155552671"},
		{"+1 415 555 2671 ext. 12", "", "+14155552671"},
		{"020 7946 0958", "GB", "+442079460958"},
		{"+44 20 7946 0958", "US", "+442079460958"},
		{"06 12 34 56 78", "FR", "+33612345678"},
		{"030/123456", "DE", "+4930123456"},
		{"02 1234 5678", "IT", "+390212345678"},
		{"+55 (11) 91234-5678", "BR", "+5511912345678"},
		{"＋１ ４１５ ５５５ ２６７１", "US", "+14155552671"},
	}
	for _, test := range tests {
		t.Run(test.number, func(t *testing.T) {
			t.Parallel()
			got, err := normal.Phone(test.number, test.region)
			if err != nil || got != test.want {
				t.Errorf("Phone: got %q, error %v; want %q", got, err, test.want)
			}
		})
	}
}

func TestBadPhoneIsRefusedWithItsReason(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		number, region string
		want           error
	}{
		"empty":                {"", "US", normal.ErrEmpty},
		"no digits":            {"call me", "US", normal.ErrSyntax},
		"national, no region":  {"415 555 2671", "", normal.ErrSyntax},
		"national, bad region": {"415 555 2671", "ZZ", normal.ErrSyntax},
		"too short":            {"12345", "US", normal.ErrUnknown},
		"local part only":      {"555-2671", "US", normal.ErrUnknown},
		"too many digits":      {"+1 415 555 2671 2671", "US", normal.ErrUnknown},
		"only trunk zeros":     {"+49000000", "DE", normal.ErrUnknown},
		"too long":             {strings.Repeat("1", 65), "US", normal.ErrTooLong},
		"control character":    {"415\x07555 2671", "US", normal.ErrEncoding},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := normal.Phone(test.number, test.region); !errors.Is(err, test.want) {
				t.Errorf("Phone: got %v, want %v", err, test.want)
			}
		})
	}
}

func TestCountryIsItsCode(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"US": "US", "us": "US", "USA": "US", "U.S.A.": "US", "U.S.": "US", "840": "US", "United States": "US",
		"United States of America": "US", "the united states": "US", "Estados Unidos": "US",
		"UK": "GB", "U.K.": "GB", "Great Britain": "GB", "England": "GB", "United Kingdom": "GB", "GBR": "GB",
		"Brasil": "BR", "Brazil": "BR", "Deutschland": "DE", "Germany": "DE", "Allemagne": "DE", "DEU": "DE",
		"España": "ES", "Espana": "ES", "Côte d'Ivoire": "CI", "Cote d’Ivoire": "CI", "Ivory Coast": "CI",
		"The Netherlands": "NL", "Nederland": "NL", "Holland": "NL", "Czech Republic": "CZ", "Česko": "CZ",
		"Türkiye": "TR", "Turkey": "TR", "South Korea": "KR", "Korea, Republic of": "KR", "Hong Kong": "HK",
		"North Macedonia": "MK", "Eswatini": "SZ", "Россия": "RU", "日本": "JP", "中国": "CN", "Österreich": "AT",
		"Schweiz": "CH", "Suisse": "CH", "México": "MX", "Mexico": "MX", "UAE": "AE", "Kosovo": "XK",
		"Niger": "NE", "Nigeria": "NG", "Georgia": "GE", "Guinea": "GN", "Equatorial Guinea": "GQ",
	}
	for give, want := range tests {
		t.Run(give, func(t *testing.T) {
			t.Parallel()
			if got, err := normal.Country(give); err != nil || got != want {
				t.Errorf("Country(%q): got %q, error %v; want %q", give, got, err, want)
			}
		})
	}
}

func TestUnknownCountryIsRefused(t *testing.T) {
	t.Parallel()
	for _, give := range []string{"Atlantis", "EU", "ZZ", "QQ", "001", "AN", "AC", "YU", "12", "Europe"} {
		if got, err := normal.Country(give); !errors.Is(err, normal.ErrUnknown) {
			t.Errorf("Country(%q): got %q, error %v; want %v", give, got, err, normal.ErrUnknown)
		}
	}
}

func TestEveryEnglishCountryNameIsUnderstood(t *testing.T) {
	t.Parallel()
	english, count := display.Regions(language.English), 0
	for first := 'A'; first <= 'Z'; first++ {
		for second := 'A'; second <= 'Z'; second++ {
			code := string([]rune{first, second})
			if got, err := normal.Country(code); err != nil || got != code {
				continue // not a country, or an alias such as UK
			}
			count++
			name := english.Name(language.MustParseRegion(code))
			if got, err := normal.Country(name); err != nil || got != code {
				t.Errorf("Country(%q): got %q, error %v; want %q", name, got, err, code)
			}
		}
	}
	if want := 249 + 1; count != want {
		t.Errorf("countries: got %d, want the 249 of ISO 3166-1 and Kosovo", count)
	}
}

func TestPostalCodeIgnoresSpacing(t *testing.T) {
	t.Parallel()
	tests := []struct{ code, country, want string }{
		{"sw1a 1aa", "GB", "SW1A1AA"}, {"94105-1234", "US", "94105"}, {"94105", "US", "94105"},
		{"01310-100", "BR", "01310100"}, {"123456789", "", "123456789"}, {"〒１００-0001", "JP", "1000001"},
	}
	for _, test := range tests {
		if got, err := normal.Postal(test.code, test.country); err != nil || got != test.want {
			t.Errorf("Postal(%q, %q): got %q, error %v; want %q", test.code, test.country, got, err, test.want)
		}
	}
	if _, err := normal.Postal("---", "US"); !errors.Is(err, normal.ErrSyntax) {
		t.Errorf("Postal of punctuation: got %v, want %v", err, normal.ErrSyntax)
	}
}

func FuzzPhone(f *testing.F) {
	for _, seed := range []string{"+14155552671", "0800 FLOWERS", "+39 02 1234", "+800 1234 5678", "tel:+1-2;ext=3"} {
		f.Add(seed, "US")
	}
	f.Fuzz(func(t *testing.T, number, region string) {
		requireStable(t, func(number string) (string, error) { return normal.Phone(number, region) }, number)
	})
}

func FuzzCountry(f *testing.F) {
	for _, seed := range []string{"US", "Brasil", "the the", "840", "İ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, country string) { requireStable(t, normal.Country, country) })
}

func FuzzPostal(f *testing.F) {
	f.Add("94105-1234", "US")
	f.Add("ŉß", "")
	f.Fuzz(func(t *testing.T, code, country string) {
		requireStable(t, func(code string) (string, error) { return normal.Postal(code, country) }, code)
	})
}

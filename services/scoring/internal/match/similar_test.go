package match_test

import (
	"encoding/csv"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
	"github.com/handoffhq/handoff/services/scoring/internal/published"
)

func TestJaroWinklerOfTheClassicPairs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want float64
	}{
		{"martha", "marhta", 0.961}, {"dwayne", "duane", 0.840}, {"dixon", "dicksonx", 0.813},
		{"", "", 1}, {"", "a", 0}, {"a", "a", 1}, {"abc", "xyz", 0},
		{"abcd", "cdab", 0}, {"crate", "trace", 0.733}, {"jellyfish", "smellyfish", 0.896}, {"株式", "株式会社", 0.867},
	}
	for _, test := range tests {
		if got := match.JaroWinkler(test.a, test.b); math.Abs(got-test.want) > 0.0005 {
			t.Errorf("JaroWinkler(%q, %q): got %.4f, want %.3f", test.a, test.b, got, test.want)
		}
	}
}

func TestJaroWinklerAgreesWithThePublishedVectors(t *testing.T) {
	t.Parallel()
	rows, err := csv.NewReader(strings.NewReader(string(published.Read(t, "vectors/string_jaro_winkler.csv")))).ReadAll()
	if err != nil {
		t.Fatalf("parse the vectors: %v", err)
	}
	if len(rows) < 10 {
		t.Errorf("vectors: got %d, want at least 10", len(rows))
	}
	for _, row := range rows {
		want, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatalf("parse the vector of %q and %q: %v", row[0], row[1], err)
		}
		if got := match.JaroWinkler(row[0], row[1]); math.Abs(got-want) > 0.0005 {
			t.Errorf("JaroWinkler(%q, %q): got %.4f, want %.3f", row[0], row[1], got, want)
		}
	}
}

// A limit of "at least 0.92" must not depend on how the steps of a sum are rounded.
func TestSimilarityOfExactlyTheLimitIsTheLimit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want float64
	}{
		{"globex", "globexcorp", match.MinSimilarity},               // 13/15 + 0.4·2/15
		{"initech systems", "imitech systens", match.MinSimilarity}, // 41/45 + 0.1·4/45
		{"initech", "initech co", 47.0 / 50},                        // 9/10 + 0.4·1/10
		{"initech", "initechcorps", 11.0 / 12},                      // 31/36 + 0.4·5/36
	}
	for _, test := range tests {
		for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			if got := match.JaroWinkler(pair[0], pair[1]); got != test.want {
				t.Errorf("JaroWinkler(%q, %q): got %.17g, want %.17g", pair[0], pair[1], got, test.want)
			}
		}
	}
}

func TestSimilarityIsBetweenNothingAndEquality(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.StringN(0, 12, -1).Draw(t, "a"), rapid.StringN(0, 12, -1).Draw(t, "b")
		if got := match.JaroWinkler(a, b); got < 0 || got > 1 || got == 1 && a != b {
			t.Fatalf("JaroWinkler(%q, %q): got %v, want within 0 and 1, and 1 for equals only", a, b, got)
		}
		if got := match.JaroWinkler(a, a); got != 1 {
			t.Fatalf("JaroWinkler(%q, itself): got %v, want 1", a, got)
		}
	})
}

// Texts of ASCII are compared in another way than others. The same text in another script must be as similar.
func TestSimilarityDoesNotDependOnTheScript(t *testing.T) {
	t.Parallel()
	shift := func(text string) string {
		return strings.Map(func(r rune) rune { return r + 0x400 }, text)
	}
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.StringOfN(rapid.SampledFrom([]rune("aabcdexyz ")), 0, 70, -1)
		a, b := letters.Draw(t, "a"), letters.Draw(t, "b")
		if got, want := match.JaroWinkler(a, b), match.JaroWinkler(shift(a), shift(b)); got != want {
			t.Fatalf("JaroWinkler(%q, %q): got %v, in another script %v", a, b, got, want)
		}
	})
}

func TestAcronym(t *testing.T) {
	t.Parallel()
	tests := []struct {
		a, b string
		want bool
	}{
		{"ibm", "international business machines", true},
		{"international business machines", "ibm", true},
		{"boa", "bank of america", true},
		{"ba", "bank of america", true},
		{"bam", "bank of america", false},
		{"hp", "hewlett packard", true},
		{"a", "acme", false},
		{"a", "acme acme", false},
		{"acme", "acme", false},
		{"öb", "österreichische bahn", true},
		{"", "", false},
	}
	for _, test := range tests {
		if got := match.IsAcronym(test.a, test.b); got != test.want {
			t.Errorf("IsAcronym(%q, %q): got %t, want %t", test.a, test.b, got, test.want)
		}
	}
}

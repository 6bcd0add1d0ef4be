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
	checked := 0
	for _, row := range rows {
		want, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			continue // the header
		}
		checked++
		if got := match.JaroWinkler(row[0], row[1]); math.Abs(got-want) > 0.0005 {
			t.Errorf("JaroWinkler(%q, %q): got %.4f, want %.3f", row[0], row[1], got, want)
		}
	}
	if checked < 10 {
		t.Errorf("vectors checked: got %d, want at least 10", checked)
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

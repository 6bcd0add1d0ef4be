package typo_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/typo"
)

func TestEditsAreTheFewestChangesOfALetter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"whitin", "within", 2}, {"berlin", "berlin", 0}, {"ab", "ba", 1}, {"abc", "cab", 2},
	} {
		if got := typo.Edits(tt.a, tt.b); got != tt.want {
			t.Errorf("%q to %q: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
	word := rapid.StringMatching(`[ab]{0,6}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		there, back := typo.Edits(a, b), typo.Edits(b, a)
		if there != back || (there == 0) != (a == b) || there > max(len(a), len(b)) {
			t.Fatalf("%d there, %d back", there, back)
		}
	})
}

func TestLettersAreWhatWaysOfWritingHaveInCommon(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"New_York", "new york", "NEW-YORK", "ñNew.York"} {
		if got := typo.Letters(text); got != "newyork" {
			t.Errorf("%q: got %q", text, got)
		}
	}
}

package document

import (
	"fmt"
	"slices"
	"strings"

	"github.com/handoffhq/handoff/services/internal/typo"
)

// maxGuess is the longest name that is worth a guess, in bytes. No name of the schema is longer.
const maxGuess = 64

// nearest returns the name that was probably meant: the one with the fewest edits, at most a third of its length and
// never more than three. It returns "" if there is none.
func nearest(written string, names []string) string {
	if len(written) > maxGuess {
		return ""
	}
	best, fewest := "", 4
	for _, name := range slices.Sorted(slices.Values(names)) {
		if d := typo.Edits(written, name); d < fewest && d*3 <= len(name) {
			best, fewest = name, d
		}
	}
	return best
}

// mend ends a message about an unknown name: with the name that was probably meant, or with the names that there are.
func mend(written string, names []string) string {
	if guess := nearest(written, names); guess != "" {
		return fmt.Sprintf("did you mean %q?", guess)
	}
	switch len(names) {
	case 0:
		return "there are none here"
	case 1:
		return fmt.Sprintf("only %s is known here", names[0])
	default:
		return "known here are " + enumerate(names)
	}
}

// maxListed is how many names a message lists.
const maxListed = 20

// enumerate writes "a, b and c".
func enumerate(names []string) string {
	if len(names) > maxListed {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxListed], ", "), len(names)-maxListed)
	}
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// How much of what somebody wrote a problem repeats, in characters.
const (
	maxQuoted = 40
	maxPath   = 300
)

// quoted repeats what somebody wrote, cut to a length that fits a message.
func quoted(text string) string { return fmt.Sprintf("%q", clip(text, maxQuoted)) }

// clip cuts a text after so many characters.
func clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

package normal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// admit checks the raw text of a field and returns it trimmed: it must be valid
// UTF-8, not empty, not longer than limit bytes and hold no control character.
func admit(field Field, text string, limit int) (string, error) {
	if len(text) > limit {
		return "", refuseLength(field, limit)
	}
	if !utf8.ValidString(text) {
		return "", refuse(field, ErrEncoding)
	}
	text = strings.TrimSpace(text)
	if text == "" {
		return "", refuse(field, ErrEmpty)
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", refuse(field, ErrEncoding)
	}
	return text, nil
}

// spell admits the raw text of a field and joins its words by single blanks. The
// limit holds for the result too, which folding may have made longer.
func spell(field Field, text string, limit int) (string, error) {
	text, err := admit(field, text, limit)
	if err != nil {
		return "", err
	}
	spelled := plain(text)
	if len(spelled) > limit {
		return "", refuseLength(field, limit)
	}
	return spelled, nil
}

// fold returns the text in one case and one form of each character: the
// NFKC_Casefold of the Unicode Standard, section 3.13, less the removal of
// ignorable characters.
func fold(text string) string {
	if isASCII(text) {
		return strings.ToLower(text) // which is all that the forms do to ASCII
	}
	return norm.NFKC.String(cases.Fold().String(norm.NFKC.String(text)))
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// words splits folded text into its words: runs of letters, marks and digits.
// An ampersand is the word "and". An apostrophe joins ("mcdonald's" is one
// word), and so does a dot or slash after a single letter, so that "s.p.a." is
// "spa" and "a/s" is "as" but "booking.com" stays two words. All else parts.
func words(folded string) []string {
	var (
		found []string
		word  strings.Builder
		run   int // letters since the last dot or slash of the word
	)
	flush := func() {
		if word.Len() > 0 {
			found = append(found, word.String())
		}
		word.Reset()
		run = 0
	}
	for _, r := range folded {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), unicode.IsNumber(r):
			word.WriteRune(r)
			run++
		case unicode.IsMark(r):
			word.WriteRune(r)
		case r == '&':
			flush()
			found = append(found, "and")
		case isApostrophe(r):
		case (r == '.' || r == '/') && run == 1:
			run = 0
		default:
			flush()
		}
	}
	flush()
	return found
}

// trademarks drops the signs that NFKC would spell out as letters.
var trademarks = strings.NewReplacer("™", "", "℠", "")

// isApostrophe reports whether a character is written inside a word for an
// apostrophe.
func isApostrophe(r rune) bool {
	switch r {
	case '\'', '’', '‘', 'ʼ', '`', '´':
		return true
	}
	return false
}

// plain joins the words of a text by single blanks. A text without a word, such
// as "!!!", stays as it is, folded: a key is never empty.
func plain(text string) string {
	for _, folded := range []string{fold(trademarks.Replace(text)), fold(text)} {
		if found := words(folded); len(found) > 0 {
			return strings.Join(found, " ")
		}
	}
	return strings.Join(strings.Fields(fold(text)), " ")
}

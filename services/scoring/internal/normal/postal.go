package normal

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxPostalBytes is the longest text that is read as a postal code.
const MaxPostalBytes = 32

// Postal returns a postal code as compared: upper-case letters and digits
// without blanks or hyphens, "SW1A1AA". Of a United States code only the first
// five digits count, since the last four change with the desk. Country is an
// ISO 3166-1 alpha-2 code or empty.
func Postal(code, country string) (string, error) {
	code, err := admit(FieldPostal, code, MaxPostalBytes)
	if err != nil {
		return "", err
	}
	key := strings.Map(postalCharacter, norm.NFKC.String(code))
	if key == "" {
		return "", refuse(FieldPostal, ErrSyntax)
	}
	if country == "US" && len(key) == 9 {
		key = key[:5]
	}
	return key, nil
}

// postalCharacter keeps the ASCII letters, in upper case, and the ASCII digits,
// which all postal codes of the Universal Postal Union are made of.
func postalCharacter(r rune) rune {
	if upper := unicode.ToUpper(r); 'A' <= upper && upper <= 'Z' || '0' <= r && r <= '9' {
		return upper
	}
	return -1
}

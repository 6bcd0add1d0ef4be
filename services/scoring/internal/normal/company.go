package normal

import "strings"

// MaxNameBytes is the longest name of a company or a person that is read.
const MaxNameBytes = 512

// Company returns the key that company names are compared by: folded, "&" read
// as "and", without punctuation, without a leading "the" and without the legal
// suffixes at its end, however many ("ACME Co., Ltd." is "acme"). Suffixes
// elsewhere are part of the name ("Limited Brands"), and the last word of a name
// is never taken, so that a key is never empty.
func Company(name string) (string, error) {
	spelled, err := spell(FieldCompany, name, MaxNameBytes)
	if err != nil {
		return "", err
	}
	key := strings.Fields(spelled)
	for len(key) > 1 && key[0] == "the" {
		key = key[1:]
	}
	return strings.Join(trimLegalForm(key), " "), nil
}

// trimLegalForm drops legal suffixes from the end of a name, the longest first,
// and the "and" that "Tiffany & Co" leaves dangling.
func trimLegalForm(name []string) []string {
	for {
		extra := trailingForm(name)
		if extra == 0 {
			return name
		}
		name = name[:len(name)-extra]
	}
}

// trailingForm returns how many words at the end of a name are one legal suffix
// or a dangling "and". It always leaves a word.
func trailingForm(name []string) int {
	for count := min(longestLegalForm, len(name)-1); count > 0; count-- {
		if tail := strings.Join(name[len(name)-count:], " "); isLegalForm(tail) || tail == "and" {
			return count
		}
	}
	return 0
}

// Person returns the key that names of people are compared by: folded and
// without punctuation. "O'Neill-Smith" is "oneill smith".
func Person(name string) (string, error) {
	return spell(FieldPerson, name, MaxNameBytes)
}

package match

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

// MinSimilarity is the Jaro-Winkler similarity from which on two names count as
// alike.
const MinSimilarity = 0.92

// The constants of Winkler's bonus for a common prefix: a tenth of what is missing
// for each character.
const (
	prefixParts   = 10
	longestPrefix = 4
)

// JaroWinkler returns how similar two texts are, from 0 to 1, by characters:
// the mean of the shares of common characters in either text and of those of
// them in the same order (Jaro 1989), plus a tenth of the rest for each of up to
// four leading characters in common (Winkler 1990). Two empty texts are equal.
//
// It divides one whole number by another, once. Two names whose similarity is
// exactly MinSimilarity are therefore never a rounding error below it.
func JaroWinkler(a, b string) float64 {
	if a == b {
		return 1
	}
	var left, right [64]rune // most names fit, and need no memory of their own
	similar, whole, prefix := jaro(appendRunes(left[:0], a), appendRunes(right[:0], b))
	bonus := float64(prefix) * (whole - similar)
	return (prefixParts*similar + bonus) / (prefixParts * whole)
}

func appendRunes(to []rune, text string) []rune {
	for _, r := range text {
		to = append(to, r)
	}
	return to
}

// jaro returns the Jaro similarity of two texts as a fraction of whole numbers,
// and how many leading characters they share, at most longestPrefix.
func jaro(a, b []rune) (similar, whole float64, prefix int) {
	var left, right [64]rune
	inA, inB := common(a, b, left[:0], right[:0])
	if len(inA) == 0 {
		return 0, 1, 0
	}
	outOfOrder := 0
	for i := range inA {
		if inA[i] != inB[i] {
			outOfOrder++
		}
	}
	// (c/a + c/b + (c − o/2)/c) / 3, over the common denominator 6·a·b·c.
	lengthA, lengthB, count := float64(len(a)), float64(len(b)), float64(len(inA))
	similar = 2*count*count*(lengthA+lengthB) + (2*count-float64(outOfOrder))*lengthA*lengthB
	return similar, 6 * lengthA * lengthB * count, commonPrefix(a, b)
}

// common appends the characters that the texts have in common, as often and in
// the order that each has them. Two characters pair up when they are equal and
// no further apart than half the longer text, each with one partner.
func common(a, b, inA, inB []rune) (fromA, fromB []rune) {
	reach := max(0, max(len(a), len(b))/2-1)
	if len(b) <= 64 && isASCII(a) && isASCII(b) {
		return commonASCII(a, b, inA, inB, reach)
	}
	var flags [64]bool
	paired := flags[:min(len(b), len(flags))]
	if len(b) > len(flags) {
		paired = make([]bool, len(b))
	}
	for i, r := range a {
		for j := max(0, i-reach); j < min(len(b), i+reach+1); j++ {
			if !paired[j] && b[j] == r {
				paired[j] = true
				inA = append(inA, r)
				break
			}
		}
	}
	for j, r := range b {
		if paired[j] {
			inB = append(inB, r)
		}
	}
	return inA, inB
}

// commonASCII is common for up to 64 characters of ASCII, eight times as fast: the
// places of each character in b are the bits of a word.
func commonASCII(a, b, inA, inB []rune, reach int) (fromA, fromB []rune) {
	var places [utf8.RuneSelf]uint64
	for j, r := range b {
		places[r] |= 1 << j
	}
	var paired uint64
	for i, r := range a {
		window := uint64(1)<<min(len(b), i+reach+1) - 1
		window &^= uint64(1)<<max(0, i-reach) - 1
		if free := places[r] & window &^ paired; free != 0 {
			paired |= free & -free // the first of them
			inA = append(inA, r)
		}
	}
	for ; paired != 0; paired &= paired - 1 {
		inB = append(inB, b[bits.TrailingZeros64(paired)])
	}
	return inA, inB
}

func isASCII(text []rune) bool {
	for _, r := range text {
		if r >= utf8.RuneSelf || r < 0 {
			return false
		}
	}
	return true
}

// commonPrefix returns how many leading characters two texts share, at most
// longestPrefix.
func commonPrefix(a, b []rune) int {
	limit := min(longestPrefix, len(a), len(b))
	for i := range limit {
		if a[i] != b[i] {
			return i
		}
	}
	return limit
}

// Alike reports whether a company key is similar to another without being equal: as it is, or, with abbreviations of either
// spelt out, in one of its Orders, it has a similarity of at least MinSimilarity.
func Alike(a, b string) bool {
	if a == b || a == "" || b == "" {
		return false
	}
	if JaroWinkler(a, b) >= MinSimilarity {
		return true
	}
	full := normal.CompanyInFull(b)
	return slices.ContainsFunc(Orders(a), func(order string) bool {
		return JaroWinkler(order, full) >= MinSimilarity || JaroWinkler(order, b) >= MinSimilarity
	})
}

// maxOrders is up to how many words a name is looked at in every order; of a longer one any word may come first.
const maxOrders = 4

// Orders returns the words of a company key, with abbreviations spelt out, in the orders in which people may write them:
// "systems acme" is "acme systems". The first is the order of the key.
func Orders(key string) []string {
	words := strings.Fields(normal.CompanyInFull(key))
	if len(words) > maxOrders {
		var turned []string
		for i := range words {
			turned = append(turned, strings.Join(slices.Concat(words[i:], words[:i]), " "))
		}
		return turned
	}
	return permutations(nil, words)
}

// permutations returns the words in every order, behind those that stand already.
func permutations(first, rest []string) []string {
	if len(rest) == 0 {
		return []string{strings.Join(first, " ")}
	}
	var all []string
	for i := range rest {
		others := slices.Concat(rest[:i], rest[i+1:])
		all = append(all, permutations(append(slices.Clone(first), rest[i]), others)...)
	}
	return all
}

// IsAcronym reports whether one of two company keys is made of the initials of
// the other, as "ibm" is of "international business machines", with or without
// its small words ("bank of america" is both "boa" and "ba").
func IsAcronym(a, b string) bool {
	return slices.Contains(Acronyms(a), b) || slices.Contains(Acronyms(b), a)
}

// Acronyms returns what the initials of a company key make, with and without its
// small words; none for a single word.
func Acronyms(key string) []string {
	words := strings.Fields(key)
	if len(words) < 2 {
		return nil
	}
	var all, main strings.Builder
	for _, word := range words {
		initial, _ := utf8.DecodeRuneInString(word)
		all.WriteRune(initial)
		if !isSmallWord(word) {
			main.WriteRune(initial)
		}
	}
	acronyms := []string{all.String()}
	if short := main.String(); short != acronyms[0] && utf8.RuneCountInString(short) > 1 {
		acronyms = append(acronyms, short)
	}
	return acronyms
}

// isSmallWord reports whether an acronym may skip the word.
func isSmallWord(word string) bool {
	switch word {
	case "and", "of", "the", "for", "in", "de", "des", "du", "del", "di", "do", "da", "la", "le", "et", "y", "e", "und", "für":
		return true
	}
	return false
}

package match

import (
	"strings"
	"unicode/utf8"
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
	left, right := []rune(a), []rune(b)
	similar, whole := jaro(left, right)
	bonus := float64(commonPrefix(left, right)) * (whole - similar)
	return (prefixParts*similar + bonus) / (prefixParts * whole)
}

// jaro returns the Jaro similarity of two texts as a fraction of whole numbers.
func jaro(a, b []rune) (similar, whole float64) {
	inA, inB := common(a, b)
	if len(inA) == 0 {
		return 0, 1
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
	return similar, 6 * lengthA * lengthB * count
}

// common returns the characters that the texts have in common, as often and in
// the order that each has them. Two characters pair up when they are equal and
// no further apart than half the longer text, each with one partner.
func common(a, b []rune) (inA, inB []rune) {
	reach := max(0, max(len(a), len(b))/2-1)
	paired := make([]bool, len(b))
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

// IsAcronym reports whether one of two company keys is made of the initials of
// the other, as "ibm" is of "international business machines", with or without
// its small words ("bank of america" is both "boa" and "ba").
func IsAcronym(a, b string) bool {
	return abbreviates(a, b) || abbreviates(b, a)
}

// abbreviates reports whether short is made of the initials of the words of long.
func abbreviates(short, long string) bool {
	words := strings.Fields(long)
	if len(words) < 2 || utf8.RuneCountInString(short) < 2 {
		return false
	}
	var all, main strings.Builder
	for _, word := range words {
		initial, _ := utf8.DecodeRuneInString(word)
		all.WriteRune(initial)
		if !isSmallWord(word) {
			main.WriteRune(initial)
		}
	}
	return short == all.String() || short == main.String()
}

// isSmallWord reports whether an acronym may skip the word.
func isSmallWord(word string) bool {
	switch word {
	case "and", "of", "the", "for", "in", "de", "des", "du", "del", "di", "do", "da", "la", "le", "et", "y", "e", "und", "für":
		return true
	}
	return false
}

package match

import (
	"strings"
	"unicode/utf8"
)

// MinSimilarity is the Jaro-Winkler similarity from which on two names count as
// alike.
const MinSimilarity = 0.92

// The constants of Winkler's bonus for a common prefix.
const (
	prefixWeight  = 0.1
	longestPrefix = 4
)

// JaroWinkler returns how similar two texts are, from 0 to 1, by characters:
// the mean of the shares of common characters in either text and of those of
// them in the same order (Jaro 1989), plus a tenth of the rest for each of up to
// four leading characters in common (Winkler 1990). Two empty texts are equal.
func JaroWinkler(a, b string) float64 {
	if a == b {
		return 1
	}
	left, right := []rune(a), []rune(b)
	similarity := jaro(left, right)
	return similarity + float64(commonPrefix(left, right))*prefixWeight*(1-similarity)
}

// jaro returns the Jaro similarity of two texts.
func jaro(a, b []rune) float64 {
	inA, inB := common(a, b)
	if len(inA) == 0 {
		return 0
	}
	outOfOrder := 0
	for i := range inA {
		if inA[i] != inB[i] {
			outOfOrder++
		}
	}
	count := float64(len(inA))
	return (count/float64(len(a)) + count/float64(len(b)) + (count-float64(outOfOrder)/2)/count) / 3
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

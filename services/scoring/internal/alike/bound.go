package alike

import (
	"math"
	"math/bits"
	"unicode/utf8"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
)

// longestPrefix is how many leading characters Winkler's bonus counts.
const longestPrefix = 4

// most is in how many characters two texts of a and b characters may differ, counted as often as they occur, if they are
// alike and share a prefix; below 0 if they cannot be.
func most(a, b, prefix int) int {
	bonus := float64(min(prefix, longestPrefix)) / 10
	least := (match.MinSimilarity - bonus) / (1 - bonus) // of Jaro
	x, y := float64(a), float64(b)
	common := (3*least - 1) * x * y / (x + y)
	const rounding = 1e-9
	if common > math.Min(x, y)+rounding {
		return -1
	}
	return a + b - 2*int(math.Ceil(common-rounding))
}

// limits are those of [most] for each prefix.
type limits [longestPrefix + 1]int

func limitsOf(a, b int) limits {
	var l limits
	for prefix := range l {
		l[prefix] = most(a, b, prefix)
	}
	return l
}

// signature is a set of bits, one for each occurrence of each character; several may share one.
type signature struct{ low, high uint64 }

// The bits of a signature: one each for the first three occurrences of every Latin letter, and the rest for all else.
const (
	letters  = 26
	repeated = 3
	others   = 128 - repeated*letters
)

func signed(text []rune) signature {
	var seen [letters]uint32
	var s signature
	for i, r := range text {
		if r < 'a' || r > 'z' {
			s.set(repeated*letters + (uint32(r)+7*occurrence(text, i))%others)
			continue
		}
		letter := uint32(r - 'a')
		if n := seen[letter]; n < repeated {
			s.set(n*letters + letter)
		} else {
			s.set(repeated*letters + (letter+letters*n)%others)
		}
		seen[letter]++
	}
	return s
}

func (s *signature) set(bit uint32) {
	if bit < 64 {
		s.low |= 1 << bit
	} else {
		s.high |= 1 << (bit - 64)
	}
}

// differs is in how many bits two signatures differ.
func (s signature) differs(other signature) int {
	return bits.OnesCount64(s.low^other.low) + bits.OnesCount64(s.high^other.high)
}

// occurrence is how often the character at a place came before it.
func occurrence(text []rune, at int) uint32 {
	n := uint32(0)
	for _, r := range text[:at] {
		if r == text[at] {
			n++
		}
	}
	return n
}

// bag counts characters; some share a count.
type bag [64]int8

func (b *bag) add(text []rune) {
	for _, r := range text {
		b[r%64]++
	}
}

// lacks is in how many characters a text of a length differs from the bag's, at least. The bag is as before afterwards.
func (b *bag) lacks(text []byte, length, held int) int {
	common := 0
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		if i += size; b[r%64] > 0 {
			common++
		}
		b[r%64]--
	}
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		i += size
		b[r%64]++
	}
	return length + held - 2*common
}

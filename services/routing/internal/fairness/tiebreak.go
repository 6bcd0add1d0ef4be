package fairness

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
)

// Tie is what decided between members whom the rule held equal. None of it
// depends on who joined first, and all of it can be computed again.
type Tie uint8

const (
	// Untied means that the rule alone decided.
	Untied Tie = iota
	// ByCredits means the fewest credits per weight.
	ByCredits
	// ByRecency means the longest time since the last lead.
	ByRecency
	// ByHash means the smallest hash of epoch, lead and member.
	ByHash
	// ByIndex means the first in the order of Members.
	ByIndex
)

var tieNames = [...]string{"UNTIED", "BY_CREDITS", "BY_RECENCY", "BY_HASH", "BY_INDEX"}

// String gives the tie-break's name in capitals.
func (t Tie) String() string { return nameOf(tieNames[:], int(t)) }

// breakTie narrows the tied members down to one and names the last step needed.
// It reuses the slice.
func (b *ballot) breakTie(tied []int, lead LeadKey) (int, Tie) {
	if len(tied) == 1 {
		return tied[0], Untied
	}
	if b.pool.Policy.IndexTies {
		return tied[0], ByIndex
	}
	if tied = lowest(tied, b.compareCredits); len(tied) == 1 {
		return tied[0], ByCredits
	}
	if tied = lowest(tied, b.compareRecency); len(tied) == 1 {
		return tied[0], ByRecency
	}
	return b.smallestHash(tied, lead), ByHash
}

// lowest keeps the members that compare lowest. What it keeps never overtakes
// what it reads, so it can write into the slice that it was given.
func lowest(tied []int, compare func(i, j int) int) []int {
	kept := tied[:1]
	for _, i := range tied[1:] {
		switch c := compare(i, kept[0]); {
		case c < 0:
			kept = append(kept[:0], i)
		case c == 0:
			kept = append(kept, i)
		}
	}
	return kept
}

// compareCredits compares credits/weight by cross multiplication.
func (b *ballot) compareCredits(i, j int) int {
	x, y := &b.pool.Members[i], &b.pool.Members[j]
	return cmp.Compare(x.Credits*y.Weight, y.Credits*x.Weight)
}

// compareRecency puts whoever never had a lead first.
func (b *ballot) compareRecency(i, j int) int {
	return b.pool.Members[i].LastAssigned.Compare(b.pool.Members[j].LastAssigned)
}

// smallestHash orders by the first eight bytes of SHA-256 over the epoch, the
// lead's source, its id there and the member, each text behind its length.
// Members stand in the order of their ids, which settles equal hashes.
func (b *ballot) smallestHash(tied []int, lead LeadKey) int {
	prefix := binary.BigEndian.AppendUint64(nil, uint64(b.pool.Epoch))
	prefix = appendText(prefix, lead.Source)
	prefix = appendText(prefix, lead.SourceID)
	winner, smallest := tied[0], uint64(0)
	for n, i := range tied {
		sum := sha256.Sum256(appendText(prefix, b.pool.Members[i].ID))
		if hash := binary.BigEndian.Uint64(sum[:8]); n == 0 || hash < smallest {
			winner, smallest = i, hash
		}
	}
	return winner
}

func appendText(b []byte, text string) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	return append(b, text...)
}

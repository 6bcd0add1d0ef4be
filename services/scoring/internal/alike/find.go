package alike

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"github.com/handoffhq/handoff/services/scoring/internal/match"
)

// MaxFound is how many names are found at most.
const MaxFound = 200

// Find gives the names that are like one and not the name itself: first what its own initials make, which may be a name,
// then those whose initials it is, then the most similar.
func (x *Index) Find(name string) []string {
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := search{index: x, found: map[uint32]float64{}}
	for _, id := range x.acronyms[name] {
		s.found[id] = 1
	}
	if name != "" {
		orders := match.Orders(name)
		if orders[0] != name { // abbreviations are spelt out
			s.similar([]string{name})
		}
		s.similar(orders)
	}
	return append(match.Acronyms(name), s.names(name)...)
}

// search is one look for names, and what it has found: how similar each is.
type search struct {
	index *Index
	found map[uint32]float64

	bag bag
}

// names are those that were found, the most similar first.
func (s *search) names(but string) []string {
	ids := make([]uint32, 0, len(s.found))
	for id := range s.found {
		if string(s.index.at(id)) != but {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(s.found[b], s.found[a]), slices.Compare(s.index.at(a), s.index.at(b)))
	})
	var names []string
	for _, id := range ids[:min(len(ids), MaxFound)] {
		names = append(names, string(s.index.at(id)))
	}
	return names
}

// similar finds the names of which a form is similar to one of some texts. The texts hold the same characters, in whatever
// order: the filters look at them once for all.
func (s *search) similar(texts []string) {
	query := []rune(texts[0])
	s.bag = bag{}
	s.bag.add(query)
	wanted := signed(query)
	for length := 1; length < len(s.index.lengths); length++ {
		b := &s.index.lengths[length]
		if len(b.texts) == 0 {
			continue
		}
		limits := limitsOf(len(query), length)
		for i := range b.signatures {
			if different := wanted.differs(b.signatures[i]); different <= limits[longestPrefix] {
				s.compare(texts, b.texts[i], len(query), length, different, &limits)
			}
		}
	}
}

// compare looks closer at one text, if what it has in common with the others at its beginning leaves the chance.
func (s *search) compare(texts []string, id uint32, held, length, different int, limits *limits) {
	other := s.index.at(id)
	bagged := false
	for _, text := range texts {
		limit := limits[prefix(text, other)]
		if different > limit {
			continue
		}
		if !bagged {
			different, bagged = max(different, s.bag.lacks(other, length, held)), true
			if different > limit {
				continue
			}
		}
		if similarity := match.JaroWinkler(text, string(other)); similarity >= match.MinSimilarity {
			name := s.index.names[id]
			s.found[name] = max(s.found[name], similarity)
		}
	}
}

// prefix is how many leading characters two texts have in common, up to longestPrefix.
func prefix(text string, other []byte) int {
	n := 0
	for n < longestPrefix && n < len(text) && n < len(other) && text[n] == other[n] && text[n] < utf8.RuneSelf {
		n++
	}
	text, other = text[n:], other[n:]
	for n < longestPrefix && len(text) > 0 && len(other) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		o, width := utf8.DecodeRune(other)
		if r != o {
			break
		}
		text, other = text[size:], other[width:]
		n++
	}
	return n
}

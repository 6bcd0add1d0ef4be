package proposition

import "slices"

// values is a set of the values that something may have.
type values uint8

const (
	isFalse values = 1 << iota
	isUnknown
	isTrue
	anything = isFalse | isUnknown | isTrue
)

// Possible says whether there can be a lead for which all of some formulas are true, and none of some others is: those may
// be false or unknown. With no work left, everything is possible.
func (l *Logic) Possible(yes, no []*Formula) bool {
	if l.left <= 0 {
		return true
	}
	s := search{Logic: l, yes: yes, no: no, known: map[string]values{}, seen: map[*Formula]bool{}}
	for _, f := range slices.Concat(yes, no) {
		s.collect(f)
	}
	return s.possible(0)
}

type search struct {
	*Logic
	yes, no []*Formula
	atoms   []string
	known   map[string]values
	seen    map[*Formula]bool
}

// collect finds the atoms of a formula. They are all found unless no work is left.
func (s *search) collect(f *Formula) {
	if !s.spend(1) || s.seen[f] {
		return
	}
	s.seen[f] = true
	if _, isKnown := s.known[f.atom]; f.kind == atom && !isKnown {
		s.atoms, s.known[f.atom] = append(s.atoms, f.atom), anything
	}
	for _, part := range f.parts {
		if s.left <= 0 {
			return
		}
		s.collect(part)
	}
}

// possible tries the values of the atoms from one on, and stops where what is settled already rules it out.
func (s *search) possible(next int) bool {
	if s.left <= 0 {
		return true // and the atoms may not all be known
	}
	for _, f := range s.yes {
		if s.of(f)&isTrue == 0 {
			return false
		}
	}
	for _, f := range s.no {
		if s.of(f) == isTrue {
			return false
		}
	}
	if next == len(s.atoms) {
		return true
	}
	for _, v := range []values{isTrue, isFalse, isUnknown} {
		s.known[s.atoms[next]] = v
		if s.possible(next + 1) {
			return true
		}
	}
	s.known[s.atoms[next]] = anything
	return false
}

// of are the values that a formula may have, by what is settled. With no work left, it may have any.
func (s *search) of(f *Formula) values {
	if !s.spend(1) {
		return anything
	}
	switch f.kind {
	case always:
		return isTrue
	case never:
		return isFalse
	case not:
		return opposite(s.of(f.parts[0]))
	case both:
		return s.fold(f.parts, isTrue, least)
	case either:
		return s.fold(f.parts, isFalse, greatest)
	default:
		return s.known[f.atom]
	}
}

func (s *search) fold(parts []*Formula, from values, of func(a, b values) values) values {
	all := from
	for _, part := range parts {
		if s.left <= 0 {
			return anything
		}
		one, next := s.of(part), values(0)
		for _, a := range singles(all) {
			for _, b := range singles(one) {
				next |= of(a, b)
			}
		}
		all = next
	}
	return all
}

func singles(v values) []values {
	return slices.DeleteFunc([]values{isFalse, isUnknown, isTrue}, func(one values) bool { return v&one == 0 })
}

// By the logic of Kleene, false < unknown < true.
func least(a, b values) values    { return min(a, b) }
func greatest(a, b values) values { return max(a, b) }

func opposite(v values) values {
	turned := v & isUnknown
	if v&isTrue != 0 {
		turned |= isFalse
	}
	if v&isFalse != 0 {
		turned |= isTrue
	}
	return turned
}

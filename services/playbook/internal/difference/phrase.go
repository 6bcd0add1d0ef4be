package difference

import (
	"strconv"
	"strings"
)

// phrase is how a sales leader reads the change of a field. In the pattern, * is any name; {1}, {2}, ... are those names,
// {clock}, {stage} and {Team} the first of them in words, {words} the last; {old} and {new} what the field said and says. With
// no text of its own, what is added reads as what is changed, up to "instead".
type phrase struct {
	pattern, changed, added, removed string
}

// book is phrases by the section that their pattern begins with.
type book map[string][]spoken

// spoken is a phrase and the parts of its pattern.
type spoken struct {
	phrase
	parts []string
}

func newBook() book {
	b := book{}
	for _, p := range phrases() {
		parts := strings.Split(p.pattern, ".")
		b[parts[0]] = append(b[parts[0]], spoken{p, parts})
	}
	return b
}

// find is the text for what happened to a field, and the names that stand for the stars of its pattern.
func (b book) find(steps []string, kind Kind) (text string, names []string, ok bool) {
	for _, s := range b[steps[0]] {
		if names, fits := s.fits(steps); fits && s.of(kind) != "" {
			return s.of(kind), names, true
		}
	}
	return "", nil, false
}

// fits says which names the stars of a pattern stand for.
func (s spoken) fits(steps []string) (names []string, ok bool) {
	if len(s.parts) != len(steps) {
		return nil, false
	}
	for i, part := range s.parts {
		switch part {
		case "*":
			names = append(names, steps[i])
		case steps[i]:
		default:
			return nil, false
		}
	}
	return names, true
}

// of is the phrase's text for what happened.
func (p phrase) of(kind Kind) string {
	switch {
	case kind == Added && p.added == "": // where nothing was
		text, _, _ := strings.Cut(p.changed, " instead")
		return strings.TrimSuffix(text, ",")
	case kind == Added:
		return p.added
	case kind == Removed:
		return p.removed
	default:
		return p.changed
	}
}

// fill puts names and values into a text.
func fill(text string, names []string, before, after string) string {
	pairs := []string{"{old}", before, "{new}", after}
	for i, name := range names {
		pairs = append(pairs, "{"+strconv.Itoa(i+1)+"}", name)
	}
	if len(names) > 0 {
		pairs = append(pairs, "{clock}", clockName(names[0]), "{stage}", stageName(names[0]), "{Team}", capital(names[0]),
			"{words}", plain(names[len(names)-1]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

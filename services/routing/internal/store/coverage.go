package store

import (
	"strings"

	"github.com/handoffhq/handoff/services/routing/internal/coverage"
)

// Covered is a coverage in a column of text, such as `region:dach language:de language:fr`; empty for nothing. The names in
// a coverage hold neither spaces nor colons.
type Covered string

// Covering is a coverage as it is stored.
func Covering(c coverage.Coverage) Covered {
	var words []string
	add := func(kind string, names []string) {
		for _, name := range names {
			words = append(words, kind+":"+name)
		}
	}
	add("segment", c.Segments)
	add("region", c.Regions)
	add("skill", c.Skills)
	add("language", c.Languages)
	return Covered(strings.Join(words, " "))
}

// Coverage is what is stored.
func (c Covered) Coverage() coverage.Coverage {
	if c == "" {
		return coverage.Coverage{}
	}
	names := map[string][]string{}
	for word := range strings.FieldsSeq(string(c)) {
		kind, name, _ := strings.Cut(word, ":")
		names[kind] = append(names[kind], name)
	}
	return coverage.New(names["segment"], names["region"], names["skill"], names["language"])
}

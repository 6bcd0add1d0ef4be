package coverage

import "slices"

// Coverage is what a rep covers, or what a lead needs. Each set is sorted and names nothing twice.
type Coverage struct {
	Segments, Regions, Skills, Languages []string
}

// New puts sets of names, in any order, together.
func New(segments, regions, skills, languages []string) Coverage {
	return Coverage{Segments: set(segments), Regions: set(regions), Skills: set(skills), Languages: set(languages)}
}

// Union is all of two.
func Union(a, b Coverage) Coverage {
	return New(slices.Concat(a.Segments, b.Segments), slices.Concat(a.Regions, b.Regions),
		slices.Concat(a.Skills, b.Skills), slices.Concat(a.Languages, b.Languages))
}

// Empty says whether there is nothing in it.
func (c Coverage) Empty() bool {
	return len(c.Segments)+len(c.Regions)+len(c.Skills)+len(c.Languages) == 0
}

// Covers says whether nothing of the needs is missing.
func (c Coverage) Covers(needs Coverage) bool {
	return within(needs.Segments, c.Segments) && within(needs.Regions, c.Regions) &&
		within(needs.Skills, c.Skills) && within(needs.Languages, c.Languages)
}

// Lacking is what of the needs is missing, such as "language de": segments first, then regions, skills and languages.
func (c Coverage) Lacking(needs Coverage) []string {
	var lacking []string
	miss := func(kind string, needed, had []string) {
		for _, name := range needed {
			if !has(had, name) {
				lacking = append(lacking, kind+" "+name)
			}
		}
	}
	miss("segment", needs.Segments, c.Segments)
	miss("region", needs.Regions, c.Regions)
	miss("skill", needs.Skills, c.Skills)
	miss("language", needs.Languages, c.Languages)
	return lacking
}

func within(needed, had []string) bool {
	return !slices.ContainsFunc(needed, func(name string) bool { return !has(had, name) })
}

func has(names []string, name string) bool {
	_, found := slices.BinarySearch(names, name)
	return found
}

func set(names []string) []string {
	if len(names) == 0 {
		return nil
	}
	sorted := slices.Sorted(slices.Values(names))
	return slices.Compact(sorted)
}

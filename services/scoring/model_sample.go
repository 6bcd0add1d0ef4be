package scoring

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/scoring/internal/early"
)

const (
	// mostFeatures is how many features are looked at: those that most leads have.
	mostFeatures = 500
	// lateRows is how many leads must have an attribute for it to be judged late.
	lateRows = 20
	// lateShare is from which share of them on it is.
	lateShare = 0.5
)

// sample makes the table of what was gathered.
func (s *school) sample() (*predict.Sample, error) {
	names := s.names()
	table, err := predict.NewTable(names, nil)
	if err != nil {
		return nil, err
	}
	out := &predict.Sample{Table: table, Times: []time.Time{}}
	fields := make([]string, len(names))
	for _, p := range s.pupils {
		for i, name := range names {
			fields[i] = p.row.Text(name)
		}
		if err := table.Append(fields); err != nil {
			return nil, err
		}
		out.Positive, out.Keys, out.Times = append(out.Positive, p.positive), append(out.Keys, p.id), append(out.Times, p.first)
	}
	return out, nil
}

// names are the features that leads have, those that most have first to be kept, in the order of their names.
func (s *school) names() (names []string) {
	if s.features != nil {
		for _, f := range s.features {
			names = append(names, f.Name)
		}
		return names
	}
	counts := map[string]int{}
	for _, p := range s.pupils {
		for _, name := range p.row.Names() {
			counts[name]++
		}
	}
	names = slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	names = slices.DeleteFunc(names, s.excluded)
	// Names that differ in case alone would be one column; the more frequent stays.
	seen := map[string]bool{}
	names = slices.DeleteFunc(names, func(name string) bool {
		twice := seen[strings.ToLower(strings.TrimSpace(name))]
		seen[strings.ToLower(strings.TrimSpace(name))] = true
		return twice
	})
	names = names[:min(len(names), mostFeatures)]
	slices.Sort(names)
	return names
}

// excluded reports whether a feature is not wanted. A pattern that cannot be read fits nothing.
func (s *school) excluded(feature string) bool {
	return slices.ContainsFunc(s.wanted.GetExclude(), func(pattern string) bool {
		fits, err := path.Match(pattern, feature)
		return err == nil && fits
	})
}

// suspicions are what the times of recording say against the sample.
func (s *school) suspicions() (warnings []predict.Warning, cautions []string) {
	for _, name := range slices.Sorted(maps.Keys(s.late)) {
		n, of := s.late[name], s.having[name]
		feature := early.Attribute(name)
		if of < lateRows || float64(n) < lateShare*float64(of) || s.excluded(feature) {
			continue
		}
		warnings = append(warnings, predict.Warning{Feature: feature, Sign: predict.Late, Figure: float64(n) / float64(of),
			Text: fmt.Sprintf("of %d leads that have it, %d got it only after they had qualified or the early days were over; just what was known before is learnt from", of, n)})
	}
	if s.undecided > 0 {
		cautions = append(cautions, fmt.Sprintf("%d leads are left out: a deal of theirs was won, and nobody says when", s.undecided))
	}
	if s.brought > 0 {
		cautions = append(cautions, fmt.Sprintf("%d of %d leads were taken in later after first contact than the early days are long, as imported ones are: what was typed afterwards cannot be told from what was known early", s.brought, len(s.pupils)))
	}
	return warnings, cautions
}

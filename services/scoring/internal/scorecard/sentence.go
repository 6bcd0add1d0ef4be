package scorecard

import (
	"cmp"
	"slices"
	"strconv"
)

// named is how many sorts of engagement a sentence names.
const named = 3

// Sentence says in plain words what both scores are made of: "Fit is 60 of 100:
// size and tech match; geography does not match; role is not known. Engagement is
// 42 of 100: form submit (34.5) and 3 × page view of /pricing (7.5)." Points are
// cut to two decimals, so 70.004 reads as 70. Equal scores give equal words.
func Sentence(fit, engagement Score) string {
	text := make([]byte, 0, 512) // most sentences fit
	text = appendSentence(text, "Fit", fit, appendFitReasons)
	text = append(text, ' ')
	return string(appendSentence(text, "Engagement", engagement, appendEngagementReasons))
}

func appendSentence(text []byte, name string, score Score, reasons func([]byte, []*Line) []byte) []byte {
	text = append(text, name...)
	text = append(text, " is "...)
	text = score.Total.append(text, 2)
	text = append(text, " of 100"...)
	lines := score.AppendLines(nil)
	if last := len(lines) - 1; last >= 0 && lines[last].Rule == Clamp {
		lines, text = lines[:last], append(text, ", the most there can be"...)
	}
	return append(reasons(append(text, ": "...), lines), '.')
}

// appendFitReasons sorts the rules by their answers.
func appendFitReasons(text []byte, lines []*Line) []byte {
	if len(lines) == 0 {
		return append(text, "no criterion gives points"...)
	}
	var counts [True + 1]int
	for _, line := range lines {
		counts[line.Truth]++
	}
	clauses := 0
	for _, clause := range [...]struct {
		truth    Truth
		one, all string
	}{
		{True, " matches", " match"},
		{False, " does not match", " do not match"},
		{Unknown, " is not known", " are not known"},
	} {
		count := counts[clause.truth]
		if count == 0 {
			continue
		}
		if clauses++; clauses > 1 {
			text = append(text, "; "...)
		}
		text = appendRules(text, lines, clause.truth, count)
		if count == 1 {
			text = append(text, clause.one...)
		} else {
			text = append(text, clause.all...)
		}
	}
	return text
}

// appendRules lists the rules with one answer, of which there are count.
func appendRules(text []byte, lines []*Line, truth Truth, count int) []byte {
	place := 0
	for _, line := range lines {
		if line.Truth == truth {
			text = appendPlain(appendJoint(text, place, count), line.Rule)
			place++
		}
	}
	return text
}

// appendEngagementReasons names the sorts of engagement that gave most.
func appendEngagementReasons(text []byte, lines []*Line) []byte {
	giving := slices.DeleteFunc(slices.Clone(lines), func(l *Line) bool { return l.Contribution == 0 })
	switch {
	case len(lines) == 0:
		return append(text, "nothing that counts was done"...)
	case len(giving) == 0:
		return append(text, "what was done gives no points"...)
	}
	slices.SortStableFunc(giving, func(a, b *Line) int { return cmp.Compare(b.Contribution, a.Contribution) })
	reasons := min(len(giving), named+1)
	for i, line := range giving[:min(len(giving), named)] {
		text = appendActivity(appendJoint(text, i, reasons), line)
	}
	if reasons <= named {
		return text
	}
	var rest Micro
	for _, line := range giving[named:] {
		rest += line.Contribution
	}
	text = append(appendJoint(text, named, reasons), "other activity ("...)
	return append(rest.append(text, 2), ')')
}

// appendActivity adds "3 × page view of /pricing (7.5)"; it counts the events that gave points.
func appendActivity(text []byte, line *Line) []byte {
	count := 0
	for i := range line.Events {
		if line.Events[i].Contribution > 0 {
			count++
		}
	}
	if count > 1 {
		text = append(strconv.AppendInt(text, int64(count), 10), " × "...)
	}
	text = appendPlain(text, line.Rule)
	if line.Asset != "" {
		text = append(append(text, " of "...), line.Asset...)
	}
	return append(line.Contribution.append(append(text, " ("...), 2), ')')
}

// appendPlain adds a name as people write it.
func appendPlain(text []byte, name string) []byte {
	for i := range len(name) {
		if name[i] == '_' {
			text = append(text, ' ')
		} else {
			text = append(text, name[i])
		}
	}
	return text
}

// appendJoint adds what stands before a word of a list as people write it: "a", "a and b", "a, b and c".
func appendJoint(text []byte, place, count int) []byte {
	switch place {
	case 0:
		return text
	case count - 1:
		return append(text, " and "...)
	default:
		return append(text, ", "...)
	}
}

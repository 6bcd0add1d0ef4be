package scorecard

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// named is how many sorts of engagement a sentence names.
const named = 3

// Sentence says in plain words what both scores are made of: "Fit is 60 of 100:
// size and tech match; geography does not match; role is not known. Engagement is
// 42 of 100: form submit (34.5) and 3 × page view of /pricing (7.5)." Points are
// cut to two decimals, so 70.004 reads as 70. Equal scores give equal words.
func Sentence(fit, engagement Score) string {
	return sentence("Fit", fit, fitReasons) + " " + sentence("Engagement", engagement, engagementReasons)
}

func sentence(name string, score Score, reasons func([]*Line) string) string {
	lines, most := slices.Collect(score.Lines()), ""
	if last := len(lines) - 1; last >= 0 && lines[last].Rule == Clamp {
		lines, most = lines[:last], ", the most there can be"
	}
	return name + " is " + score.Total.format(2) + " of 100" + most + ": " + reasons(lines) + "."
}

// fitReasons sorts the rules by their answers.
func fitReasons(lines []*Line) string {
	if len(lines) == 0 {
		return "no criterion gives points"
	}
	clauses := make([]string, 0, 3)
	words := make([]string, 0, len(lines))
	for _, clause := range []struct {
		truth    Truth
		one, all string
	}{
		{True, " matches", " match"},
		{False, " does not match", " do not match"},
		{Unknown, " is not known", " are not known"},
	} {
		words = words[:0]
		for _, line := range lines {
			if line.Truth == clause.truth {
				words = append(words, plain(line.Rule))
			}
		}
		switch len(words) {
		case 0:
		case 1:
			clauses = append(clauses, words[0]+clause.one)
		default:
			clauses = append(clauses, list(words)+clause.all)
		}
	}
	return strings.Join(clauses, "; ")
}

// engagementReasons names the sorts of engagement that gave most.
func engagementReasons(lines []*Line) string {
	giving := slices.DeleteFunc(slices.Clone(lines), func(l *Line) bool { return l.Contribution == 0 })
	switch {
	case len(lines) == 0:
		return "nothing that counts was done"
	case len(giving) == 0:
		return "what was done gives no points"
	}
	slices.SortStableFunc(giving, func(a, b *Line) int { return cmp.Compare(b.Contribution, a.Contribution) })
	var reasons []string
	for i, line := range giving {
		if i == named {
			reasons = append(reasons, rest(giving[named:]))
			break
		}
		reasons = append(reasons, activity(line)+" ("+line.Contribution.format(2)+")")
	}
	return list(reasons)
}

func rest(lines []*Line) string {
	var sum Micro
	for _, line := range lines {
		sum += line.Contribution
	}
	return "other activity (" + sum.format(2) + ")"
}

// activity returns "3 × page view of /pricing"; it counts the events that gave points.
func activity(line *Line) string {
	count := 0
	for _, share := range line.Events {
		if share.Contribution > 0 {
			count++
		}
	}
	text := plain(line.Rule)
	if line.Asset != "" {
		text += " of " + line.Asset
	}
	if count > 1 {
		return strconv.Itoa(count) + " × " + text
	}
	return text
}

func plain(name string) string { return strings.ReplaceAll(name, "_", " ") }

// list joins words as people do: "a", "a and b", "a, b and c".
func list(words []string) string {
	last := len(words) - 1
	if last <= 0 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

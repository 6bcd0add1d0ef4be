package proposition_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/playbook/internal/proposition"
)

// formulas reads texts as those of one playbook.
func formulas(l *proposition.Logic, texts ...string) []*proposition.Formula {
	var all []*proposition.Formula
	for _, text := range texts {
		all = append(all, l.Read(text))
	}
	return all
}

func possible(criteria map[string]string, yes, no []string) bool {
	l := proposition.New(criteria, 200_000)
	return l.Possible(formulas(l, yes...), formulas(l, no...))
}

func TestWhatCanBeTrueTogether(t *testing.T) {
	t.Parallel()
	criteria := map[string]string{"big": "account.employees >= 200", "hot": `engagement.count("form_submit", {"form": ["demo"]}) >= 1 || account.is_target`}
	tests := []struct {
		yes, no []string
		want    bool
	}{
		{[]string{"a"}, nil, true},
		{[]string{"a", "!a"}, nil, false},
		{[]string{"a && b"}, []string{"a"}, false},
		{[]string{"a"}, []string{"a && b"}, true},
		{[]string{"a"}, []string{"a || b"}, false},
		{[]string{"a"}, []string{"b", "!b"}, true}, // b is not known
		{[]string{"a"}, []string{"b || !b"}, true},
		{[]string{"(a && b) || c"}, []string{"c", "b"}, false},
		{[]string{"a"}, []string{"true"}, false},
		{[]string{"false"}, nil, false},
		{[]string{"big"}, []string{"account . employees>=200"}, false},
		{[]string{"big && x"}, []string{"big"}, false},
		{[]string{"account.is_target"}, []string{"hot"}, false},
		{[]string{"hot"}, []string{"account.is_target"}, true},
		{[]string{"!account.has_open_opportunity", "account.has_open_opportunity && x"}, nil, false},
		{[]string{"!!a"}, []string{"a"}, false},
		{[]string{"!(a || b)"}, []string{"!a"}, false},
		{[]string{"!a.exists(x, x > 1)"}, []string{"!a.exists(x, x > 1)"}, false},
		{[]string{"a ? b : c"}, []string{"a", "b", "c"}, true}, // a choice is one atom
		{[]string{"!a == b"}, []string{"!a"}, true},            // and so is a comparison
		{[]string{`a == "x && y"`}, []string{`a == "x"`}, true},
		{[]string{"account.employees > 500"}, []string{"account.employees > 200"}, true}, // numbers are not compared
		{[]string{""}, nil, true}, {[]string{")(", "&&"}, nil, true},
	}
	for _, tt := range tests {
		if got := possible(criteria, tt.yes, tt.no); got != tt.want {
			t.Errorf("%q and not %q: possible %t, want %t", tt.yes, tt.no, got, tt.want)
		}
	}
}

// What one lead shows is never called impossible: the formulas that are true of it are so together.
func TestWhatALeadShowsIsPossible(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var yes, no []string
		truth := map[string]int{}
		for _, name := range []string{"a", "b", "c", "d"} {
			truth[name] = rapid.IntRange(0, 2).Draw(t, name)
		}
		for range rapid.IntRange(1, 6).Draw(t, "formulas") {
			text, value := sentence(t, truth, 4)
			if value == 2 {
				yes = append(yes, text)
			} else {
				no = append(no, text)
			}
		}
		if !possible(nil, yes, no) {
			t.Fatalf("%q and not %q are said to be impossible, with %v", yes, no, truth)
		}
	})
}

// sentence is a formula and its truth by the logic of Kleene: 0 false, 1 unknown, 2 true.
func sentence(t *rapid.T, truth map[string]int, depth int) (string, int) {
	if depth == 0 || rapid.Bool().Draw(t, "atom") {
		name := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "name")
		return name, truth[name]
	}
	left, l := sentence(t, truth, depth-1)
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		return "!(" + left + ")", 2 - l
	case 1:
		right, r := sentence(t, truth, depth-1)
		return "(" + left + " && " + right + ")", min(l, r)
	default:
		right, r := sentence(t, truth, depth-1)
		return "(" + left + " || " + right + ")", max(l, r)
	}
}

func TestTheWorkIsBounded(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("(", 5000) + "a" + strings.Repeat(")", 5000)
	var wide []string
	for i := range 100 {
		wide = append(wide, "(a"+strings.Repeat("x", i)+" || !b"+strings.Repeat("y", i)+")")
	}
	if !possible(nil, []string{deep, "!(" + strings.Join(wide, " && ") + ")"}, wide) {
		t.Error("what takes too long to find out is not called possible")
	}
}

// A long criterion that many expressions name all the time is in memory once, and no step is taken beyond the work.
func TestACriterionIsReadOnceHoweverOftenItIsNamed(t *testing.T) {
	t.Parallel()
	const times, expressions, work = 1365, 100, 1_000_000
	criteria := map[string]string{"c": strings.Repeat("a||", times-1) + "b"} // 4 KiB
	texts := make([]string, expressions)
	for i := range texts {
		texts[i] = strings.Repeat(" ", i) + strings.Repeat("c||", times-1) + "c"
	}
	l := proposition.New(criteria, work)
	all := formulas(l, texts...)
	if got, most := proposition.Nodes(all), expressions+1+times; got > most {
		t.Errorf("%d formulas for %d expressions that name one of %d parts, want at most %d", got, expressions, times, most)
	}
	if spent, most := work-l.Left(), (expressions+1)*5*times; spent > most {
		t.Errorf("reading takes %d, want at most %d: each text once", spent, most)
	}
	for i := range all {
		if !l.Possible(all[:i], all[i:]) && l.Left() <= 0 {
			t.Fatal("what takes too long to find out is not called possible")
		}
	}
	if over := -l.Left(); over < 0 || over > 5*times {
		t.Errorf("%d steps beyond the work of %d", over, work)
	}
}

// With no work left, a text is an atom, and neither collecting nor looking at formulas goes on.
func TestNothingIsDoneWithoutWork(t *testing.T) {
	t.Parallel()
	l := proposition.New(map[string]string{"c": strings.Repeat("a||", 1000) + "b"}, 10)
	read := formulas(l, "a", "!a", strings.Repeat("c||", 1000)+"c", "x && y && z")
	left := l.Left()
	if got := proposition.Nodes(read[3:]); got != 1 {
		t.Errorf("%d formulas, want one atom", got)
	}
	if !l.Possible(read[:2], read[2:]) {
		t.Error("what cannot be found out is not called possible")
	}
	if spent := left - l.Left(); spent > len(read) {
		t.Errorf("took %d steps, want at most one for each of %d formulas", spent, len(read))
	}
}

func FuzzReadTakesAnyText(f *testing.F) {
	for _, text := range []string{"a && !b", "((", "!", "a ? b : c || d", `"`, "[a || b][0]"} {
		f.Add(text)
	}
	f.Fuzz(func(_ *testing.T, text string) {
		criteria := map[string]string{"a": "b || c", "b": text}
		possible(criteria, []string{text}, nil)
		possible(criteria, nil, []string{text})
	})
}

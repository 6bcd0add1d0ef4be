package recalibrate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Because is what became of the cases that a change leaves out, and of those that it keeps.
type Because struct {
	Left, LeftGood int
	Kept, KeptGood int
	Words          []Word // what sales said of the bad ones that it leaves out, the most frequent first
}

// Word is how often sales said something.
type Word struct {
	Word  string
	Count int
}

// because compares what is kept before and after a change.
func because(cases []Judged, before, after []bool) Because {
	var b Because
	said := map[string]int{}
	for i, c := range cases {
		switch {
		case after[i]:
			b.Kept++
			b.KeptGood += one(c.Good)
		case before[i]:
			b.Left++
			b.LeftGood += one(c.Good)
			if !c.Good {
				said[c.Word]++
			}
		}
	}
	for _, word := range slices.Sorted(maps.Keys(said)) {
		b.Words = append(b.Words, Word{word, said[word]})
	}
	slices.SortStableFunc(b.Words, func(a, c Word) int { return cmp.Compare(c.Count, a.Count) })
	return b
}

// Sentence says it in words that both teams read.
func (b Because) Sentence() string {
	text := fmt.Sprintf("Of the %s that it leaves out, %s good", leads(b.Left), counted(b.LeftGood, b.Left))
	if len(b.Words) > 0 {
		said := make([]string, len(b.Words))
		for i, w := range b.Words {
			said[i] = fmt.Sprintf("%d %s", w.Count, strings.ReplaceAll(w.Word, "_", " "))
		}
		text += " (sales said of the others: " + strings.Join(said, ", ") + ")"
	}
	return text + fmt.Sprintf("; of the %d that it keeps, %s.", b.Kept, counted(b.KeptGood, b.Kept))
}

func leads(n int) string {
	if n == 1 {
		return "1 lead"
	}
	return fmt.Sprintf("%d leads", n)
}

// counted says how many of some are so, and what share that is.
func counted(part, whole int) string {
	verb := "were"
	if part == 1 {
		verb = "was"
	}
	if whole == 0 {
		return fmt.Sprintf("%d %s", part, verb)
	}
	return fmt.Sprintf("%d (%d %%) %s", part, (200*part+whole)/(2*whole), verb)
}

// Sentence says what a draft did on weeks that had no part in choosing it.
func (f Figures) Sentence() string {
	return fmt.Sprintf("Of the %s that sales answered in the weeks held out, the draft keeps %d, of which %s good; of the %d that the playbook "+
		"in force holds best, %s. It has %s in the place of as many others: %d good ones for %d (chance alone would do as well with p = %.4f).",
		leads(f.Answered), f.Kept, counted(f.KeptGood, f.Kept), f.Kept, counted(f.BaseGood, f.Kept), leads(f.Swapped), f.InGood, f.OutGood, f.P())
}

package figures

import (
	"strings"
	"unicode/utf8"
)

// maxHead is the most lines that a heading is broken into.
const maxHead = 3

// table is the rows of a section: text to the left, figures to the right.
type table struct {
	head []string
	rows [][]string
}

// lines are the aligned lines of the table.
func (t *table) lines() []string {
	all := append(t.heading(), t.rows...)
	var widths []int
	for _, row := range all {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	lines := make([]string, len(all))
	for n, row := range all {
		var line strings.Builder
		for i, cell := range row {
			gap := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if t.figures(i) {
				cell, gap = gap+cell, ""
			}
			line.WriteString("  " + cell + gap)
		}
		lines[n] = strings.TrimRight(line.String(), " ")
	}
	return lines
}

// figures reports whether a column holds nothing but figures.
func (t *table) figures(column int) bool {
	for _, row := range t.rows {
		if column < len(row) && row[column] != "" && !strings.ContainsRune("0123456789+-", rune(row[column][0])) {
			return false
		}
	}
	return true
}

// heading breaks the words of headings into lines that stand on the rows. Those of text stay on one line.
func (t *table) heading() [][]string {
	height := 0
	words := make([][]string, len(t.head))
	for i, h := range t.head {
		words[i] = []string{h}
		if t.figures(i) {
			words[i] = broken(h)
		}
		height = max(height, len(words[i]))
	}
	lines := make([][]string, height)
	for n := range lines {
		lines[n] = make([]string, len(t.head))
		for i, w := range words {
			if at := n - (height - len(w)); at >= 0 {
				lines[n][i] = w[at]
			}
		}
	}
	return lines
}

// broken is a heading in lines of a word, the first of several if there are too many.
func broken(head string) []string {
	words := strings.Fields(strings.ReplaceAll(head, "_", " "))
	if extra := len(words) - maxHead; extra > 0 {
		return append([]string{strings.Join(words[:extra+1], " ")}, words[extra+1:]...)
	}
	return words
}

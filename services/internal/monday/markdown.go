package monday

import (
	"fmt"
	"io"
	"strings"
)

// Markdown writes the page as GitHub's Markdown.
func (p *Page) Markdown(w io.Writer) error {
	m := &markdown{}
	m.line("# Promises of both teams: %s", p.Title)
	m.line("%s, %s; as of %s%s.", p.Days, p.Zone, p.AsOf, p.byPlaybook())
	if p.Closed != "" {
		m.line("%s", escape(p.Closed))
	}
	if len(p.Teams) == 0 {
		m.line("No playbook was in force: nobody had promised anything.")
	}
	for _, t := range p.Teams {
		m.line("**%s**", escape(t.Headline))
	}
	for _, t := range p.Teams {
		m.line("## %s", t.Name)
		s := Section{Head: []string{"", "promised", "done", "of", "change", ""}, Text: 1}
		for _, at := range t.Promises {
			s.Rows = append(s.Rows, []string{at.What, at.Promised, at.Done, at.Of, at.Trend, at.Standing.String()})
		}
		m.table(s)
	}
	for _, s := range p.Sections {
		m.line("## %s", s.Title)
		if len(s.Rows) == 0 {
			m.line("Nothing.")
			continue
		}
		m.table(s)
		if s.Note != "" {
			m.line("%s", s.Note)
		}
	}
	_, err := io.WriteString(w, m.text.String())
	return err
}

// markdown is a text in the making.
type markdown struct{ text strings.Builder }

// line adds a paragraph.
func (m *markdown) line(format string, args ...any) {
	if m.text.Len() > 0 {
		m.text.WriteString("\n")
	}
	fmt.Fprintf(&m.text, format+"\n", args...)
}

// table adds a table, its figures to the right.
func (m *markdown) table(s Section) {
	m.text.WriteString("\n")
	m.row(s.Head)
	marks := make([]string, len(s.Head))
	for i := range marks {
		if marks[i] = "---:"; i < s.Text {
			marks[i] = "---"
		}
	}
	m.row(marks)
	for _, row := range s.Rows {
		m.row(row)
	}
}

func (m *markdown) row(cells []string) {
	m.text.WriteString("|")
	for _, cell := range cells {
		m.text.WriteString(" " + escape(cell) + " |")
	}
	m.text.WriteString("\n")
}

// escape keeps a name from being read as Markdown or HTML.
func escape(text string) string {
	return strings.NewReplacer("\\", `\\`, "|", `\|`, "*", `\*`, "_", `\_`, "`", "\\`", "<", "&lt;", "&", "&amp;", "[", `\[`, "\r", " ", "\n", " ").Replace(text)
}

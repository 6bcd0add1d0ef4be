package monday

import (
	"io"

	"github.com/handoffhq/handoff/services/internal/figures"
)

// Text writes the page for a terminal, the promises of both teams beside each other.
func (p *Page) Text(w io.Writer) error {
	out := figures.New(w)
	out.Title("Promises of both teams: %s", p.Title)
	out.Line("%s, %s; as of %s%s", p.Days, p.Zone, p.AsOf, p.byPlaybook())
	if p.Closed != "" {
		out.Line("%s", p.Closed)
	}
	for _, t := range p.Teams {
		out.Line("%s", t.Headline)
	}
	if len(p.Teams) == 0 {
		out.Line("No playbook was in force: nobody had promised anything.")
	} else {
		p.columns(out)
	}
	for _, s := range p.Sections {
		out.Title("%s", s.Title)
		if len(s.Rows) == 0 {
			out.Line("nothing")
			continue
		}
		out.Head(s.Head...)
		for _, row := range s.Rows {
			out.Row(row...)
		}
		if s.Note != "" {
			out.Line("(%s)", s.Note)
		}
	}
	return out.Flush()
}

func (p *Page) byPlaybook() string {
	if p.Playbook == "" {
		return ""
	}
	return "; by playbook " + p.Playbook
}

// columns are the promises of both teams, a row of each beside one of the other.
func (p *Page) columns(out *figures.Printer) {
	var head []string
	rows := 0
	for i, t := range p.Teams {
		if i > 0 {
			head = append(head, "│")
		}
		head = append(head, t.Name, "promised", "done", "change", "")
		rows = max(rows, len(t.Promises))
	}
	out.Title("What was promised")
	out.Head(head...)
	for n := range rows {
		var row []string
		for i, t := range p.Teams {
			if i > 0 {
				row = append(row, "│")
			}
			cells := []string{"", "", "", "", ""}
			if n < len(t.Promises) {
				at := t.Promises[n]
				cells = []string{at.What, at.Promised, at.Done, at.Trend, at.Standing.String()}
			}
			row = append(row, cells...)
		}
		out.Row(row...)
	}
	out.Line("(change: against the period before, in percentage points; figures without a promise stand for information)")
}

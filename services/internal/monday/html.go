package monday

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

//go:embed page.html
var pageText string

// HTML writes the page as one file that needs no other, to read on a screen or to print.
func (p *Page) HTML(w io.Writer) error {
	page, err := template.New("page").Parse(pageText)
	if err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	var out bytes.Buffer
	if err := page.Execute(&out, p); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	_, err = w.Write(out.Bytes())
	return err
}

// Good says whether every promise of the team that can be judged was kept.
func (t Team) Good() bool {
	for _, p := range t.Promises {
		if p.Standing == Broken {
			return false
		}
	}
	return true
}

// Figures says whether a column holds figures.
func (s Section) Figures(column int) bool { return column >= s.Text }

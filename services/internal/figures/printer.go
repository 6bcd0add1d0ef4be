package figures

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Printer prints reports as sections of aligned rows. Its first error ends it; Flush gives it.
type Printer struct {
	w   *tabwriter.Writer
	err error
}

// New makes a printer.
func New(w io.Writer) *Printer {
	return &Printer{w: tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight|tabwriter.DiscardEmptyColumns)}
}

func (p *Printer) print(format string, args ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format, args...)
	}
}

// Title begins a section.
func (p *Printer) Title(format string, args ...any) {
	if p.err == nil {
		p.err = p.w.Flush()
	}
	p.print("\n"+format+"\n", args...)
}

// Line prints a line of text.
func (p *Printer) Line(format string, args ...any) { p.print("  "+format+"\n", args...) }

// Row prints a row of cells.
func (p *Printer) Row(cells ...string) { p.print("  %s\t\n", strings.Join(cells, "\t")) }

// Flush prints what is left and gives the first error.
func (p *Printer) Flush() error {
	if p.err == nil {
		p.err = p.w.Flush()
	}
	return p.err
}

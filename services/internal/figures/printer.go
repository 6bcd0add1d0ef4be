package figures

import (
	"fmt"
	"io"
	"strings"
)

// Printer prints reports as sections of aligned rows. Its first error ends it; Flush gives it.
type Printer struct {
	w     io.Writer
	table table
	err   error
}

// New makes a printer.
func New(w io.Writer) *Printer { return &Printer{w: w} }

func (p *Printer) print(text string) {
	if p.err == nil {
		_, p.err = io.WriteString(p.w, text)
	}
}

// Title begins a section.
func (p *Printer) Title(format string, args ...any) {
	p.align()
	p.print("\n" + fmt.Sprintf(format, args...) + "\n")
}

// Line prints a line of text.
func (p *Printer) Line(format string, args ...any) {
	p.align()
	p.print("  " + fmt.Sprintf(format, args...) + "\n")
}

// Head prints the headings of the columns of the rows that follow. Long ones are broken between words.
func (p *Printer) Head(cells ...string) {
	p.align()
	p.table.head = cells
}

// Row prints a row of cells. Rows that follow each other are aligned: columns of figures to the right, others to the left.
func (p *Printer) Row(cells ...string) { p.table.rows = append(p.table.rows, cells) }

// align prints the rows that were gathered.
func (p *Printer) align() {
	if len(p.table.rows)+len(p.table.head) > 0 {
		p.print(strings.Join(p.table.lines(), "\n") + "\n")
	}
	p.table = table{}
}

// Flush prints what is left and gives the first error.
func (p *Printer) Flush() error {
	p.align()
	return p.err
}

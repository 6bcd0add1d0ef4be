package importer

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// Report is what became of all rows.
type Report struct {
	Source     string       `json:"source"`
	Resumed    bool         `json:"resumed"`    // whether it went on from an interrupted import, whose figures are included
	RejectFile string       `json:"rejectFile"` // where the rejected rows are
	Steps      []StepReport `json:"steps"`
}

// StepReport is what became of the rows of one pass over a file.
type StepReport struct {
	File      string  `json:"file"`
	Read      int64   `json:"read"`     // rows
	Rejected  int64   `json:"rejected"` // of them; each is in the reject file once
	Resources []Tally `json:"resources"`
}

// Tally is what became of one resource of each row. Accepted, repeated, skipped and rejected sum to the rows.
type Tally struct {
	Kind     mapping.Kind `json:"kind"`
	Accepted int64        `json:"accepted"`          // created, or known already
	Repeated int64        `json:"repeated"`          // made of an earlier row of this import: a campaign or a rep
	Skipped  int64        `json:"skipped"`           // left out by a filter
	Rejected int64        `json:"rejected"`          // refused, or left with another resource of its row that was
	Waiting  int64        `json:"waiting,omitempty"` // of the accepted: engagements of people who are not known yet
}

// Rejected is how many rows were rejected; one that was in several passes counts in each.
func (r *Report) Rejected() (rows int64) {
	for _, s := range r.Steps {
		rows += s.Rejected
	}
	return rows
}

// Write writes the report as a table.
func (r *Report) Write(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "file\trows\tresource\taccepted\trepeated\tskipped\trejected\t")
	for _, s := range r.Steps {
		file, rows := s.File, fmt.Sprint(s.Read)
		for _, t := range s.Resources {
			fmt.Fprintf(out, "%s\t%s\t%s\t%d\t%d\t%d\t%d\t\n", file, rows, t.Kind, t.Accepted, t.Repeated, t.Skipped, t.Rejected)
			file, rows = "", ""
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if rejected := r.Rejected(); rejected > 0 {
		_, err := fmt.Fprintf(w, "%d rejected; line by line in %s\n", rejected, r.RejectFile)
		return err
	}
	return nil
}

// newSteps are the figures before the first row.
func newSteps(sources []source) []StepReport {
	steps := make([]StepReport, len(sources))
	for i, s := range sources {
		steps[i] = StepReport{File: s.step.File, Resources: make([]Tally, len(s.step.Makes))}
		for j, mk := range s.step.Makes {
			steps[i].Resources[j].Kind = mk.Kind
		}
	}
	return steps
}

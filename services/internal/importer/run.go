package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/handoffhq/handoff/services/internal/importer/mapping"
	"github.com/handoffhq/handoff/services/internal/importer/table"
)

// run is an import that is under way.
type run struct {
	cfg     Config
	suite   *suite
	sources []source // by step
	space   *workspace
	state   *state
	total   int64 // bytes of all steps
}

// Run imports what the mapping says, or goes on with it, and reports what became of every row.
//
// An error means that not every row was dealt with: the suite does not answer, a file cannot be read, or ctx ended. The next
// Run goes on where this one was.
func Run(ctx context.Context, cfg Config) (report *Report, err error) {
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	r := &run{cfg: cfg, suite: &suite{scoring: cfg.Scoring, attribution: cfg.Attribution, routing: cfg.Routing, attempts: cfg.Attempts}}
	if r.sources, err = sources(cfg.Mapping, cfg.Path); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	for _, s := range r.sources {
		r.total += s.size
	}
	if r.space, err = openWorkspace(cfg.Dir, cfg.Restart); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	defer func() { err = errors.Join(err, r.space.close()) }()
	resumed, err := r.begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	for r.state.Step < len(r.sources) {
		if err := r.step(ctx); err != nil {
			return nil, fmt.Errorf("import: %w", err)
		}
	}
	r.state.Done = true
	if err := r.space.commit(r.state); err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	return &Report{Source: cfg.Mapping.Source, Resumed: resumed, RejectFile: r.space.path(rejectsFile), Steps: r.state.Steps}, nil
}

// begin finds out where to begin.
func (r *run) begin(ctx context.Context) (resumed bool, err error) {
	r.state = &state{Task: r.task(), Steps: newSteps(r.sources)}
	found := r.space.previous
	if found == nil || found.Task != r.state.Task || found.Done {
		return false, r.space.beginAnew(r.state)
	}
	if found.Witness != "" {
		known, err := r.suite.knows(ctx, found.Witness)
		if err != nil {
			return false, err
		}
		if !known {
			return false, r.space.beginAnew(r.state)
		}
	}
	r.state = found
	return true, r.space.begin(r.state)
}

// task tells this import from any other.
func (r *run) task() string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %q\n", r.cfg.Mapping.Digest, r.cfg.Suite)
	for _, s := range r.sources {
		fmt.Fprintf(sum, "%q %s\n", s.path, s.mark)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// figures are those of the present step.
func (r *run) figures() *StepReport { return &r.state.Steps[r.state.Step] }

// step reads the file of the present step, from where the import is.
func (r *run) step(ctx context.Context) error {
	step := r.sources[r.state.Step].step
	file, err := os.Open(r.sources[r.state.Step].path)
	if err != nil {
		return err
	}
	defer file.Close()
	t, sheet, err := read(step, file)
	if err != nil {
		return err
	}
	if err := t.Seek(r.state.Place); err != nil {
		return fmt.Errorf("%s: %w", step.File, err)
	}
	for more := true; more; {
		var rows []*row
		if rows, more, err = r.rows(t, sheet.Draft); err != nil {
			return fmt.Errorf("%s: %w", step.File, err)
		}
		for resource := range step.Makes {
			if err := r.deliver(ctx, rows, resource); err != nil {
				return err
			}
		}
		r.state.Place = t.Place()
		if !more {
			r.state.Step, r.state.Place = r.state.Step+1, table.Place{}
		}
		if err := r.space.commit(r.state); err != nil {
			return err
		}
		r.cfg.Progress(r.share())
	}
	return nil
}

// rows reads the next rows, up to a batch of them, and makes what they become. More is false at the end of the file.
func (r *run) rows(t *table.Table, draft func([]string) ([]*mapping.Draft, error)) (rows []*row, more bool, err error) {
	for len(rows) < r.cfg.BatchRows {
		read, err := t.Next()
		var bad *table.RowError
		w := &row{line: read.Line}
		switch {
		case errors.Is(err, io.EOF):
			return rows, false, nil
		case errors.As(err, &bad):
			w.line, err = bad.Line, bad.Err
		case err != nil:
			return nil, false, err
		default:
			w.drafts, err = draft(read.Cells)
		}
		r.figures().Read++
		if err != nil {
			r.reject(w, noResource, rejectionOf(err))
		}
		rows = append(rows, w)
	}
	return rows, true, nil
}

// share is how much of the files has been dealt with.
func (r *run) share() float64 {
	done := r.state.Place.Offset
	for _, s := range slices.Backward(r.sources[:r.state.Step]) {
		done += s.size
	}
	if r.total == 0 {
		return 1
	}
	return float64(done) / float64(r.total)
}

package predict

import (
	"errors"
	"fmt"
	"slices"

	"github.com/handoffhq/handoff/services/internal/predict/logit"
)

// Options say how to train. Zero fields have the defaults.
type Options struct {
	Outcome string   // what counts as positive, in words, for the model's report
	Blank   []string // what counted as missing when the table was made; the model remembers it
	HeldOut float64  // the share of rows that is held out, above 0 and below 1: 0.2
	Seed    uint64   // orders rows that time does not
	Keep    []string // columns that are features although they look like ids
	Minimum Minimum
	// Found is what whoever made the sample knows of its columns; it joins the model's warnings.
	Found []Warning
	// Cautions are sentences that whoever made the sample adds to the model's.
	Cautions []string
	// Progress is told how far it is, from 0 to 1; its error ends the training.
	Progress func(float64) error
}

// ErrOptions says that training cannot be asked for so.
var ErrOptions = errors.New("options")

// Train makes a model. The error is a [*Refusal] when the sample is too small or there is no signal.
func Train(s *Sample, o Options) (*Model, error) {
	if err := o.complete(); err != nil {
		return nil, err
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	p := s.split(o.Seed, o.HeldOut)
	if r := o.Minimum.enough(s, p); r != nil {
		return nil, r
	}
	t := &training{sample: s, parts: p, options: o}
	t.choose()
	if len(t.features) == 0 {
		r := refuse(NoSignal, "no column can be a feature")
		r.Dropped = t.dropped
		return nil, r
	}
	t.warnings = append(screen(s, p, t.features, t.columns), o.Found...)
	m, err := t.fit()
	if err != nil {
		return nil, err
	}
	if r := o.Minimum.signal(&m.Training.Held); r != nil {
		r.Dropped, r.Warnings = t.dropped, t.warnings
		return nil, r
	}
	return m, m.seal()
}

func (o *Options) complete() error {
	if o.HeldOut == 0 {
		o.HeldOut = 0.2
	}
	if !(o.HeldOut > 0 && o.HeldOut < 1) {
		return fmt.Errorf("%w: the held-out share is %v, and must be above 0 and below 1", ErrOptions, o.HeldOut)
	}
	if o.Progress == nil {
		o.Progress = func(float64) error { return nil }
	}
	o.Minimum = o.Minimum.withDefaults()
	return nil
}

// training is a training under way.
type training struct {
	sample   *Sample
	parts    parts
	options  Options
	features []*Feature
	columns  []*column // of each feature
	dropped  []Note
	warnings []Warning
}

// choose decides which columns are features.
func (t *training) choose() {
	for _, c := range t.sample.Table.columns {
		f, err := inspect(c, t.parts.learn, slices.Contains(t.options.Keep, c.name))
		if err != nil {
			t.dropped = append(t.dropped, Note{Column: c.name, Why: err.Error()})
			continue
		}
		t.features, t.columns = append(t.features, f), append(t.columns, c)
	}
}

// fit chooses the penalty, fits, and measures on the rows that were held out.
func (t *training) fit() (*Model, error) {
	x, err := encode(t.sample.Table, t.features, t.columns)
	if err != nil {
		return nil, err
	}
	trials, best, err := t.try(x)
	if err != nil {
		return nil, err
	}
	w, err := logit.Fit(logit.Problem{X: x, Positive: t.sample.Positive, Rows: t.parts.learn, Penalty: trials[best].Penalty}, nil)
	if err != nil {
		return nil, err
	}
	w.Intercept = round(w.Intercept)
	take(t.features, w)
	m := &Model{Format: Format, Intercept: w.Intercept, Features: t.features, Blank: t.options.Blank, Training: t.facts(trials, best)}
	m.index()
	m.Training.Held = m.measure(t.sample, t.columns, t.parts.held)
	m.Training.Cautions = t.cautions(x.Width(), &m.Training.Held)
	return m, t.options.Progress(1)
}

// facts are what is told about the training.
func (t *training) facts(trials []Trial, best int) Training {
	f := Training{Outcome: t.options.Outcome, Rows: len(t.parts.learn), Ordered: t.parts.ordered, Seed: t.options.Seed,
		Penalty: trials[best].Penalty, Trials: trials, Dropped: t.dropped, Warnings: t.warnings}
	for _, r := range t.parts.learn {
		f.Positives += class(t.sample.Positive[r])
	}
	if t.parts.ordered {
		times, learn, held := t.sample.Times, t.parts.learn, t.parts.held
		f.From, f.Cut, f.To = &times[learn[0]], &times[held[0]], &times[held[len(held)-1]]
	}
	return f
}

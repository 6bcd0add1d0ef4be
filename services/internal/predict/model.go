package predict

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/predict/logit"
	"github.com/handoffhq/handoff/services/internal/predict/measure"
)

// Format names the version of the file that a model is kept in.
const Format = "handoff.predict/1"

// ErrModel says that a file holds no model that can be used.
var ErrModel = errors.New("model")

// Model says how likely a row is to become positive. It never changes.
type Model struct {
	Format    string     `json:"format"`
	Hash      string     `json:"hash"` // SHA-256 over the file with an empty hash, in hexadecimal
	Intercept float64    `json:"intercept"`
	Features  []*Feature `json:"features"`
	Blank     []string   `json:"blank,omitempty"` // texts that count as missing, besides blanks
	Training  Training   `json:"training"`

	blank map[string]bool
}

// Training is how a model came about and what it was worth.
type Training struct {
	Outcome   string          `json:"outcome"` // what counts as positive, in words
	Rows      int             `json:"rows"`    // learnt from
	Positives int             `json:"positives"`
	Ordered   bool            `json:"ordered"` // by time: what was held out is later than what was learnt from
	From      *time.Time      `json:"from,omitempty"`
	Cut       *time.Time      `json:"cut,omitempty"` // the first instant that was held out
	To        *time.Time      `json:"to,omitempty"`
	Seed      uint64          `json:"seed"`
	Penalty   float64         `json:"penalty"`
	Trials    []Trial         `json:"trials"`
	Held      measure.Figures `json:"held"` // on the rows that were held out
	Dropped   []Note          `json:"dropped,omitempty"`
	Warnings  []Warning       `json:"warnings,omitempty"`
	Cautions  []string        `json:"cautions,omitempty"` // sentences: why the figures are less sure than they look
}

// Trial is a penalty and what it was worth in validation within the rows that were learnt from.
type Trial struct {
	Penalty float64 `json:"penalty"`
	LogLoss float64 `json:"log_loss"`
}

// Prediction is what a model says of a row.
type Prediction struct {
	Probability float64
	Reasons     []Reason // those that weigh most first
	Missing     int      // how many features had no value
}

// Reason is what a feature adds to the logarithm of the odds, beside what it adds in the mean of the rows learnt from.
type Reason struct {
	Feature string
	Value   string // empty when missing
	Weight  float64
}

// Predict applies the model to what is known of a row: the text of a feature, empty when missing.
func (m *Model) Predict(value func(feature string) string) Prediction {
	p := Prediction{Reasons: make([]Reason, 0, len(m.Features))}
	p.Probability, p.Missing = m.weigh(value, func(f *Feature, text string, adds float64) {
		p.Reasons = append(p.Reasons, Reason{Feature: f.Name, Value: text, Weight: adds - f.mean()})
	})
	slices.SortStableFunc(p.Reasons, func(a, b Reason) int { return cmp.Compare(math.Abs(b.Weight), math.Abs(a.Weight)) })
	return p
}

// Probability is that of Predict, without the reasons. Known is false if nothing that the model goes by is known of the row.
func (m *Model) Probability(value func(feature string) string) (probability float64, known bool) {
	probability, missing := m.weigh(value, nil)
	return probability, missing < len(m.Features)
}

// weigh adds up what the features of a row weigh, and shows each to a visitor if there is one.
func (m *Model) weigh(value func(feature string) string, visit func(f *Feature, text string, adds float64)) (probability float64, missing int) {
	z := m.Intercept
	for _, f := range m.Features {
		text := value(f.Name)
		folded := plain(text)
		if m.blank[folded] {
			text, folded = "", ""
		}
		if folded == "" {
			missing++
		}
		adds := f.adds(folded)
		z += adds
		if visit != nil {
			visit(f, text, adds)
		}
	}
	return logit.Probability(z), missing
}

// adds is what a value adds to the logarithm of the odds.
func (f *Feature) adds(folded string) float64 {
	offset, value, ok := f.place(folded)
	switch {
	case !ok:
		return 0
	case f.Kind == Category:
		return f.Levels[offset].Slope
	case offset == 0:
		return float64(value * f.Slope)
	}
	return f.Levels[offset-1].Slope
}

// mean is what the feature adds in the mean. That of a number is 0: its mean is taken off.
func (f *Feature) mean() float64 {
	sum := 0.0
	for _, l := range f.Levels {
		sum += float64(l.Share * l.Slope)
	}
	return sum
}

// seal sets the hash.
func (m *Model) seal() error {
	sum, err := m.sum()
	m.Hash = sum
	return err
}

func (m *Model) sum() (string, error) {
	unsealed := *m
	unsealed.Hash = ""
	text, err := json.Marshal(&unsealed)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Encode writes the model as JSON that a person can read. The same model gives the same bytes.
func (m *Model) Encode() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

// Decode reads a model, and refuses one that was changed since it was made.
func Decode(text []byte) (*Model, error) {
	m := &Model{}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(m); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModel, err)
	}
	if m.Format != Format {
		return nil, fmt.Errorf("%w: the format is %q, and only %q is read", ErrModel, m.Format, Format)
	}
	switch sum, err := m.sum(); {
	case err != nil:
		return nil, err
	case sum != m.Hash:
		return nil, fmt.Errorf("%w: it was changed since it was made: its hash is %.12s, not %.12s", ErrModel, sum, m.Hash)
	}
	return m, m.check()
}

// check refuses features that could not have been made here, so that predicting never fails.
func (m *Model) check() error {
	for _, f := range m.Features {
		switch {
		case f == nil:
			return fmt.Errorf("%w: a feature is null", ErrModel)
		case f.Kind == Number && !(f.Scale > 0), f.Kind != Number && f.Kind != Category:
			return fmt.Errorf("%w: feature %q", ErrModel, f.Name)
		}
	}
	m.index()
	return nil
}

// index makes what is looked up in predicting.
func (m *Model) index() {
	for _, f := range m.Features {
		f.index()
	}
	m.blank = map[string]bool{}
	for _, b := range m.Blank {
		m.blank[plain(b)] = true
	}
}

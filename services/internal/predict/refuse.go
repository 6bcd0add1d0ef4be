package predict

import (
	"fmt"

	"github.com/handoffhq/handoff/services/internal/predict/measure"
)

// Minimum is what a sample must have. Zero fields are the defaults.
type Minimum struct {
	Rows  int     // 200
	Class int     // rows of either outcome to learn from: 50
	Held  int     // rows of either outcome to measure with: 20
	AUC   float64 // what the lower end of the AUC's 95 % interval must exceed: 0.52
}

func (m Minimum) withDefaults() Minimum {
	for _, f := range []struct {
		have   *int
		absent int
	}{{&m.Rows, 200}, {&m.Class, 50}, {&m.Held, 20}} {
		if *f.have == 0 {
			*f.have = f.absent
		}
	}
	if m.AUC == 0 {
		m.AUC = 0.52
	}
	return m
}

// Cause is why no model was made.
type Cause string

// The causes.
const (
	TooFew   Cause = "too_few"
	NoSignal Cause = "no_signal"
)

// Refusal says that no model was made, and why. It is an answer, not a failure.
type Refusal struct {
	Cause    Cause            `json:"cause"`
	Why      string           `json:"why"`
	Held     *measure.Figures `json:"held,omitempty"` // when it came to measuring
	Dropped  []Note           `json:"dropped,omitempty"`
	Warnings []Warning        `json:"warnings,omitempty"`
}

func (r *Refusal) Error() string { return r.Why }

func refuse(cause Cause, format string, args ...any) *Refusal {
	return &Refusal{Cause: cause, Why: fmt.Sprintf(format, args...)}
}

// enough refuses a sample that is too small to learn from, or to tell how good the model is.
func (m Minimum) enough(s *Sample, p parts) *Refusal {
	if n := len(p.learn) + len(p.held); n < m.Rows {
		return refuse(TooFew, "%d rows have an outcome, and at least %d are needed", n, m.Rows)
	}
	for _, part := range []struct {
		rows  []int32
		least int
		to    string
	}{{p.learn, m.Class, "learn from"}, {p.held, m.Held, "measure with"}} {
		var count [2]int
		for _, r := range part.rows {
			count[class(s.Positive[r])]++
		}
		if count[1] < part.least {
			return refuse(TooFew, "%d positive rows are there to %s, and at least %d are needed", count[1], part.to, part.least)
		}
		if count[0] < part.least {
			return refuse(TooFew, "%d negative rows are there to %s, and at least %d are needed", count[0], part.to, part.least)
		}
	}
	return nil
}

// signal refuses a model that ranks no better than chance.
func (m Minimum) signal(f *measure.Figures) *Refusal {
	if f.AUC.Low > m.AUC {
		return nil
	}
	r := refuse(NoSignal, "there is no signal: the AUC on the %d held-out rows is %.3f, its 95 %% interval from %.3f to %.3f; the lower end must be above %.2f, and chance gives 0.50",
		f.Rows, f.AUC.Value, f.AUC.Low, f.AUC.High, m.AUC)
	r.Held = f
	return r
}

package predict

import (
	"fmt"

	"github.com/handoffhq/handoff/services/internal/predict/logit"
	"github.com/handoffhq/handoff/services/internal/predict/measure"
)

// Measure says how good the model is on other rows. The table must have a column for each feature.
func (m *Model) Measure(s *Sample) (measure.Figures, error) {
	if err := s.validate(); err != nil {
		return measure.Figures{}, err
	}
	byName := map[string]*column{}
	for _, c := range s.Table.columns {
		byName[plain(c.name)] = c
	}
	columns := make([]*column, len(m.Features))
	for i, f := range m.Features {
		if columns[i] = byName[plain(f.Name)]; columns[i] == nil {
			return measure.Figures{}, fmt.Errorf("%w: there is no column %q, which the model needs", ErrTable, f.Name)
		}
	}
	rows := make([]int32, s.Table.rows)
	for i := range rows {
		rows[i] = int32(i)
	}
	return m.measure(s, columns, rows), nil
}

// measure applies the model to rows whose features stand in the given columns.
func (m *Model) measure(s *Sample, columns []*column, rows []int32) measure.Figures {
	adds := make([][]float64, len(m.Features)) // what each code of a column adds
	for i, f := range m.Features {
		adds[i] = make([]float64, len(columns[i].texts))
		for code, text := range columns[i].texts {
			adds[i][code] = f.adds(plain(text))
		}
	}
	predicted, positive := make([]float64, len(rows)), make([]bool, len(rows))
	for i, r := range rows {
		z := m.Intercept
		for k, c := range columns {
			z += adds[k][c.codes[r]]
		}
		predicted[i], positive[i] = logit.Probability(z), s.Positive[r]
	}
	return measure.Of(predicted, positive)
}

package predict

import (
	"github.com/handoffhq/handoff/services/internal/predict/logit"
)

// encode makes the matrix of all rows of a table, and numbers the coefficients of the features.
func encode(t *Table, features []*Feature, columns []*column) (*logit.Matrix, error) {
	width := 0
	for _, f := range features {
		f.column = width
		width += f.width()
	}
	places := make([][]place, len(features)) // what each code of a column comes to
	for i, f := range features {
		places[i] = f.places(columns[i])
	}
	m := logit.NewMatrix(width, t.rows)
	row := make([]logit.Entry, 0, len(features))
	for r := range t.rows {
		row = row[:0]
		for i, f := range features {
			if p := places[i][columns[i].codes[r]]; p.ok {
				row = append(row, logit.Entry{Column: f.column + int(p.offset), Value: p.value})
			}
		}
		if err := m.Append(row); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// place is what a text adds: a value at a coefficient of its feature.
type place struct {
	offset int32
	ok     bool
	value  float64
}

func (f *Feature) places(c *column) []place {
	all := make([]place, len(c.texts))
	for code, text := range c.texts {
		offset, value, ok := f.place(plain(text))
		all[code] = place{offset: int32(offset), value: value, ok: ok}
	}
	return all
}

// take gives the features the fitted coefficients, rounded.
func take(features []*Feature, w *logit.Weights) {
	for _, f := range features {
		slopes := w.Slopes[f.column : f.column+f.width()]
		if f.Kind == Number {
			f.Slope = round(slopes[0])
			slopes = slopes[1:]
		}
		for i := range f.Levels {
			f.Levels[i].Slope = round(slopes[i])
		}
	}
}

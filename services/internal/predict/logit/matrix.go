package logit

import (
	"errors"
	"fmt"
	"math"
)

// Entry is a value of a row that is not zero.
type Entry struct {
	Column int
	Value  float64 // finite
}

// ErrEntry says that an entry stands in no column, or is not a finite number.
var ErrEntry = errors.New("entry")

// Matrix is rows of numbers, most of which are zero.
type Matrix struct {
	width  int
	starts []int // where each row begins, and where the last ends
	column []int32
	value  []float64
}

// NewMatrix makes a matrix without rows. It panics if the width is negative, as make does.
func NewMatrix(width, rows int) *Matrix {
	m := &Matrix{width: width, starts: make([]int, 1, rows+1)}
	return m
}

// Append adds a row. Its entries stand in different columns, in any order.
func (m *Matrix) Append(row []Entry) error {
	for _, e := range row {
		if e.Column < 0 || e.Column >= m.width || math.IsNaN(e.Value) || math.IsInf(e.Value, 0) {
			return fmt.Errorf("%w: column %d of %d holds %v", ErrEntry, e.Column, m.width, e.Value)
		}
	}
	for _, e := range row {
		m.column = append(m.column, int32(e.Column))
		m.value = append(m.value, e.Value)
	}
	m.starts = append(m.starts, len(m.column))
	return nil
}

// Rows is how many rows there are.
func (m *Matrix) Rows() int { return len(m.starts) - 1 }

// Width is how many columns there are.
func (m *Matrix) Width() int { return m.width }

// row gives the columns and values of a row.
func (m *Matrix) row(i int) ([]int32, []float64) {
	from, to := m.starts[i], m.starts[i+1]
	return m.column[from:to], m.value[from:to]
}

// Linear is a + b·x of a row: the logarithm of its odds.
func (m *Matrix) Linear(i int, w *Weights) float64 {
	sum := w.Intercept
	columns, values := m.row(i)
	for k, c := range columns {
		sum += float64(values[k] * w.Slopes[c]) // the conversion keeps a processor from fusing the two steps into other bits
	}
	return sum
}

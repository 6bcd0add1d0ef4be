package predict

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

const (
	fewRows   = 20   // a value that fewer rows have is pooled with others that are rare
	mostLevel = 50   // a category keeps this many values; the others are pooled
	foreign   = 0.01 // of the values of a number, this share may be no number
	outer     = 0.01 // of the values of a number, this share at either end counts as the outermost of the rest
)

// Note is a column that became no feature, and why.
type Note struct {
	Column string `json:"column"`
	Why    string `json:"why"`
}

// inspect decides what feature a column is, from the rows that are learnt from; the error is why it is none. A column to
// keep may look like an id.
func inspect(c *column, learn []int32, keep bool) (*Feature, error) {
	counts := make([]int, len(c.texts))
	for _, r := range learn {
		counts[c.codes[r]]++
	}
	present := len(learn) - counts[0]
	distinct, numbers, dates := 0, 0, 0
	for code := 1; code < len(counts); code++ {
		if counts[code] == 0 {
			continue
		}
		distinct++
		if _, ok := number(c.texts[code]); ok {
			numbers += counts[code]
		} else if _, ok := ParseTime(c.texts[code]); ok {
			dates += counts[code]
		}
	}
	most := (1 - foreign) * float64(present)
	switch {
	case present == 0:
		return nil, reason("it is empty")
	case float64(dates) >= most:
		return nil, reason("it holds dates; name one of them as the time of the rows, if it is that")
	case float64(numbers) >= most && distinct > 2:
		return newNumber(c, learn, !keep && distinct == len(learn))
	case !keep && distinct > present/2 && distinct > fewRows:
		return nil, fmt.Errorf("%d of %d rows have a value of their own, as in a name or an id", distinct, present)
	}
	return newCategory(c, counts, len(learn))
}

// reason is why a column is no feature.
type reason string

func (r reason) Error() string { return string(r) }

// newNumber makes a numeric feature. Unique whole numbers are ids.
func newNumber(c *column, learn []int32, unique bool) (*Feature, error) {
	values := make([]float64, 0, len(learn))
	whole := true
	for _, r := range learn {
		if x, ok := number(c.texts[c.codes[r]]); ok {
			values = append(values, x)
			whole = whole && x == math.Trunc(x)
		}
	}
	if whole && unique {
		return nil, reason("it is a whole number that no two rows share, as in an id")
	}
	slices.Sort(values)
	edge := int(outer * float64(len(values)))
	f := &Feature{Name: c.name, Kind: Number, Low: values[edge], High: values[len(values)-1-edge]}
	if f.Low == f.High {
		f.Low, f.High = values[0], values[len(values)-1]
	}
	var sum, squares float64
	for _, x := range values {
		sum += min(max(x, f.Low), f.High)
	}
	f.Mean = round(sum / float64(len(values)))
	for _, x := range values {
		d := min(max(x, f.Low), f.High) - f.Mean
		squares += float64(d * d)
	}
	f.Scale = round(math.Sqrt(squares / float64(len(values))))
	if f.Scale == 0 || math.IsInf(f.Scale, 0) || math.IsInf(f.Mean, 0) {
		return nil, reason("it hardly varies")
	}
	if missing := len(learn) - len(values); missing >= fewRows {
		f.Levels = []Level{{Is: Missing, Share: share(missing, len(learn))}}
	}
	return f, nil
}

// newCategory makes a categorical feature.
func newCategory(c *column, counts []int, rows int) (*Feature, error) {
	codes := make([]int, 0, len(counts))
	for code := 1; code < len(counts); code++ {
		if counts[code] > 0 {
			codes = append(codes, code)
		}
	}
	slices.SortFunc(codes, func(a, b int) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), strings.Compare(plain(c.texts[a]), plain(c.texts[b])))
	})
	f := &Feature{Name: c.name, Kind: Category, Base: c.texts[codes[0]]}
	rare := 0
	for i, code := range codes[1:] {
		if counts[code] < fewRows || i >= mostLevel {
			rare += counts[code]
			continue
		}
		f.Levels = append(f.Levels, Level{Value: c.texts[code], Share: share(counts[code], rows)})
	}
	if rare >= fewRows {
		f.Levels = append(f.Levels, Level{Is: Rare, Share: share(rare, rows)})
	}
	if counts[0] >= fewRows {
		f.Levels = append(f.Levels, Level{Is: Missing, Share: share(counts[0], rows)})
	}
	if len(f.Levels) == 0 {
		return nil, fmt.Errorf("it is hardly ever anything but %q", f.Base)
	}
	f.index()
	return f, nil
}

func share(part, of int) float64 { return round(float64(part) / float64(of)) }

// round keeps twelve significant digits, so that a number is the same in a file as in memory, and a sum in another order
// hardly ever shows.
func round(x float64) float64 {
	if x == 0 || math.IsNaN(x) || math.IsInf(x, 0) {
		return x
	}
	const digits = 12
	scale := math.Pow10(digits - 1 - int(math.Floor(math.Log10(math.Abs(x)))))
	if math.IsInf(scale, 0) || scale == 0 || math.IsInf(x*scale, 0) {
		return x
	}
	return math.Round(x*scale) / scale
}

// layouts are the ways in which times are written. Without a zone they are UTC.
var layouts = [...]string{time.RFC3339Nano, "2006-01-02 15:04:05.999999", "2006-01-02T15:04:05.999999", "2006-01-02 15:04", time.DateOnly}

// ParseTime reads an instant in RFC 3339, or a day with or without a time of day, which is read as UTC.
func ParseTime(text string) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if len(text) < len(time.DateOnly) || text[4] != '-' {
		return time.Time{}, false
	}
	for _, layout := range layouts {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

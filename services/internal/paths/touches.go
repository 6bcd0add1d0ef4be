package paths

import (
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// TouchColumns are the names of the columns of a touch file. Value may be missing from the file.
type TouchColumns struct {
	Customer, Time, Channel, Conversion, Value string
}

// StandardTouchColumns are the plain names.
func StandardTouchColumns() TouchColumns {
	return TouchColumns{Customer: "customer", Time: "time", Channel: "channel", Conversion: "conversion", Value: "value"}
}

// TouchOptions say how to read a touch file.
type TouchOptions struct {
	Columns  TouchColumns
	SkipBad  bool
	Progress func(n int64) // as in [Options]
}

// touch is a row. Customers and channels are numbered as they are met.
type touch struct {
	customer    uint32
	channel     uint16
	at          int64
	conversions int64
	value       Value
}

// ReadTouches reads a touch file, with one reader.
//
// Journeys are put together from the touches of each customer, in the order of time, then of the channel's name, those that
// convert last. A touch that converts is one itself and ends its journey; what follows begins the next. What is left in the
// end is a journey that did not convert. It fails as [Read] does.
func ReadTouches(in io.Reader, o TouchOptions, tell func(*Journeys)) (Reading, error) {
	t := touchReader{customers: map[string]uint32{}, channels: newDictionary()}
	if err := t.readAll(in, o); err != nil {
		return Reading{}, err
	}
	names := t.channels.names
	slices.SortFunc(t.touches, func(a, b touch) int {
		return cmp.Or(
			cmp.Compare(a.customer, b.customer),
			cmp.Compare(a.at, b.at),
			cmp.Compare(min(a.conversions, 1), min(b.conversions, 1)),
			strings.Compare(names[a.channel], names[b.channel]),
			cmp.Compare(a.conversions, b.conversions),
			cmp.Compare(a.value.High, b.value.High),
			cmp.Compare(a.value.Low, b.value.Low),
		)
	})
	journeys, err := tellTouches(t.touches, tell)
	if err != nil {
		return Reading{}, err
	}
	t.reading.Journeys, t.reading.Channels = journeys, [][]string{names}
	return t.reading, nil
}

// tellTouches hands on the journeys of sorted touches.
func tellTouches(touches []touch, tell func(*Journeys)) (journeys int64, err error) {
	var j Journeys
	for i, t := range touches {
		if len(j.Steps) == MaxSteps {
			return 0, fmt.Errorf("the journey of a customer %w", errLong)
		}
		j.Steps, j.Times = append(j.Steps, t.channel), append(j.Times, t.at)
		last := i+1 == len(touches) || touches[i+1].customer != t.customer
		if t.conversions == 0 && !last {
			continue
		}
		j.Conversions, j.Nulls, j.Value = t.conversions, 0, t.value
		if t.conversions == 0 {
			j.Nulls = 1
		}
		journeys += j.Conversions + j.Nulls
		tell(&j)
		j.Steps, j.Times = j.Steps[:0], j.Times[:0]
	}
	return journeys, nil
}

type touchReader struct {
	customers map[string]uint32
	channels  *dictionary
	touches   []touch
	reading   Reading
	journeys  int64
	worth     Value
	columns   struct{ customer, at, channel, conversion, value int }
}

func (t *touchReader) readAll(in io.Reader, o TouchOptions) error {
	rows, l, err := t.open(in, o.Columns)
	if err != nil {
		return err
	}
	for {
		fields, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		var malformed *csv.ParseError
		if err != nil && !errors.As(err, &malformed) {
			return err
		}
		var line int64
		if err == nil {
			at, _ := rows.FieldPos(0)
			line = int64(at) + l
			err = t.row(fields, o.Columns)
		} else {
			line, err = int64(malformed.StartLine)+l, malformed.Err
		}
		t.reading.Rows++
		switch {
		case err == nil:
		case !o.SkipBad || errors.Is(err, ErrTotal):
			return &LineError{line, err}
		default:
			t.reading.Bad++
			if t.reading.FirstBad == nil {
				t.reading.FirstBad = &LineError{line, err}
			}
		}
		if o.Progress != nil && t.reading.Rows%4096 == 0 {
			o.Progress(rows.InputOffset())
		}
	}
}

// open reads the header. It gives the rows and how many lines precede the first line of what they are read from.
func (t *touchReader) open(in io.Reader, columns TouchColumns) (*csv.Reader, int64, error) {
	b := blocks{in: in}
	header, err := b.header()
	if err != nil {
		return nil, 0, err
	}
	comma := separator(header)
	names, err := headerNames(header, comma)
	if err != nil {
		return nil, 0, &LineError{1, err}
	}
	for _, c := range []struct {
		into *int
		name string
	}{{&t.columns.customer, columns.Customer}, {&t.columns.at, columns.Time}, {&t.columns.channel, columns.Channel}, {&t.columns.conversion, columns.Conversion}, {&t.columns.value, columns.Value}} {
		if *c.into = slices.Index(names, c.name); *c.into < 0 && c.into != &t.columns.value {
			return nil, 0, &LineError{1, missing(c.name, names)}
		}
	}
	rows := csv.NewReader(io.MultiReader(strings.NewReader(string(b.rest)), in))
	rows.Comma, rows.FieldsPerRecord, rows.ReuseRecord = rune(comma), len(names), true
	return rows, b.line - 1, nil
}

func (t *touchReader) row(fields []string, columns TouchColumns) error {
	var one touch
	customer := fields[t.columns.customer]
	if customer == "" {
		return fmt.Errorf("%s: is blank", columns.Customer)
	}
	at, ok := instant(fields[t.columns.at])
	if !ok {
		return fmt.Errorf("%s: %q is not an instant such as 2026-05-22T16:00:00Z, a day, or seconds since 1970", columns.Time, fields[t.columns.at])
	}
	one.at = at
	var err error
	if one.conversions, err = parseCount([]byte(fields[t.columns.conversion])); err != nil {
		return fieldError(columns.Conversion, []byte(fields[t.columns.conversion]), err)
	}
	if t.columns.value >= 0 {
		if one.value, err = parseValue([]byte(fields[t.columns.value])); err != nil {
			return fieldError(columns.Value, []byte(fields[t.columns.value]), err)
		}
	}
	if one.conversions == 0 && !one.value.IsZero() {
		return fmt.Errorf("%s: %s where nothing converted", columns.Value, fields[t.columns.value])
	}
	name := strings.TrimSpace(fields[t.columns.channel])
	if name == "" {
		return fmt.Errorf("%s: is blank", columns.Channel)
	}
	if one.channel, err = t.channels.channel(append(make([]byte, 0, len(name)+padding), name...)); err != nil {
		return fieldError(columns.Channel, []byte(name), err)
	}
	number, known := t.customers[customer]
	if !known {
		number = uint32(len(t.customers))
		t.customers[strings.Clone(customer)] = number
	}
	one.customer = number
	t.journeys += max(one.conversions, 1)
	t.worth.Add(one.value)
	if t.journeys > MaxTotal || t.worth.High >= maxWorth {
		return ErrTotal
	}
	t.touches = append(t.touches, one)
	return nil
}

// instant reads a time in microseconds since 1970. Without an offset it is UTC.
func instant(text string) (int64, bool) {
	text = strings.TrimSpace(text)
	if seconds, err := parseCount([]byte(text)); err == nil {
		return seconds * 1_000_000, true
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04Z07:00", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UnixMicro(), true
		}
	}
	return 0, false
}

package wellformed

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/handoffhq/handoff/services/internal/fault"
)

// value is one occurrence of a field on the wire.
type value struct {
	number  protowire.Number
	form    protowire.Type
	content []byte // of a text, a message or a packed list
	bits    uint64 // of a number
}

// next takes the first value off the wire.
func next(wire []byte) (v value, rest []byte, ok bool) {
	number, form, n := protowire.ConsumeTag(wire)
	if n < 0 || !number.IsValid() {
		return v, nil, false
	}
	v, wire = value{number: number, form: form}, wire[n:]
	switch form {
	case protowire.BytesType:
		v.content, n = protowire.ConsumeBytes(wire)
	case protowire.VarintType:
		v.bits, n = protowire.ConsumeVarint(wire)
	case protowire.Fixed64Type:
		v.bits, n = protowire.ConsumeFixed64(wire)
	case protowire.Fixed32Type:
		var bits uint32
		bits, n = protowire.ConsumeFixed32(wire)
		v.bits = uint64(bits)
	default:
		n = protowire.ConsumeFieldValue(number, form, wire)
	}
	if n < 0 {
		return v, nil, false
	}
	return v, wire[n:], true
}

// valuesIn is how many values of the field v holds: one, or those of a run.
func (c *check) valuesIn(v value) int {
	if v.form == c.form {
		return 1
	}
	if width := width(c.form); width > 0 {
		return len(v.content) / width
	}
	count := 0
	for _, b := range v.content {
		if b < 0x80 { // the last byte of a varint
			count++
		}
	}
	return count
}

// width is how many bytes a number has; 0 for a varint.
func width(form protowire.Type) int {
	switch form {
	case protowire.Fixed32Type:
		return 4
	case protowire.Fixed64Type:
		return 8
	}
	return 0
}

func (v value) text() []fault.Violation {
	switch {
	case bytes.IndexByte(v.content, 0) >= 0:
		return wrong("holds a NUL")
	case !utf8.Valid(v.content):
		return wrong("is not UTF-8")
	}
	return nil
}

// finite checks a float or a double, or a run of them.
func (c *check) finite(v value) []fault.Violation {
	ok := true
	if v.form == c.form {
		ok = finite(v.bits, c.form)
	}
	for run := v.content; ok && len(run) >= width(c.form); run = run[width(c.form):] {
		ok = finite(leading(run, c.form), c.form)
	}
	if !ok {
		return wrong("is not a finite number")
	}
	return nil
}

func leading(run []byte, form protowire.Type) uint64 {
	if form == protowire.Fixed32Type {
		return uint64(binary.LittleEndian.Uint32(run))
	}
	return binary.LittleEndian.Uint64(run)
}

func finite(bits uint64, form protowire.Type) bool {
	f := math.Float64frombits(bits)
	if form == protowire.Fixed32Type {
		f = float64(math.Float32frombits(uint32(bits)))
	}
	return !math.IsNaN(f) && !math.IsInf(f, 0)
}

func (v value) instant() []fault.Violation {
	seconds, nanos, ok := v.seconds()
	if !ok {
		return undecodable()
	}
	if t := (timestamppb.Timestamp{Seconds: seconds, Nanos: nanos}); !t.IsValid() {
		return wrong("is not an instant from year 1 to year 9999")
	}
	return nil
}

func (v value) span() []fault.Violation {
	seconds, nanos, ok := v.seconds()
	if !ok {
		return undecodable()
	}
	if d := (durationpb.Duration{Seconds: seconds, Nanos: nanos}); !d.IsValid() {
		return wrong("is not a duration of at most 10,000 years, or its seconds and nanoseconds differ in sign")
	}
	return nil
}

// seconds reads a Timestamp or a Duration, which are alike on the wire.
func (v value) seconds() (seconds int64, nanos int32, ok bool) {
	for wire := v.content; len(wire) > 0; {
		var part value
		if part, wire, ok = next(wire); !ok {
			return 0, 0, false
		}
		switch {
		case part.form != protowire.VarintType:
		case part.number == 1:
			seconds = int64(part.bits)
		case part.number == 2:
			nanos = int32(part.bits)
		}
	}
	return seconds, nanos, true
}

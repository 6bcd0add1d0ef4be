package paths

import (
	"encoding/binary"
	"errors"
	"math/bits"
)

// MaxChannels is how many channels a file may have.
const MaxChannels = 1<<16 - 1

// padding is how many bytes may be read behind a text: names are looked at eight bytes at a time.
const padding = 8

var (
	errBlank    = errors.New("has a step without a name")
	errLong     = errors.New("has more than 131072 steps")
	errChannels = errors.New("is the 65536th channel, and there can be 65535: is this the right column?")
)

// dictionary numbers channels as they are met.
type dictionary struct {
	names   []string
	entries []entry // hashed, a power of two of them
}

// entry is a channel by what tells it apart: its first eight bytes, its last eight and its length. From 17 bytes on, those
// between are compared too.
type entry struct {
	head, tail uint64
	length     int // 0 is none
	channel    uint16
}

func newDictionary() *dictionary { return &dictionary{entries: make([]entry, 256)} }

// channel gives the number of a name, which is not empty. Its slice has [padding] behind it.
func (d *dictionary) channel(name []byte) (uint16, error) {
	head, tail, n := binary.LittleEndian.Uint64(name[:padding]), uint64(0), len(name)
	if n < padding {
		head &= 1<<(8*n) - 1
	} else if n > padding {
		tail = binary.LittleEndian.Uint64(name[n-padding : n])
	}
	mask := len(d.entries) - 1
	mixed := (head ^ tail*0xC2B2AE3D27D4EB4F ^ uint64(n)) * 0x9E3779B97F4A7C15 // odd numbers that mix well
	for at := int(mixed >> 40); ; at++ {
		e := &d.entries[at&mask]
		if e.head == head && e.tail == tail && e.length == n && (n <= 2*padding || d.names[e.channel] == string(name)) {
			return e.channel, nil
		}
		if e.length == 0 {
			return d.enter(e, entry{head, tail, n, uint16(len(d.names))}, string(name))
		}
	}
}

func (d *dictionary) enter(free *entry, e entry, name string) (uint16, error) {
	if len(d.names) == MaxChannels {
		return 0, errChannels
	}
	*free = e
	d.names = append(d.names, name)
	if 2*len(d.names) > len(d.entries) {
		old := *d
		*d = dictionary{entries: make([]entry, 2*len(old.entries))}
		for _, n := range old.names {
			padded := append(make([]byte, 0, len(n)+padding), n...)
			if _, err := d.channel(padded); err != nil {
				return 0, err
			}
		}
	}
	return e.channel, nil
}

const (
	everyByte = 0x0101010101010101
	highBits  = 0x8080808080808080
)

// steps appends the channels of a path, which are joined by " > ". Its slice has [padding] behind it.
func (d *dictionary) steps(path []byte, into []uint16) ([]uint16, error) {
	from, n := 0, len(path)
	padded := path[: n+padding : n+padding]
	for at := 0; at < n; {
		// The first '>' of eight bytes, if any: the lowest byte that becomes zero is marked in its highest bit.
		zeroed := binary.LittleEndian.Uint64(padded[at:]) ^ '>'*everyByte
		marked := (zeroed - everyByte) &^ zeroed & highBits
		if marked == 0 {
			at += 8
			continue
		}
		at += bits.TrailingZeros64(marked) / 8
		if at > from && at+1 < n && path[at-1] == ' ' && path[at+1] == ' ' {
			var err error
			if into, err = d.step(path[from:at-1], into); err != nil {
				return into, err
			}
			from = at + 2
		}
		at++
	}
	return d.step(path[from:], into)
}

func (d *dictionary) step(name []byte, into []uint16) ([]uint16, error) {
	for len(name) > 0 && name[0] == ' ' {
		name = name[1:]
	}
	for len(name) > 0 && name[len(name)-1] == ' ' {
		name = name[:len(name)-1]
	}
	switch {
	case len(name) == 0:
		return into, errBlank
	case len(into) == MaxSteps:
		return into, errLong
	}
	channel, err := d.channel(name)
	return append(into, channel), err
}

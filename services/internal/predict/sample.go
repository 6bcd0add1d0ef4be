package predict

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"time"
)

// Sample is rows whose outcome is known.
type Sample struct {
	Table    *Table
	Positive []bool      // of each row
	Times    []time.Time // when each row came into being; nil when that is not known
	Keys     []string    // what names each row; only its place among rows of the same instant depends on it
}

// validate refuses a sample whose parts do not fit.
func (s *Sample) validate() error {
	n := s.Table.rows
	if len(s.Positive) != n || len(s.Keys) != n || s.Times != nil && len(s.Times) != n {
		return fmt.Errorf("%w: %d rows, %d outcomes, %d keys, %d times", ErrTable, n, len(s.Positive), len(s.Keys), len(s.Times))
	}
	return nil
}

// parts are the rows to learn from and those to measure with, each in canonical order.
type parts struct {
	learn, held []int32
	ordered     bool // by time
}

// split orders the rows and holds out a share: the latest ones, or where there is no time that share of each outcome.
func (s *Sample) split(seed uint64, share float64) parts {
	order := s.order(seed)
	if s.Times != nil {
		cut := len(order) - int(share*float64(len(order)))
		for cut > 0 && cut < len(order) && s.Times[order[cut]].Equal(s.Times[order[cut-1]]) {
			cut-- // rows of one instant stay together
		}
		return parts{learn: order[:cut], held: order[cut:], ordered: true}
	}
	var p parts
	var count, taken [2]int
	for _, r := range order {
		count[class(s.Positive[r])]++
	}
	for _, r := range order {
		if k := class(s.Positive[r]); taken[k] < int(share*float64(count[k])) {
			taken[k]++
			p.held = append(p.held, r)
		} else {
			p.learn = append(p.learn, r)
		}
	}
	return p
}

func class(positive bool) int {
	if positive {
		return 1
	}
	return 0
}

// order is the canonical order: by time, then by a hash of seed and key, then by one of the row itself. So the same rows are
// held out whatever columns are looked at, where rows have keys.
func (s *Sample) order(seed uint64) []int32 {
	order, keys, rows := make([]int32, s.Table.rows), make([]uint64, s.Table.rows), make([]uint64, s.Table.rows)
	for i := range order {
		order[i] = int32(i)
		keys[i], rows[i] = hash(seed, s.Keys[i]), s.content(i, seed)
	}
	slices.SortStableFunc(order, func(a, b int32) int {
		if s.Times != nil {
			if c := s.Times[a].Compare(s.Times[b]); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(rows[a], rows[b]))
	})
	return order
}

// content is a hash of outcome and cells. With keys that tell rows apart it is never looked at.
func (s *Sample) content(row int, seed uint64) uint64 {
	text := []byte{byte(class(s.Positive[row]))}
	for _, c := range s.Table.columns {
		text = append(append(text, c.texts[c.codes[row]]...), 0)
	}
	return hash(seed, string(text))
}

func hash(seed uint64, text string) uint64 {
	sum := sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), text...))
	return binary.BigEndian.Uint64(sum[:8])
}

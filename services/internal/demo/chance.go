package demo

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"strings"
)

// chance is luck that depends on names alone: the same names, the same luck, whatever was drawn before.
type chance struct {
	*rand.Rand
}

// luck gives the chance of something by its names.
func luck(names ...string) chance {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	return chance{rand.New(rand.NewPCG(binary.BigEndian.Uint64(sum[:8]), binary.BigEndian.Uint64(sum[8:16])))}
}

// happens is true with a probability.
func (c chance) happens(probability float64) bool { return c.Float64() < probability }

// about gives a number that is exponentially distributed about a mean.
func (c chance) about(mean float64) float64 { return -mean * math.Log(1-c.Float64()) }

// pick chooses one of several.
func pick[T any](c chance, from []T) T { return from[c.IntN(len(from))] }

// weighted chooses an index by weights.
func (c chance) weighted(weights ...float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	at := c.Float64() * total
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// requestID makes the id of a request from what it is.
func requestID(names ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(names, "\x00")))
	sum[6], sum[8] = sum[6]&0x0f|0x40, sum[8]&0x3f|0x80
	h := hex.EncodeToString(sum[:16])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

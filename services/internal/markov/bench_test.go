package markov_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/handoffhq/handoff/services/internal/markov"
)

// loaded are a million journeys over twelve channels, four steps long in the mean, one after another in memory.
func loaded() (steps []uint16, ends []int32, converted []bool) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1_000_000 {
		for {
			steps = append(steps, uint16(min(r.IntN(12), r.IntN(12))))
			if r.IntN(4) == 0 {
				break
			}
		}
		ends = append(ends, int32(len(steps)))
		converted = append(converted, r.IntN(5) == 0)
	}
	return steps, ends, converted
}

// BenchmarkMarkov counts and solves the chains of a million journeys, beside one pass over their steps.
func BenchmarkMarkov(b *testing.B) {
	steps, ends, converted := loaded()
	b.Run("pass", func(b *testing.B) {
		for b.Loop() {
			sum, from := 0, int32(0)
			for i, end := range ends {
				for _, s := range steps[from:end] {
					sum += int(s)
				}
				if converted[i] {
					sum++
				}
				from = end
			}
			if sum == 0 {
				b.Fatal("there are steps")
			}
		}
	})
	for order := 1; order <= markov.MaxOrder; order++ {
		count := func() *markov.Counter {
			c := counted(b, order, nil)
			from := int32(0)
			for i, end := range ends {
				if converted[i] {
					c.Add(steps[from:end], 1, 0)
				} else {
					c.Add(steps[from:end], 0, 1)
				}
				from = end
			}
			return c
		}
		b.Run(fmt.Sprintf("count-%d", order), func(b *testing.B) {
			for b.Loop() {
				count()
			}
		})
		b.Run(fmt.Sprintf("solve-%d", order), func(b *testing.B) {
			c := count()
			var got markov.Removal
			for b.Loop() {
				got = removal(b, c.Chain(12))
			}
			b.ReportMetric(float64(got.Sweeps), "sweeps")
			b.ReportMetric(got.Bound, "bound")
		})
	}
}

package calculator_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/handoffhq/handoff/services/internal/calculator"
	"github.com/handoffhq/handoff/services/internal/paths"
)

// BenchmarkMemory credits the channels of the same journeys in memory, beside one pass over them, journey by journey.
func BenchmarkMemory(b *testing.B) {
	var file bytes.Buffer
	if err := paths.Generate(&file, paths.Made{Journeys: 1_000_000, Channels: 12, Mean: 4, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	var steps []uint16
	var loaded []paths.Journeys
	var ends []int
	r, err := paths.Read(&file, paths.Options{Readers: 1, Columns: paths.StandardColumns()}, func(int) func(*paths.Journeys) {
		return func(j *paths.Journeys) {
			steps = append(steps, j.Steps...)
			loaded, ends = append(loaded, paths.Journeys{Conversions: j.Conversions, Nulls: j.Nulls, Value: j.Value}), append(ends, len(steps))
		}
	})
	if err != nil {
		b.Fatal(err)
	}
	from := 0
	for i, end := range ends {
		loaded[i].Steps, from = steps[from:end], end
	}
	b.Run("pass", func(b *testing.B) {
		for b.Loop() {
			var sum int64
			for i := range loaded {
				for _, step := range loaded[i].Steps {
					sum += int64(step)
				}
				sum += loaded[i].Conversions
			}
			if sum == 0 {
				b.Fatal("there are steps")
			}
		}
	})
	for name, model := range map[string]string{
		"markov": calculator.Markov, "rules": "first,last,last_non_direct,linear,position,full_path",
		"shapley": calculator.Shapley, "shapley-exact": calculator.ShapleyExact,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c, err := calculator.New(calculator.Plan{Model: model, Order: 1, Cores: 1, Direct: "direct"})
				if err != nil {
					b.Fatal(err)
				}
				tell := c.Begin(0)
				for i := range loaded {
					tell(&loaded[i])
				}
				if _, err := c.Credits(r.Channels); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkFile credits the channels of a million journeys in a file, beside reading it with encoding/csv and nothing else.
func BenchmarkFile(b *testing.B) {
	var file bytes.Buffer
	if err := paths.Generate(&file, paths.Made{Journeys: 1_000_000, Channels: 12, Mean: 4, Seed: 1}); err != nil {
		b.Fatal(err)
	}
	b.Run("csv", func(b *testing.B) {
		b.SetBytes(int64(file.Len()))
		for b.Loop() {
			r := csv.NewReader(bytes.NewReader(file.Bytes()))
			r.ReuseRecord = true
			for {
				if _, err := r.Read(); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	compute := func(b *testing.B, plan calculator.Plan) {
		b.SetBytes(int64(file.Len()))
		for b.Loop() {
			c, err := calculator.New(plan)
			if err != nil {
				b.Fatal(err)
			}
			r, err := paths.Read(bytes.NewReader(file.Bytes()), paths.Options{Readers: plan.Cores, Columns: paths.StandardColumns()}, c.Begin)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := c.Credits(r.Channels); err != nil {
				b.Fatal(err)
			}
		}
	}
	for _, cores := range []int{1, 2} {
		for order := 1; order <= 4; order++ {
			b.Run(fmt.Sprintf("markov-%d/cores-%d", order, cores), func(b *testing.B) {
				compute(b, calculator.Plan{Model: calculator.Markov, Order: order, Cores: cores})
			})
		}
		for _, model := range []string{calculator.Linear, calculator.Shapley, calculator.ShapleyExact, calculator.All} {
			b.Run(fmt.Sprintf("%s/cores-%d", model, cores), func(b *testing.B) {
				compute(b, calculator.Plan{Model: model, Order: 1, Cores: cores, Direct: "direct"})
			})
		}
	}
}

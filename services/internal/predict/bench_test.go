package predict_test

import (
	"testing"

	"github.com/handoffhq/handoff/services/internal/predict"
)

func BenchmarkAHundredThousandRowsAreLearntFrom(b *testing.B) {
	rows := leads(100_000, 1, false)
	for b.Loop() {
		b.StopTimer()
		s := sample(b, rows, true)
		b.StartTimer()
		if _, err := predict.Train(s, options); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkARowIsPredicted(b *testing.B) {
	m := train(b, leads(2000, 1, false), true)
	values := map[string]string{"country": "DE", "visits": "7"}
	for b.Loop() {
		m.Predict(func(name string) string { return values[name] })
	}
}

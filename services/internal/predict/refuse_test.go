package predict_test

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/predict"
)

func TestTooSmallSamplesAreRefused(t *testing.T) {
	few := func(positives, negatives int) []row {
		rows := leads(positives+negatives, 1, false)
		for i := range rows {
			rows[i].positive = i%((positives+negatives)/max(1, min(positives, negatives))) == 0 != (positives > negatives)
		}
		return rows
	}
	for name, c := range map[string]struct {
		rows []row
		want string
	}{
		"nothing":        {nil, "0 rows have an outcome, and at least 200 are needed"},
		"199 rows":       {leads(199, 1, false), "199 rows have an outcome, and at least 200 are needed"},
		"few positives":  {few(40, 960), "32 positive rows are there to learn from, and at least 50 are needed"},
		"few negatives":  {few(960, 40), "32 negative rows are there to learn from, and at least 50 are needed"},
		"few to measure": {few(70, 630), "14 positive rows are there to measure with, and at least 20 are needed"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := predict.Train(sample(t, c.rows, true), options)
			var r *predict.Refusal
			if !errors.As(err, &r) || r.Cause != predict.TooFew || r.Why != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestNoiseIsRefused(t *testing.T) {
	refused := 0
	for seed := range uint64(100) {
		rows := leads(1000, seed, false)
		random := rand.New(rand.NewPCG(seed, 8))
		for i := range rows {
			rows[i].positive = random.IntN(3) == 0
		}
		_, err := predict.Train(sample(t, rows, seed%2 == 0), options)
		var r *predict.Refusal
		if errors.As(err, &r) && r.Cause == predict.NoSignal && r.Held != nil {
			refused++
		}
	}
	if refused < 98 { // one in a hundred is to be expected
		t.Errorf("of 100 samples without signal %d were refused", refused)
	}
}

func TestLeakageIsWarnedOf(t *testing.T) {
	signs := func(m *predict.Model) (found []string) {
		for _, w := range m.Training.Warnings {
			found = append(found, w.Feature+" "+string(w.Sign))
		}
		return found
	}
	if got := signs(train(t, leads(1000, 1, false), true)); len(got) > 0 {
		t.Errorf("without leakage: %q", got)
	}
	rows := leads(1000, 1, true)
	for i := range rows {
		if rows[i].cells[2] == "" && i%2 == 0 {
			rows[i].cells[2] = "Busy"
		}
	}
	want := []string{"tags implausible", "tags decisive", "tags decisive", "tags telling", "tags afterwards"}
	if diff := cmp.Diff(want, signs(train(t, rows, true))); diff != "" {
		t.Errorf("signs (-want +got):\n%s", diff)
	}
}

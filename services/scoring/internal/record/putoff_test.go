package record_test

import (
	"math"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

func TestWhatFailsIsPutOffTwiceAsLongEachTimeUpToAnHour(t *testing.T) {
	for failures, want := range map[int64]time.Duration{0: time.Second, 1: 2 * time.Second, 5: 32 * time.Second, 12: time.Hour, math.MaxInt64: time.Hour} {
		if got := record.Pause(failures); got != want {
			t.Errorf("after %d failures: %v, want %v", failures, got, want)
		}
	}
}

package pattern_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
)

func TestADayIsThatOfTheZone(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	daily := pattern.Daily{Hour: 7, Zone: zone}
	at := time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC) // seven in New York, the day before its clocks go forward
	if got := daily.After(at.Add(-time.Microsecond)); !got.Equal(at) {
		t.Errorf("just before: got %v", got)
	}
	for _, hours := range []time.Duration{23, 24, 24} {
		next := daily.After(at)
		if next.Sub(at) != hours*time.Hour || next.Location() != time.UTC {
			t.Errorf("after %v: got %v, want %v later", at, next, hours*time.Hour)
		}
		at = next
	}
	skipped := pattern.Daily{Hour: 2, Minute: 30, Zone: zone}
	if got := skipped.After(time.Date(2026, 3, 8, 0, 0, 0, 0, zone)); got.In(zone).Day() != 8 {
		t.Errorf("on the day that skips it: got %v", got.In(zone))
	}
}

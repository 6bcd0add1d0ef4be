package clock_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/internal/clock"
)

func TestTimeIsUTCInWholeMicroseconds(t *testing.T) {
	t.Parallel()
	test := clock.NewTest(time.Date(2026, 3, 2, 10, 0, 0, 1999, time.FixedZone("", 3600)))
	for name, now := range map[string]time.Time{"system": clock.System(), "test": test.Now()} {
		if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 {
			t.Errorf("%s clock: got %v", name, now)
		}
	}
	if want := time.Date(2026, 3, 2, 9, 0, 0, 1000, time.UTC); !test.Now().Equal(want) {
		t.Errorf("got %v, want %v", test.Now(), want)
	}
}

func TestATestClockStandsStillUntilItIsSet(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	c := clock.NewTest(at)
	if got := c.Now(); !got.Equal(at) {
		t.Errorf("got %v, want %v", got, at)
	}
	c.Set(at.Add(time.Hour))
	if got := c.Now(); !got.Equal(at.Add(time.Hour)) {
		t.Errorf("got %v, want %v", got, at.Add(time.Hour))
	}
}

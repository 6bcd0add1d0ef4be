package steady_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/steady"
)

func TestTrust(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	type step struct{ wall, running time.Duration } // since the reading before
	calm := step{time.Second, time.Second}
	for name, test := range map[string]struct {
		steps []step
		want  []bool
	}{
		"an undisturbed clock":              {[]step{calm, {time.Hour, time.Hour}, calm}, []bool{true, true, true}},
		"a clock that is slewed":            {[]step{{61 * time.Second, time.Second}, {time.Second, 61 * time.Second}}, []bool{true, true}},
		"set forward":                       {[]step{{time.Hour, time.Second}, calm, calm, calm}, []bool{false, false, true, true}},
		"set back":                          {[]step{{-time.Hour, time.Second}, calm, calm}, []bool{false, false, true}},
		"set forward by just over a minute": {[]step{{61*time.Second + 1, time.Second}}, []bool{false}},
		"set again while in doubt":          {[]step{{time.Hour, time.Second}, calm, {-time.Hour, time.Second}, calm, calm}, []bool{false, false, false, false, true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var guard steady.Guard
			now := steady.Reading{Wall: start}
			if !guard.Trust(now) {
				t.Fatal("the first reading is not trusted")
			}
			var got []bool
			for _, s := range test.steps {
				now.Wall, now.Running = now.Wall.Add(s.wall), now.Running+s.running
				got = append(got, guard.Trust(now))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("trust (-want +got):\n%s", diff)
			}
		})
	}
}

func TestRealClocksAgree(t *testing.T) {
	t.Parallel()
	var guard steady.Guard
	read := steady.Real()
	for range 2 {
		if !guard.Trust(read()) {
			t.Error("two readings of the machine's clocks disagree")
		}
	}
}

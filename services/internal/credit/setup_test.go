package credit_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/credit"
	"pgregory.net/rapid"
)

// day returns noon of the n-th day of the tests' calendar.
func day(n int) time.Time {
	return time.Date(2026, time.January, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n)
}

// dailyTouches returns touches on the days 0 to n-1, so that a touch's index is its day.
func dailyTouches(n int) []credit.Touch {
	touches := make([]credit.Touch, n)
	for i := range touches {
		touches[i] = credit.Touch{
			ID:            fmt.Sprintf("t%d", i),
			Source:        "web",
			SourceEventID: fmt.Sprintf("%06d", i),
			OccurredAt:    day(i),
		}
	}
	return touches
}

func newJourney(t rapid.TB, ledger []credit.Touch, reached credit.Milestones) credit.Journey {
	t.Helper()
	j, err := credit.NewJourney(ledger, credit.Eligibility{}, reached)
	if err != nil {
		t.Fatalf("NewJourney() error: %v", err)
	}
	return j
}

func timeDecay(t rapid.TB, halfLife time.Duration) credit.Model {
	t.Helper()
	m, err := credit.TimeDecay(halfLife)
	if err != nil {
		t.Fatalf("TimeDecay(%v) error: %v", halfLife, err)
	}
	return m
}

func custom(t rapid.TB, w credit.CustomWeights) credit.Model {
	t.Helper()
	m, err := credit.Custom(w)
	if err != nil {
		t.Fatalf("Custom(%+v) error: %v", w, err)
	}
	return m
}

// spell writes weights as "6 1 6 1 6 of 20".
func spell(w credit.Weights) string {
	var b strings.Builder
	for i := range w.Len() {
		fmt.Fprintf(&b, "%d ", w.Share(i))
	}
	return fmt.Sprintf("%sof %d", b.String(), w.Whole())
}

// anyLedger draws touches of distinct events, many of them at the same instant, in any order.
func anyLedger() *rapid.Generator[[]credit.Touch] {
	return rapid.Custom(func(t *rapid.T) []credit.Touch {
		ledger := make([]credit.Touch, rapid.IntRange(0, 40).Draw(t, "touches"))
		for i := range ledger {
			ledger[i] = credit.Touch{
				ID:            fmt.Sprintf("t%d", i),
				Source:        rapid.SampledFrom([]string{"ads", "crm", "web"}).Draw(t, "source"),
				SourceEventID: fmt.Sprint(i),
				OccurredAt:    anyInstant().Draw(t, "occurred"),
				Direct:        rapid.Bool().Draw(t, "direct"),
			}
		}
		return ledger
	})
}

// anyInstant draws one of few days, shifted by microseconds now and then.
func anyInstant() *rapid.Generator[time.Time] {
	return rapid.Custom(func(t *rapid.T) time.Time {
		shift := rapid.SampledFrom([]time.Duration{0, 0, time.Microsecond, 7*time.Hour + 11*time.Microsecond}).Draw(t, "shift")
		return day(rapid.IntRange(0, 120).Draw(t, "day")).Add(shift)
	})
}

func anyMilestones() *rapid.Generator[credit.Milestones] {
	return rapid.Custom(func(t *rapid.T) credit.Milestones {
		maybe := rapid.OneOf(rapid.Just(time.Time{}), anyInstant())
		return credit.Milestones{
			LeadCreated:        maybe.Draw(t, "lead created"),
			OpportunityCreated: maybe.Draw(t, "opportunity created"),
			ClosedWon:          maybe.Draw(t, "closed won"),
		}
	})
}

// anyModel draws a model of any family, with any valid parameters.
func anyModel() *rapid.Generator[credit.Model] {
	fixed := rapid.SampledFrom([]credit.Model{
		credit.Linear(), credit.FirstTouch(), credit.LastTouch(), credit.LastNonDirect(), credit.PositionBased(),
		credit.U402040(), credit.U5050(), credit.WShaped(), credit.FullPath(),
	})
	decay := rapid.Custom(func(t *rapid.T) credit.Model {
		m, err := credit.TimeDecay(time.Duration(rapid.Int64Range(int64(time.Microsecond), int64(400*24*time.Hour)).Draw(t, "half-life")))
		if err != nil {
			t.Fatalf("TimeDecay() error: %v", err)
		}
		return m
	})
	return rapid.OneOf(fixed, decay, anyCustom())
}

func anyCustom() *rapid.Generator[credit.Model] {
	return rapid.Custom(func(t *rapid.T) credit.Model {
		left := int32(credit.WholeParts)
		draw := func(name string) int32 {
			part := rapid.Int32Range(0, left).Draw(t, name)
			left -= part
			return part
		}
		w := credit.CustomWeights{
			FirstTouch:         draw("first"),
			LeadCreated:        draw("lead"),
			OpportunityCreated: draw("opportunity"),
			ClosedWon:          draw("won"),
			LastTouch:          draw("last"),
		}
		w.Rest = left
		m, err := credit.Custom(w)
		if err != nil {
			t.Fatalf("Custom(%+v) error: %v", w, err)
		}
		return m
	})
}

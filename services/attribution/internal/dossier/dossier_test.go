package dossier_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/attribution/internal/dossier"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/internal/credit"
)

const aDay = 24 * time.Hour

func day(n int) time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

func terms() dossier.Terms { return dossier.Terms{Lookback: 90 * aDay, Influence: 90 * aDay} }

// touch is a touch of marketing on a day, which is its id.
func touch(n int) credit.Touch {
	return credit.Touch{ID: day(n).Format(time.DateOnly), Source: "web", OccurredAt: day(n), Team: credit.Marketing, Kind: "form_submit"}
}

func touches(days ...int) []credit.Touch {
	var all []credit.Touch
	for _, n := range days {
		all = append(all, touch(n))
	}
	return all
}

// shares are the credit in millionths by the day of the touch.
func shares(t *testing.T, d dossier.Dossier, model credit.Model) map[string]int64 {
	t.Helper()
	entries, err := terms().Credit(d, model)
	if err != nil {
		t.Fatalf("Credit() error: %v", err)
	}
	got := make(map[string]int64)
	for _, e := range entries {
		got[e.Touch.OccurredAt.Format("Jan 2")] = e.Millionths
	}
	return got
}

func TestCredit(t *testing.T) {
	t.Parallel()
	// Opened on January 5 and won on January 11, when the sixth touch happened; the lead was created with the third.
	won := dossier.Dossier{
		OpenedAt: day(4), ClosedAt: day(10), Won: true, LeadAt: day(2), Touches: touches(0, 1, 2, 3, 4, 10),
	}
	lost := won
	lost.Won = false
	passive := won
	passive.Touches = append(touches(0, 2, 4), credit.Touch{Source: "mail", OccurredAt: day(3), Kind: credit.EmailSent})
	old := won
	old.Touches = touches(-87, -86, 4)
	tests := []struct {
		name  string
		d     dossier.Dossier
		model credit.Model
		want  map[string]int64
	}{
		{
			"W: what happened after the opening gets nothing", won, credit.WShaped(),
			map[string]int64{"Jan 1": 300_000, "Jan 2": 50_000, "Jan 3": 300_000, "Jan 4": 50_000, "Jan 5": 300_000},
		},
		{
			"the full path of a won deal reaches to its close", won, credit.FullPath(),
			map[string]int64{"Jan 1": 225_000, "Jan 2": 50_000, "Jan 3": 225_000, "Jan 4": 50_000, "Jan 5": 225_000, "Jan 11": 225_000},
		},
		{
			"the full path of a lost deal does not", lost, credit.FullPath(),
			map[string]int64{"Jan 1": 300_000, "Jan 2": 50_000, "Jan 3": 300_000, "Jan 4": 50_000, "Jan 5": 300_000},
		},
		{
			"mail that was sent earns nothing", passive, credit.Linear(),
			map[string]int64{"Jan 1": 333_334, "Jan 3": 333_333, "Jan 5": 333_333},
		},
		{
			"the lookback ends 90 days before the opening", old, credit.Linear(),
			map[string]int64{"Oct 7": 500_000, "Jan 5": 500_000},
		},
		{
			"and so it does for the full path", old, credit.FullPath(),
			map[string]int64{"Oct 7": 500_000, "Jan 5": 500_000},
		},
		{"nothing on record", dossier.Dossier{OpenedAt: day(4)}, credit.WShaped(), map[string]int64{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, shares(t, tt.d, tt.model)); diff != "" {
				t.Errorf("shares (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSourcingAnswersByEveryRule(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		d    dossier.Dossier
		want pipeline.Sourcing
	}{
		{"nothing on record", dossier.Dossier{OpenedAt: day(4)}, pipeline.Sourcing{}},
		{
			"marketing was first, the field says sales",
			dossier.Dossier{OpenedAt: day(4), Recorded: credit.Sales, Touches: touches(1), SoldAt: day(2)},
			pipeline.Sourcing{RecordedSource: credit.Sales, FirstTouch: credit.Marketing, BeforeSales: credit.Marketing},
		},
		{
			"sales was first",
			dossier.Dossier{OpenedAt: day(4), Recorded: credit.Marketing, Touches: touches(1), SoldAt: day(0)},
			pipeline.Sourcing{RecordedSource: credit.Marketing, FirstTouch: credit.Marketing, BeforeSales: credit.Sales},
		},
		{
			"sales alone",
			dossier.Dossier{OpenedAt: day(4), SoldAt: day(0)},
			pipeline.Sourcing{BeforeSales: credit.Sales},
		},
		{
			"what happened after the opening sourced nothing",
			dossier.Dossier{OpenedAt: day(4), Touches: touches(5), SoldAt: day(6)},
			pipeline.Sourcing{},
		},
		{
			"what happened before the lookback sourced nothing",
			dossier.Dossier{OpenedAt: day(4), Touches: touches(-87)},
			pipeline.Sourcing{},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, terms().Sourcing(tt.d)); diff != "" {
				t.Errorf("Sourcing() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpportunityIsInfluencedUntilItIsOver(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		d    dossier.Dossier
		want bool
	}{
		{"before the opening", dossier.Dossier{Touches: touches(0)}, true},
		{"90 days before it", dossier.Dossier{Touches: touches(-86)}, true},
		{"91 days before it", dossier.Dossier{Touches: touches(-87)}, false},
		{"while it is open", dossier.Dossier{Touches: touches(9)}, true},
		{"as it was closed", dossier.Dossier{ClosedAt: day(8), Touches: touches(8)}, true},
		{"after it was closed", dossier.Dossier{ClosedAt: day(8), Touches: touches(9)}, false},
		{"after what is known", dossier.Dossier{Touches: touches(11)}, false},
		{"mail that was sent", dossier.Dossier{Touches: []credit.Touch{{OccurredAt: day(0), Team: credit.Marketing, Kind: credit.EmailSent}}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.d.Opportunity, tt.d.OpenedAt, tt.d.AmountMinor, tt.d.MarketingSQLs = "o", day(4), 7, 1
			want := pipeline.Opportunity{ID: "o", AmountMinor: 7, MarketingSQLs: 1, Influence: pipeline.Influence{Influenced: tt.want}}
			if diff := cmp.Diff(want, terms().Opportunity(tt.d, day(10))); diff != "" {
				t.Errorf("Opportunity() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTouchesOutsideTheWindowChangeNoFigure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		agreed := dossier.Terms{
			Lookback:  time.Duration(rapid.IntRange(1, 20).Draw(t, "lookback")) * aDay,
			Influence: time.Duration(rapid.IntRange(1, 20).Draw(t, "influence")) * aDay,
		}
		d := dossier.Dossier{Opportunity: "o", AmountMinor: 1000, OpenedAt: day(20), LeadAt: day(rapid.IntRange(0, 40).Draw(t, "lead"))}
		if rapid.Bool().Draw(t, "won") {
			d.Won, d.ClosedAt = true, day(rapid.IntRange(20, 50).Draw(t, "closed"))
		}
		asOf := day(40)
		all := touches(rapid.SliceOfDistinct(rapid.IntRange(0, 60), rapid.ID).Draw(t, "touches")...)
		window := agreed.Window(d, asOf)
		d.Touches = all
		wide := figures(t, agreed, d, asOf)
		d.Touches = credit.Eligibility{Window: window}.Select(all)
		if diff := cmp.Diff(wide, figures(t, agreed, d, asOf)); diff != "" {
			t.Errorf("figures differ (-all touches +those in the window):\n%s", diff)
		}
	})
}

// figures is everything that can be read from a dossier.
func figures(t *rapid.T, agreed dossier.Terms, d dossier.Dossier, asOf time.Time) []any {
	all := []any{agreed.Sourcing(d), agreed.Opportunity(d, asOf)}
	for _, model := range []credit.Model{credit.Linear(), credit.WShaped(), credit.FullPath(), credit.LastNonDirect()} {
		entries, err := agreed.Credit(d, model)
		if err != nil {
			t.Fatalf("Credit() error: %v", err)
		}
		all = append(all, entries)
	}
	return all
}

package pipeline_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/internal/credit"
	"pgregory.net/rapid"
)

func TestUnionCountsAnOpportunityOnceAndNaiveSumTwice(t *testing.T) {
	t.Parallel()
	opportunities := []pipeline.Opportunity{
		{ID: "influenced", AmountMinor: 1_000, Influence: influencedBy("spring")},
		{ID: "from an SQL", AmountMinor: 200, MarketingSQLs: 1},
		{ID: "both", AmountMinor: 30, Influence: influencedBy("spring"), MarketingSQLs: 2},
		{ID: "sourced", AmountMinor: 50_000, SourcedBy: credit.Marketing},
		{ID: "neither", AmountMinor: 4_000},
	}
	tests := []struct {
		name    string
		bare    pipeline.BareSQLs
		formula pipeline.Formula
		want    pipeline.InfluencedPipeline
	}{
		{
			"union", pipeline.BareSQLs{Count: 3}, pipeline.Union,
			pipeline.InfluencedPipeline{
				Opportunities: pipeline.Line{Count: 4, AmountMinor: 51_230},
				SQLs:          pipeline.Line{Count: 3},
				TotalMinor:    51_230,
			},
		},
		{
			"union with a value for an SQL", pipeline.BareSQLs{Count: 3, ValueMinor: 10}, pipeline.Union,
			pipeline.InfluencedPipeline{
				Opportunities: pipeline.Line{Count: 4, AmountMinor: 51_230},
				SQLs:          pipeline.Line{Count: 3, AmountMinor: 30},
				TotalMinor:    51_260,
			},
		},
		{
			"naive sum", pipeline.BareSQLs{Count: 3, ValueMinor: 10}, pipeline.NaiveSum,
			pipeline.InfluencedPipeline{
				Opportunities: pipeline.Line{Count: 3, AmountMinor: 51_030},
				SQLs:          pipeline.Line{Count: 6, AmountMinor: 290},
				TotalMinor:    51_320,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := pipeline.SumInfluenced(opportunities, tt.bare, tt.formula)
			if err != nil {
				t.Fatalf("SumInfluenced() error: %v", err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("SumInfluenced() (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnionNeverExceedsThePipelineNorTheNaiveSum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		opportunities := anyPipeline().Draw(t, "pipeline")
		bare := pipeline.BareSQLs{
			Count:      rapid.Int64Range(0, 9).Draw(t, "SQLs"),
			ValueMinor: rapid.Int64Range(0, 1<<40).Draw(t, "value"),
		}
		union, errUnion := pipeline.SumInfluenced(opportunities, bare, pipeline.Union)
		naive, errNaive := pipeline.SumInfluenced(opportunities, bare, pipeline.NaiveSum)
		whole, errWhole := pipeline.BreakDown(opportunities)
		if err := errors.Join(errUnion, errNaive, errWhole); err != nil {
			t.Fatalf("errors: %v", err)
		}
		if union.Opportunities.AmountMinor > whole.Total.AmountMinor || union.TotalMinor > naive.TotalMinor {
			t.Errorf("union %+v, naive sum %+v, pipeline %+v", union, naive, whole.Total)
		}
	})
}

func TestSumInfluencedRefusesWhatHasNoSum(t *testing.T) {
	t.Parallel()
	dear := []pipeline.Opportunity{{ID: "a", AmountMinor: math.MaxInt64, Influence: influencedBy(), MarketingSQLs: 2}}
	tests := []struct {
		name          string
		opportunities []pipeline.Opportunity
		bare          pipeline.BareSQLs
		formula       pipeline.Formula
		want          error
	}{
		{"a negative number", nil, pipeline.BareSQLs{Count: -1}, pipeline.Union, pipeline.ErrNegativeAmount},
		{"a negative value", nil, pipeline.BareSQLs{ValueMinor: -1}, pipeline.Union, pipeline.ErrNegativeAmount},
		{"SQLs worth too much", nil, pipeline.BareSQLs{Count: 1 << 32, ValueMinor: 1 << 32}, pipeline.Union, pipeline.ErrOverflow},
		{"lines worth too much together", dear, pipeline.BareSQLs{Count: 1, ValueMinor: 1}, pipeline.Union, pipeline.ErrOverflow},
		{"an SQL counted twice", dear, pipeline.BareSQLs{}, pipeline.NaiveSum, pipeline.ErrOverflow},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, err := pipeline.SumInfluenced(tt.opportunities, tt.bare, tt.formula); !errors.Is(err, tt.want) {
				t.Errorf("SumInfluenced(): got %+v and error %v, want %v", got, err, tt.want)
			}
		})
	}
}

func TestExpectedValueOfAnSQL(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		deal  pipeline.Mean
		share pipeline.Ratio
		want  int64
		ok    bool
	}{
		{"half of the mean deal", pipeline.Mean{Sum: 300_000, Count: 3}, pipeline.Ratio{Numerator: 5, Denominator: 10}, 50_000, true},
		{"half a cent to the even one", pipeline.Mean{Sum: 5, Count: 1}, pipeline.Ratio{Numerator: 1, Denominator: 2}, 2, true},
		{"no deals", pipeline.Mean{}, pipeline.Ratio{Numerator: 1, Denominator: 2}, 0, false},
		{"no SQLs", pipeline.Mean{Sum: 5, Count: 1}, pipeline.Ratio{}, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, ok := pipeline.ExpectedValue(tt.deal, tt.share); got != tt.want || ok != tt.ok {
				t.Errorf("ExpectedValue(): got %d, %v, want %d, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
}

func TestPerSpendAgainstTheHealthyBand(t *testing.T) {
	t.Parallel()
	band, err := pipeline.NewBand(pipeline.FromFloat(5), pipeline.FromFloat(10))
	if err != nil {
		t.Fatalf("NewBand() error: %v", err)
	}
	tests := []struct {
		name              string
		influenced, spend int64
		want              string
		standing          pipeline.Standing
	}{
		{"100,000 of spend influences 500,000", 500_000_00, 100_000_00, "5.00", pipeline.Within},
		{"100,000 of spend influences 1,000,000", 1_000_000_00, 100_000_00, "10.00", pipeline.Within},
		{"a cent too little, though it shows as 5.00", 499_999_99, 100_000_00, "5.00", pipeline.Below},
		{"a cent more, though it shows as 10.00", 1_000_000_01, 100_000_00, "10.00", pipeline.Above},
		{"nothing influenced", 0, 100, "0.00", pipeline.Below},
		{"nothing spent", 500, 0, "undefined", pipeline.Undefined},
		{"nothing at all", 0, 0, "undefined", pipeline.Undefined},
		{"the largest amounts", math.MaxInt64, math.MaxInt64, "1.00", pipeline.Below},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			january := pipeline.Period{Start: day(0), End: day(31)}
			r, err := pipeline.PerSpend(
				pipeline.Figure{Period: january, Currency: "USD", AmountMinor: tt.influenced},
				pipeline.Figure{Period: january, Currency: "USD", AmountMinor: tt.spend},
			)
			if err != nil {
				t.Fatalf("PerSpend() error: %v", err)
			}
			if got := pipeline.Decimal(r.Rat(), 2); got != tt.want || band.Standing(r) != tt.standing {
				t.Errorf("got %s, %v, want %s, %v", got, band.Standing(r), tt.want, tt.standing)
			}
		})
	}
}

func TestPerSpendRefusesFiguresThatDoNotCompare(t *testing.T) {
	t.Parallel()
	base := pipeline.Figure{Period: pipeline.Period{Start: day(0), End: day(31)}, Currency: "USD", AmountMinor: 100}
	tests := []struct {
		name   string
		change func(*pipeline.Figure)
		want   error
	}{
		{"another start", func(f *pipeline.Figure) { f.Period.Start = day(1) }, pipeline.ErrPeriodMismatch},
		{"another end", func(f *pipeline.Figure) { f.Period.End = day(32) }, pipeline.ErrPeriodMismatch},
		{"another currency", func(f *pipeline.Figure) { f.Currency = "EUR" }, pipeline.ErrCurrencyMismatch},
		{"a negative amount", func(f *pipeline.Figure) { f.AmountMinor = -1 }, pipeline.ErrNegativeAmount},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			changed := base
			tt.change(&changed)
			_, asSpend := pipeline.PerSpend(base, changed)
			_, asPipeline := pipeline.PerSpend(changed, base)
			if !errors.Is(asSpend, tt.want) || !errors.Is(asPipeline, tt.want) {
				t.Errorf("got errors %v and %v, want %v", asSpend, asPipeline, tt.want)
			}
		})
	}
}

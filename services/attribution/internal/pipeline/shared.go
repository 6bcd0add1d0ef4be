package pipeline

import (
	"errors"
	"fmt"
	"time"
)

var (
	// ErrPeriodMismatch says that two figures do not cover the same period.
	ErrPeriodMismatch = errors.New("figures cover different periods")
	// ErrCurrencyMismatch says that two figures are not in the same currency.
	ErrCurrencyMismatch = errors.New("figures are in different currencies")
)

// Formula says how marketing's sales-qualified leads (SQLs) join the opportunities that marketing
// sourced or influenced.
type Formula uint8

const (
	// Union counts every opportunity once, whether marketing sourced it, influenced it, or sent the SQL
	// that became it. An SQL without an opportunity counts at the policy's value.
	Union Formula = iota
	// NaiveSum adds the sourced and influenced opportunities and all marketing SQLs, each at the amount
	// of its opportunity or else at the policy's value. It counts an SQL that became an influenced
	// opportunity twice, and is there for teams whose history was computed so.
	NaiveSum
)

// String returns the formula's stable name.
func (f Formula) String() string {
	if f == NaiveSum {
		return "NAIVE_SUM"
	}
	return "UNION"
}

// BareSQLs are the marketing SQLs that have no opportunity.
type BareSQLs struct {
	Count      int64
	ValueMinor int64 // what the policy counts for each; zero unless it says otherwise. See [ExpectedValue]
}

// InfluencedPipeline is the pipeline that marketing sourced or influenced. SQLs stand in a line of their own,
// since their worth is an estimate.
type InfluencedPipeline struct {
	Opportunities Line
	SQLs          Line
	TotalMinor    int64
}

// SumInfluenced adds up the influenced pipeline of a period.
//
// Errors: [ErrDuplicateOpportunity], [ErrNegativeAmount], [ErrOverflow].
func SumInfluenced(opportunities []Opportunity, bare BareSQLs, formula Formula) (InfluencedPipeline, error) {
	if err := check(opportunities); err != nil {
		return InfluencedPipeline{}, err
	}
	if bare.Count < 0 || bare.ValueMinor < 0 {
		return InfluencedPipeline{}, fmt.Errorf("SQLs without opportunity: %w", ErrNegativeAmount)
	}
	var sum InfluencedPipeline
	fits := sum.SQLs.countAll(bare.Count, bare.ValueMinor)
	for _, o := range opportunities {
		if o.Class() != Untouched || formula == Union && o.MarketingSQLs > 0 {
			sum.Opportunities.count(o.AmountMinor)
		}
		if formula == NaiveSum {
			fits = fits && sum.SQLs.countAll(o.MarketingSQLs, o.AmountMinor)
		}
	}
	total, ok := add(sum.Opportunities.AmountMinor, sum.SQLs.AmountMinor)
	if !fits || !ok {
		return InfluencedPipeline{}, fmt.Errorf("influenced pipeline: %w", ErrOverflow)
	}
	sum.TotalMinor = total
	return sum, nil
}

// ExpectedValue estimates what an SQL without an opportunity is worth: the mean won deal times the
// share of SQLs that become opportunities, rounded half to even to minor units. It reports false when
// either is undefined.
func ExpectedValue(deal Mean, sqlToOpportunity Ratio) (int64, bool) {
	amount, share := deal.Rat(), sqlToOpportunity.Rat()
	if amount == nil || share == nil {
		return 0, false
	}
	return Minor(amount.Mul(amount, share))
}

// Period is a span of time from its start up to and without its end.
type Period struct {
	Start, End time.Time
}

// Contains reports whether the instant lies in the period.
func (p Period) Contains(at time.Time) bool { return !at.Before(p.Start) && at.Before(p.End) }

// Equal reports whether both are the same span.
func (p Period) Equal(other Period) bool {
	return p.Start.Equal(other.Start) && p.End.Equal(other.End)
}

// Figure is an amount of money over a period.
type Figure struct {
	Period      Period
	Currency    string // ISO 4217
	AmountMinor int64
}

// PerSpend is the shared metric: influenced pipeline per unit of spend. It is undefined when nothing
// was spent.
//
// Errors: [ErrPeriodMismatch], [ErrCurrencyMismatch], [ErrNegativeAmount].
func PerSpend(influenced, spend Figure) (Ratio, error) {
	switch {
	case !influenced.Period.Equal(spend.Period):
		return Ratio{}, fmt.Errorf("influenced pipeline per spend: %w", ErrPeriodMismatch)
	case influenced.Currency != spend.Currency:
		return Ratio{}, fmt.Errorf("influenced pipeline per spend: %w: %q and %q",
			ErrCurrencyMismatch, influenced.Currency, spend.Currency)
	case influenced.AmountMinor < 0 || spend.AmountMinor < 0:
		return Ratio{}, fmt.Errorf("influenced pipeline per spend: %w", ErrNegativeAmount)
	}
	return Ratio{Numerator: influenced.AmountMinor, Denominator: spend.AmountMinor}, nil
}

package pipeline

import (
	"errors"
	"fmt"
	"math/big"
)

// ErrPlan says that an input of a plan is missing or out of range.
var ErrPlan = errors.New("input is missing or out of range")

// PlanStage is a stage of the funnel ahead of the opportunity.
type PlanStage struct {
	Name  string
	Owner string // the team that answers for it
	Rate  Ratio  // the share that goes on to the next stage, or to the opportunity; above 0, at most 1
}

// Target is a revenue target and the standards by which it is broken down.
type Target struct {
	RevenueMinor int64
	DealMinor    int64       // mean won deal
	Coverage     Ratio       // pipeline needed ÷ revenue
	Marketing    Ratio       // marketing's share of the pipeline, 0 to 1
	Stages       []PlanStage // in the funnel's order, the earliest first
}

// PlanVolume is how many must enter a stage.
type PlanVolume struct {
	Name, Owner string
	Count       int64
}

// Plan is what it takes to reach a target. Everything is rounded up, each from the exact value, so
// that roundings do not pile up along the funnel.
type Plan struct {
	Deals          int64
	PipelineMinor  int64
	MarketingMinor int64 // marketing's part of the pipeline
	Opportunities  int64
	Volumes        []PlanVolume // in the funnel's order
}

// Plan works backward from the target: revenue → pipeline → opportunities → volume of each stage.
//
// Errors: [ErrPlan] joined for every input that is wrong; [ErrOverflow].
func (t Target) Plan() (Plan, error) {
	if err := t.validate(); err != nil {
		return Plan{}, err
	}
	revenue, deal := new(big.Rat).SetInt64(t.RevenueMinor), new(big.Rat).SetInt64(t.DealMinor)
	pipeline := new(big.Rat).Mul(revenue, t.Coverage.Rat())
	need := new(big.Rat).Quo(pipeline, deal)

	var fit fitting
	plan := Plan{
		Deals:          fit.ceil(new(big.Rat).Quo(revenue, deal)),
		PipelineMinor:  fit.ceil(pipeline),
		MarketingMinor: fit.ceil(new(big.Rat).Mul(pipeline, t.Marketing.Rat())),
		Opportunities:  fit.ceil(need),
		Volumes:        make([]PlanVolume, len(t.Stages)),
	}
	for i := len(t.Stages) - 1; i >= 0; i-- {
		stage := t.Stages[i]
		need.Quo(need, stage.Rate.Rat())
		plan.Volumes[i] = PlanVolume{Name: stage.Name, Owner: stage.Owner, Count: fit.ceil(need)}
	}
	if fit.overflow {
		return Plan{}, fmt.Errorf("plan: %w", ErrOverflow)
	}
	return plan, nil
}

func (t Target) validate() error {
	var errs []error
	require := func(ok bool, field string) {
		if !ok {
			errs = append(errs, fmt.Errorf("plan: %s: %w", field, ErrPlan))
		}
	}
	require(t.RevenueMinor > 0, "revenue")
	require(t.DealMinor > 0, "deal")
	require(t.Coverage.Defined() && t.Coverage.Numerator > 0, "coverage")
	require(share(t.Marketing), "marketing share")
	for _, s := range t.Stages {
		require(share(s.Rate) && s.Rate.Numerator > 0, fmt.Sprintf("rate of stage %q", s.Name))
	}
	return errors.Join(errs...)
}

// share reports whether the ratio lies within 0 to 1.
func share(r Ratio) bool { return r.Defined() && r.Numerator >= 0 && r.Numerator <= r.Denominator }

// fitting rounds up and remembers whether something did not fit.
type fitting struct {
	overflow bool
}

func (f *fitting) ceil(value *big.Rat) int64 {
	quotient, remainder := new(big.Int).DivMod(value.Num(), value.Denom(), new(big.Int))
	if remainder.Sign() > 0 {
		quotient.Add(quotient, big.NewInt(1))
	}
	f.overflow = f.overflow || !quotient.IsInt64()
	return quotient.Int64()
}

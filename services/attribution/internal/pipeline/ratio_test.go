package pipeline_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"pgregory.net/rapid"
)

func TestDecimalRoundsHalfToEven(t *testing.T) {
	t.Parallel()
	tests := []struct {
		numerator, denominator int64
		places                 uint8
		want                   string
	}{
		{1, 3, 2, "0.33"},
		{2, 3, 2, "0.67"},
		{1, 8, 2, "0.12"},
		{3, 8, 2, "0.38"},
		{-1, 8, 2, "-0.12"},
		{-3, 8, 2, "-0.38"},
		{1, 2, 0, "0"},
		{3, 2, 0, "2"},
		{-1, 2, 0, "0"},
		{7, 1, 3, "7.000"},
		{math.MaxInt64, 1, 1, "9223372036854775807.0"},
	}
	for _, tt := range tests {
		t.Run(tt.want, func(t *testing.T) {
			t.Parallel()
			if got := pipeline.Decimal(big.NewRat(tt.numerator, tt.denominator), tt.places); got != tt.want {
				t.Errorf("Decimal(%d/%d, %d): got %s, want %s", tt.numerator, tt.denominator, tt.places, got, tt.want)
			}
		})
	}
}

func TestMinorIsTheNearestUnit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		value := big.NewRat(rapid.Int64().Draw(t, "numerator"), rapid.Int64Range(1, math.MaxInt64).Draw(t, "denominator"))
		got, ok := pipeline.Minor(value)
		off := new(big.Rat).Sub(value, new(big.Rat).SetInt64(got))
		distance := off.Abs(off).Cmp(big.NewRat(1, 2))
		if !ok || distance > 0 || distance == 0 && got%2 != 0 {
			t.Errorf("Minor(%v): got %d, %v", value, got, ok)
		}
	})
}

func TestMinorOfWhatHasNone(t *testing.T) {
	t.Parallel()
	tooLarge := new(big.Rat).SetFloat64(1 << 63)
	for name, value := range map[string]*big.Rat{"undefined": nil, "too large": tooLarge} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, ok := pipeline.Minor(value); ok {
				t.Errorf("Minor(%v): got %d, want none", value, got)
			}
		})
	}
}

func TestRatioWithoutADenominatorIsUndefined(t *testing.T) {
	t.Parallel()
	for _, r := range []pipeline.Ratio{{}, {Numerator: 5}, {Numerator: 5, Denominator: -1}} {
		if r.Defined() || r.Rat() != nil {
			t.Errorf("%+v: got %v, want undefined", r, r.Rat())
		}
	}
}

func TestBandRefusesEndsThatAreNone(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		low, high float64
	}{
		{"wrong order", 10, 5},
		{"no low end", math.NaN(), 10},
		{"no high end", 5, math.Inf(1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if _, err := pipeline.NewBand(pipeline.FromFloat(tt.low), pipeline.FromFloat(tt.high)); !errors.Is(err, pipeline.ErrBand) {
				t.Errorf("NewBand(): got error %v, want %v", err, pipeline.ErrBand)
			}
		})
	}
}

func TestBandEndsAreTheDecimalsThatWereWritten(t *testing.T) {
	t.Parallel()
	band, err := pipeline.NewBand(pipeline.FromFloat(0.2), pipeline.FromFloat(0.3))
	if err != nil {
		t.Fatalf("NewBand() error: %v", err)
	}
	for _, tt := range []struct {
		numerator int64
		want      pipeline.Standing
	}{{199, pipeline.Below}, {200, pipeline.Within}, {300, pipeline.Within}, {301, pipeline.Above}} {
		if got := band.Standing(pipeline.Ratio{Numerator: tt.numerator, Denominator: 1_000}); got != tt.want {
			t.Errorf("standing of %d/1000: got %v, want %v", tt.numerator, got, tt.want)
		}
	}
}

func TestRatioInParts(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		ratio pipeline.Ratio
		want  int64
		ok    bool
	}{
		{"per mille", pipeline.Ratio{Numerator: 1, Denominator: 3}, 333, true},
		{"half to even", pipeline.Ratio{Numerator: 1, Denominator: 16}, 62, true},
		{"undefined", pipeline.Ratio{Numerator: 1}, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got, ok := tt.ratio.In(1_000); got != tt.want || ok != tt.ok {
				t.Errorf("In(1000): got %d, %v, want %d, %v", got, ok, tt.want, tt.ok)
			}
		})
	}
	if got, ok := (pipeline.Ratio{Numerator: math.MaxInt64, Denominator: 1}).In(2); ok {
		t.Errorf("In(2) of the largest number: got %d, want none", got)
	}
}

func TestZeroBandHasNoStanding(t *testing.T) {
	t.Parallel()
	if got := (pipeline.Band{}).Standing(pipeline.Ratio{Numerator: 1, Denominator: 1}); got != pipeline.Undefined {
		t.Errorf("Standing(): got %v, want %v", got, pipeline.Undefined)
	}
}

package pipeline_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
)

func TestARateFallsByAShareOfWhatItWas(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name             string
		recent, baseline pipeline.Ratio
		share            float64
		want             bool
	}{
		{"from 25% to 20% by a fifth", pipeline.Ratio{Numerator: 20, Denominator: 100}, pipeline.Ratio{Numerator: 100, Denominator: 400}, 0.2, true},
		{"from 25% to 21% by less", pipeline.Ratio{Numerator: 21, Denominator: 100}, pipeline.Ratio{Numerator: 100, Denominator: 400}, 0.2, false},
		{"from 35% to 28% by a fifth, which binary fractions miss", pipeline.Ratio{Numerator: 28, Denominator: 100}, pipeline.Ratio{Numerator: 140, Denominator: 400}, 0.2, true},
		{"to nothing", pipeline.Ratio{Denominator: 20}, pipeline.Ratio{Numerator: 1, Denominator: 20}, 1, true},
		{"upwards", pipeline.Ratio{Numerator: 90, Denominator: 100}, pipeline.Ratio{Numerator: 100, Denominator: 400}, 0.2, false},
		{"of too few", pipeline.Ratio{Denominator: 19}, pipeline.Ratio{Numerator: 100, Denominator: 400}, 0.2, false},
		{"against too few", pipeline.Ratio{Denominator: 100}, pipeline.Ratio{Numerator: 19, Denominator: 19}, 0.2, false},
		{"from nothing to nothing", pipeline.Ratio{Denominator: 100}, pipeline.Ratio{Denominator: 400}, 0.2, false},
		{"of nothing at all", pipeline.Ratio{}, pipeline.Ratio{}, 0.2, false},
	}
	for _, tt := range tests {
		if got := (pipeline.Slip{Recent: tt.recent, Baseline: tt.baseline}).Fell(tt.share, 20); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
	if (pipeline.Slip{}).Fell(0.2, 0) {
		t.Error("nothing fell, with no least number of cases")
	}
}

func TestASpanHasNoGapAndNoOverlap(t *testing.T) {
	t.Parallel()
	end := time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	s := pipeline.NewSpan(end, 24*time.Hour)
	if !s.Recent.End.Equal(end) || s.Recent.End.Sub(s.Recent.Start) != 24*time.Hour || !s.Baseline.End.Equal(s.Recent.Start) || s.Baseline.End.Sub(s.Baseline.Start) != 96*time.Hour {
		t.Errorf("got %+v", s)
	}
}

package tally_test

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/attribution/internal/tally"
	"github.com/handoffhq/handoff/services/internal/credit"
)

func entry(channel, campaign string, millionths, amount int64) credit.Entry {
	return credit.Entry{Touch: credit.Touch{Channel: channel, Campaign: campaign}, Millionths: millionths, AmountMinor: amount}
}

func TestAddSumsByChannelAndCampaign(t *testing.T) {
	t.Parallel()
	var got tally.Tally
	for _, opportunity := range [][]credit.Entry{
		{entry("webinar", "spring", 600_000, 60), entry("email", "spring", 400_000, 40)},
		{entry("webinar", "", 1_000_000, 5)},
		nil,
	} {
		amount := int64(7)
		if opportunity != nil {
			amount = 0
			for _, e := range opportunity {
				amount += e.AmountMinor
			}
		}
		if err := got.Add(amount, opportunity); err != nil {
			t.Fatalf("Add() error: %v", err)
		}
	}
	wantChannels := []tally.Slice{
		{Name: "email", AmountMinor: 40, Millionths: 400_000, Touches: 1},
		{Name: "webinar", AmountMinor: 65, Millionths: 1_600_000, Touches: 2},
	}
	wantCampaigns := []tally.Slice{
		{AmountMinor: 5, Millionths: 1_000_000, Touches: 1},
		{Name: "spring", AmountMinor: 100, Millionths: 1_000_000, Touches: 2},
	}
	want := tally.Tally{Total: tally.Line{Opportunities: 3, AmountMinor: 112}, Untouched: tally.Line{Opportunities: 1, AmountMinor: 7}}
	if diff := cmp.Diff(wantChannels, got.Channels()); diff != "" {
		t.Errorf("channels (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantCampaigns, got.Campaigns()); diff != "" {
		t.Errorf("campaigns (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(tally.Tally{})); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestAddRefusesASumOutOfRange(t *testing.T) {
	t.Parallel()
	var got tally.Tally
	if err := got.Add(math.MaxInt64, nil); err != nil {
		t.Fatalf("Add(the largest) error: %v", err)
	}
	if err := got.Add(1, nil); !errors.Is(err, tally.ErrOverflow) {
		t.Errorf("Add(1) to the largest: got error %v, want %v", err, tally.ErrOverflow)
	}
	want := tally.Line{Opportunities: 1, AmountMinor: math.MaxInt64}
	if got.Total != want || got.Untouched != want {
		t.Errorf("after a refusal: got %+v and %+v, want %+v", got.Total, got.Untouched, want)
	}
}

func TestSlicesAndTheUntouchedSumToTheTotal(t *testing.T) {
	t.Parallel()
	name := rapid.SampledFrom([]string{"", "a", "b", "c"})
	rapid.Check(t, func(t *rapid.T) {
		var got tally.Tally
		for range rapid.IntRange(0, 20).Draw(t, "opportunities") {
			amount := rapid.Int64Range(0, 1<<40).Draw(t, "amount")
			journey, err := credit.NewJourney(anyTouches(name).Draw(t, "touches"), credit.Eligibility{}, credit.Milestones{})
			if err != nil {
				t.Fatalf("NewJourney() error: %v", err)
			}
			entries, err := credit.Linear().Entries(journey, amount)
			if err != nil {
				t.Fatalf("Entries() error: %v", err)
			}
			if err := got.Add(amount, entries); err != nil {
				t.Fatalf("Add() error: %v", err)
			}
		}
		for _, slices := range [][]tally.Slice{got.Channels(), got.Campaigns()} {
			money, parts := got.Untouched.AmountMinor, got.Untouched.Opportunities*credit.WholeParts
			for _, s := range slices {
				money += s.AmountMinor
				parts += s.Millionths
			}
			if money != got.Total.AmountMinor || parts != got.Total.Opportunities*credit.WholeParts {
				t.Errorf("slices sum to %d and %d parts, the total is %+v", money, parts, got.Total)
			}
		}
	})
}

func anyTouches(name *rapid.Generator[string]) *rapid.Generator[[]credit.Touch] {
	return rapid.Custom(func(t *rapid.T) []credit.Touch {
		touches := make([]credit.Touch, rapid.IntRange(0, 5).Draw(t, "touches"))
		for i := range touches {
			touches[i] = credit.Touch{
				OccurredAt: time.UnixMicro(int64(i)), Channel: name.Draw(t, "channel"), Campaign: name.Draw(t, "campaign"),
			}
		}
		return touches
	})
}

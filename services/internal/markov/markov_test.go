package markov_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/markov"
)

// journeys are journeys over the same channels.
type journeys struct {
	path               []uint16
	conversions, nulls int64
}

func counted(t testing.TB, order int, all []journeys) *markov.Counter {
	t.Helper()
	c, err := markov.NewCounter(order)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range all {
		c.Add(j.path, j.conversions, j.nulls)
	}
	return c
}

func removal(t testing.TB, chain *markov.Chain) markov.Removal {
	t.Helper()
	r, err := chain.Removal(1)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRemovalEffectsOfKnownChains(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		all  []journeys
		want []float64
	}{
		{"ga twice, mail, ga and mail, and ga for nothing", []journeys{{[]uint16{0}, 2, 1}, {[]uint16{1}, 1, 0}, {[]uint16{0, 1}, 1, 0}}, []float64{3.0 / 4, 1.0 / 2}},
		{"what renormalising makes negative", []journeys{{[]uint16{0}, 1, 9}, {[]uint16{1}, 9, 1}, {[]uint16{0, 1}, 1, 1}}, []float64{8.0 / 33, 10.0 / 11}},
		{"a channel on every journey takes all", []journeys{{[]uint16{0, 1}, 3, 1}, {[]uint16{2, 1}, 1, 5}}, []float64{2.0 / 5, 1, 3.0 / 5}},
		{"a single channel", []journeys{{[]uint16{0}, 3, 8}}, []float64{1}},
		{"one that only fails", []journeys{{[]uint16{0}, 3, 0}, {[]uint16{1}, 0, 5}}, []float64{1, 0}},
		{"repeats in a row are one visit", []journeys{{[]uint16{0, 1, 0, 1, 1, 0}, 1, 0}, {[]uint16{0, 1, 1, 0, 0}, 1, 0}, {[]uint16{0, 0}, 1, 0}}, []float64{1, 0.5}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := removal(t, counted(t, 1, tt.all).Chain(len(tt.want)))
			for channel, want := range tt.want {
				if math.Abs(got.Effects[channel]-want) > got.Bound {
					t.Errorf("effect of channel %d: got %v, want %v within %.1g", channel, got.Effects[channel], want, got.Bound)
				}
			}
		})
	}
}

// fewJourneys draws journeys over up to five channels, some with loops, some that only convert or only fail.
func fewJourneys(t *rapid.T) (all []journeys, channels int) {
	channels = rapid.IntRange(1, 5).Draw(t, "channels")
	outcomes := rapid.SampledFrom([]string{"both", "all convert", "none converts"}).Draw(t, "outcomes")
	n := rapid.IntRange(1, 8).Draw(t, "journeys")
	for range n {
		steps := rapid.SliceOfN(rapid.IntRange(0, channels-1), 1, 9).Draw(t, "path")
		j := journeys{}
		for _, s := range steps {
			j.path = append(j.path, uint16(s))
		}
		if outcomes != "none converts" {
			j.conversions = rapid.Int64Range(0, 5).Draw(t, "conversions")
		}
		if outcomes != "all convert" {
			j.nulls = rapid.SampledFrom([]int64{0, 1, 7, 1_000_000}).Draw(t, "nulls")
		}
		all = append(all, j)
	}
	return all, channels
}

// TestEffectsAreThoseOfRationals holds elimination against a solution in fractions, at every order: with loops, channels
// that nothing reaches, one channel alone, all journeys converting and none.
func TestEffectsAreThoseOfRationals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		all, channels := fewJourneys(rt)
		order := rapid.IntRange(1, markov.MaxOrder).Draw(rt, "order")
		got, err := counted(t, order, all).Chain(channels).Removal(1)
		want := exactEffects(all, order, channels)
		if want == nil {
			if !errors.Is(err, markov.ErrNothing) {
				rt.Fatalf("without conversions: got error %v, want ErrNothing", err)
			}
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		for channel, w := range want {
			exact, _ := w.Float64()
			if diff := math.Abs(got.Effects[channel] - exact); diff > got.Bound+0x1p-52 || diff > 1e-13 {
				rt.Fatalf("order %d, channel %d: got %v, want %v (%v), off by %.2g with a bound of %.2g", order, channel, got.Effects[channel], exact, w, diff, got.Bound)
			}
		}
	})
}

// manyJourneys makes journeys over so many channels that favour each other, so that chains have a memory.
func manyJourneys(n, channels, mean int) []journeys {
	r := rand.New(rand.NewPCG(7, uint64(channels)))
	all := make([]journeys, n)
	for i := range all {
		at := r.IntN(channels)
		for {
			all[i].path = append(all[i].path, uint16(at))
			if r.IntN(mean) == 0 {
				break
			}
			if r.IntN(3) == 0 {
				at = r.IntN(channels)
			} else {
				at = (at + r.IntN(2)) % channels
			}
		}
		if r.IntN(5+at) == 0 {
			all[i].conversions = 1
		} else {
			all[i].nulls = 1
		}
	}
	return all
}

// TestSweepsAgreeWithElimination holds chains that are swept against the same ones eliminated.
func TestSweepsAgreeWithElimination(t *testing.T) {
	t.Parallel()
	for order, channels := range map[int]int{1: 80, 2: 20, 3: 10} {
		all := manyJourneys(400, channels, 6)
		chain := counted(t, order, all).Chain(80)
		got := removal(t, chain)
		if got.Sweeps == 0 {
			t.Fatalf("order %d: %d states were not swept", order, chain.States())
		}
		for channel, want := range markov.Eliminated(chain) {
			if diff := math.Abs(got.Effects[channel] - want); diff > got.Bound {
				t.Errorf("order %d, channel %d: swept %v, eliminated %v, off by %.2g with a bound of %.2g", order, channel, got.Effects[channel], want, diff, got.Bound)
			}
		}
		if got.Bound > 1e-12 {
			t.Errorf("order %d: the bound is %.2g", order, got.Bound)
		}
	}
}

// TestSweepsGetThereWhateverTheChain sweeps small chains with few journeys, in which errors fade by leaps rather than evenly.
func TestSweepsGetThereWhateverTheChain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		const channels = 14
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		all := []journeys{{path: []uint16{0}, conversions: 1}}
		for range 50 {
			j := journeys{conversions: r.Int64N(4), nulls: r.Int64N(3)}
			for range 1 + r.IntN(8) {
				j.path = append(j.path, uint16(r.IntN(channels)))
			}
			all = append(all, j)
		}
		chain := counted(t, rapid.IntRange(2, markov.MaxOrder).Draw(rt, "order"), all).Chain(channels)
		got := removal(t, chain)
		if chain.States() <= 64 || got.Sweeps > 1000 || got.Bound > 1e-12 {
			rt.Fatalf("%d states took %d sweeps to a bound of %.2g", chain.States(), got.Sweeps, got.Bound)
		}
		for channel, want := range markov.Eliminated(chain) {
			if diff := math.Abs(got.Effects[channel] - want); diff > got.Bound {
				rt.Fatalf("channel %d: swept %v, eliminated %v, off by %.2g", channel, got.Effects[channel], want, diff)
			}
		}
	})
}

// TestALoopThatIsLeftOnceInAMillionIsNoObstacle would take sweeps millions of rounds.
func TestALoopThatIsLeftOnceInAMillionIsNoObstacle(t *testing.T) {
	t.Parallel()
	all := manyJourneys(300, 100, 4)
	loop := journeys{conversions: 1, nulls: 1}
	for range 1_000_000 {
		loop.path = append(loop.path, 100, 101)
	}
	all = append(all, loop, journeys{path: []uint16{100, 3}, conversions: 5})
	chain := counted(t, 1, all).Chain(102)
	got := removal(t, chain)
	for channel, want := range markov.Eliminated(chain) {
		if diff := math.Abs(got.Effects[channel] - want); diff > 1e-9 {
			t.Errorf("channel %d: got %v, eliminated %v", channel, got.Effects[channel], want)
		}
	}
}

// TestAnyNumberOfCoresAndAnySplitGiveTheSameBytes counts in portions whose channels are numbered differently.
func TestAnyNumberOfCoresAndAnySplitGiveTheSameBytes(t *testing.T) {
	t.Parallel()
	const channels = 9
	all := manyJourneys(3000, channels, 5)
	for order := 1; order <= markov.MaxOrder; order++ {
		want := removal(t, counted(t, order, all).Chain(channels))
		for _, cores := range []int{2, 8} {
			whole := counted(t, order, nil)
			for portion := range cores {
				rename := rand.New(rand.NewPCG(uint64(order), uint64(portion))).Perm(channels)
				back := make([]uint16, channels)
				var part []journeys
				for i := portion; i < len(all); i += cores {
					j := journeys{conversions: all[i].conversions, nulls: all[i].nulls}
					for _, c := range all[i].path {
						j.path = append(j.path, uint16(rename[c]))
					}
					part = append(part, j)
				}
				for from, to := range rename {
					back[to] = uint16(from)
				}
				whole.Merge(counted(t, order, part), back)
			}
			got, err := whole.Chain(channels).Removal(cores)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("order %d, %d cores (-one core +%d):\n%s", order, cores, cores, diff)
			}
		}
	}
}

// TestCountsConserveFlow checks what the package's certainty about probabilities rests on.
func TestCountsConserveFlow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		all, channels := fewJourneys(rt)
		chain := counted(t, rapid.IntRange(1, markov.MaxOrder).Draw(rt, "order"), all).Chain(channels)
		in, out := make([]int64, chain.States()), make([]int64, chain.States())
		var started, converted int64
		for i := range in {
			start, conversions, nulls := chain.Leaving(i)
			started += start
			converted += conversions
			in[i] += start
			out[i] += conversions + nulls
			for next, count := range chain.Next(i) {
				in[next] += count
				out[i] += count
			}
		}
		if diff := cmp.Diff(in, out); diff != "" {
			rt.Fatalf("what enters states is not what leaves them (-in +out):\n%s", diff)
		}
		var want, wantConverted int64
		for _, j := range all {
			want += j.conversions + j.nulls
			wantConverted += j.conversions
		}
		if total, won := chain.Journeys(); started != want || total != want || won != wantConverted || converted != wantConverted {
			rt.Fatalf("got %d started, %d journeys, %d and %d converted, want %d and %d", started, total, won, converted, want, wantConverted)
		}
	})
}

// TestManyChannelsAreHashed counts more channels than rows have room for, and finds the same transitions.
func TestManyChannelsAreHashed(t *testing.T) {
	t.Parallel()
	const channels = markov.MaxChannels
	c := counted(t, 4, nil)
	want := map[[2]int]int64{}
	r := rand.New(rand.NewPCG(3, 3))
	for range 40_000 {
		path := make([]uint16, 5)
		for i := range path {
			path[i] = uint16(r.IntN(channels))
		}
		c.Add(path, 1, 2)
		want[[2]int{int(path[0]), int(path[4])}] += 3
	}
	chain := c.Chain(channels)
	got := map[[2]int]int64{}
	for i := range chain.States() {
		for next, count := range chain.Next(i) {
			to := chain.State(next)
			got[[2]int{chain.State(i)[0], to[len(to)-1]}] += count
		}
	}
	if !cmp.Equal(want, got) {
		t.Errorf("got %d transitions, want %d, or with other counts", len(got), len(want))
	}
}

func TestOrdersOutsideAreRefused(t *testing.T) {
	t.Parallel()
	for _, order := range []int{-1, 0, 5} {
		if _, err := markov.NewCounter(order); !errors.Is(err, markov.ErrOrder) {
			t.Errorf("order %d: got %v, want ErrOrder", order, err)
		}
	}
}

package pattern_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
)

// effect is a change in how often a reason is given, and in where answers come from.
type effect struct {
	name  string
	of    pattern.Slice // is affected
	label pattern.Label
	share func(place) float64
	at    func(*rand.Rand) place // as before if nil
}

func anywhere(r *rand.Rand) place { return place{r.IntN(sources), r.IntN(campaigns), r.IntN(reps)} }

var (
	third = pattern.Slice{Dimension: pattern.Campaign, Value: "c3"}
	fifth = pattern.Slice{Dimension: pattern.Rep, Value: "r5"}
)

// planted are effects that are strong enough to be seen in a week: six answers of ten.
var planted = []effect{
	{name: "a campaign", of: third, label: pattern.Targeting,
		share: func(p place) float64 { return often(p.campaign == 3) }},
	{name: "a rep", of: fifth, label: pattern.Process,
		share: func(p place) float64 { return often(p.rep == 5) }},
	{name: "a campaign of which a rep gets the most", of: third, label: pattern.Targeting,
		share: func(p place) float64 { return often(p.campaign == 3) },
		at: func(r *rand.Rand) place {
			p := anywhere(r)
			if p.campaign == 3 && r.IntN(10) < 4 {
				p.rep = 5
			}
			return p
		}},
	{name: "a rep who gets the most of a campaign", of: fifth, label: pattern.Process,
		share: func(p place) float64 { return often(p.rep == 5) },
		at: func(r *rand.Rand) place {
			p := anywhere(r)
			if p.campaign == 3 && r.IntN(10) < 4 {
				p.rep = 5
			}
			return p
		}},
	{name: "a rep who gets all of a campaign and nothing else", of: fifth, label: pattern.Unclear,
		share: func(p place) float64 { return often(p.rep == 5) },
		at: func(r *rand.Rand) place {
			p := anywhere(r)
			switch {
			case p.campaign == 3:
				p.rep = 5
			case p.rep == 5:
				p.rep = r.IntN(5)
			}
			return p
		}},
}

func often(affected bool) float64 {
	if affected {
		return 0.6
	}
	return usual
}

func TestAPlantedEffectIsFoundWithinAWeekAndLabelledRightly(t *testing.T) {
	t.Parallel()
	for _, e := range planted {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			const runs = 10
			var right int
			for seed := range uint64(runs) {
				w, c := newWatch(), newCompany(seed)
				if e.at != nil {
					c.at = e.at
				}
				w.pass(c, 28)
				c.share = e.share
				told, last := w.pass(c, 7).of(e.of)
				switch {
				case !told:
					t.Errorf("run %d: nothing was told within a week", seed)
				case last.Label == e.label:
					right++
				case last.Label != pattern.Unclear:
					t.Errorf("run %d: %v is labelled %v, want %v", seed, last, last.Label, e.label)
				}
			}
			t.Logf("labelled rightly in %d of %d runs", right, runs)
			if right < runs*8/10 {
				t.Errorf("labelled rightly in %d of %d runs", right, runs)
			}
		})
	}
}

// passed is what was told in some days, and what the last look found.
type passed struct{ told, last []pattern.Finding }

func (w *watch) pass(c company, days int) passed {
	var p passed
	for range days {
		_, told := w.look(c.day())
		p.told, p.last = append(p.told, told...), w.last
	}
	return p
}

// of says whether a slice was told of, and what was found of it last.
func (p passed) of(slice pattern.Slice) (told bool, last pattern.Finding) {
	names := func(f pattern.Finding) bool { return slices.Contains(f.Slices, slice) }
	if i := slices.IndexFunc(p.last, names); i >= 0 {
		last = p.last[i]
	}
	return slices.ContainsFunc(p.told, names), last
}

package pattern_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
	"github.com/handoffhq/handoff/services/internal/proportion"
)

// A company of 8 sources, 8 campaigns and 12 reps of 3 pools, whose answers are drawn by luck.
const (
	sources, campaigns, reps = 8, 8, 12
	aDay                     = 57 // answers, which makes 400 a week
	usual                    = 0.12
)

var usually = pattern.Rule{Share: 0.3, Least: 20}

// place is a source, a campaign and a rep.
type place struct{ source, campaign, rep int }

// origins has what a place is called.
var origins = func() map[place]pattern.Origin {
	all := make(map[place]pattern.Origin)
	for i := range sources * campaigns * reps {
		p := place{i / campaigns / reps, i / reps % campaigns, i % reps}
		all[p] = p.origin()
	}
	return all
}()

func (p place) origin() pattern.Origin {
	return pattern.Origin{Source: "s" + strconv.Itoa(p.source), Campaign: "c" + strconv.Itoa(p.campaign),
		Rep: "r" + strconv.Itoa(p.rep), Pool: "p" + strconv.Itoa(p.rep%3)}
}

// day is the answers of a day.
type day map[place]proportion.Share

// company draws answers.
type company struct {
	*rand.Rand
	at    func(*rand.Rand) place // where an answer comes from
	share func(place) float64    // how often the reason is given there
}

func newCompany(seed uint64) company {
	return company{Rand: rand.New(rand.NewPCG(seed, seed)), share: func(place) float64 { return usual },
		at: func(r *rand.Rand) place { return place{r.IntN(sources), r.IntN(campaigns), r.IntN(reps)} }}
}

func (c company) day() day {
	answers := make(day)
	for range aDay {
		p := c.at(c.Rand)
		s := answers[p]
		s.Add(c.Float64() < c.share(p))
		answers[p] = s
	}
	return answers
}

// window is the answers of the last days.
type window struct {
	length int
	days   []day
	sum    day
}

func (w *window) push(d day) {
	w.days = append(w.days, d)
	w.add(d, 1)
	if len(w.days) > w.length {
		w.add(w.days[0], -1)
		w.days = w.days[1:]
	}
}

func (w *window) add(d day, sign int64) {
	if w.sum == nil {
		w.sum = make(day)
	}
	for p, s := range d {
		w.sum[p] = proportion.Share{Part: w.sum[p].Part + sign*s.Part, Whole: w.sum[p].Whole + sign*s.Whole}
	}
}

func (w *window) rows() []pattern.Row {
	rows := make([]pattern.Row, 0, len(w.sum))
	for p, s := range w.sum {
		rows = append(rows, pattern.Row{Origin: origins[p], Share: s})
	}
	return rows
}

// watch looks each day, as the service does: at a week and at four, and not again at a slice within a week.
type watch struct {
	windows [2]window
	seen    [2][]pattern.Row      // in each window
	told    map[pattern.Slice]int // the day
	today   int
	last    []pattern.Finding // of the last look
}

func newWatch() *watch {
	return &watch{windows: [2]window{{length: 7}, {length: 28}}, told: make(map[pattern.Slice]int)}
}

// look gives what is found in each window, and what is told of it.
func (w *watch) look(d day) (found [][]pattern.Finding, told []pattern.Finding) {
	w.today++
	for i := range w.windows {
		w.windows[i].push(d)
		w.seen[i] = w.windows[i].rows()
		found = append(found, pattern.Find(w.seen[i], usually))
	}
	w.last = nil
	for _, c := range pattern.Choose(found) {
		w.last = append(w.last, c.Finding)
		if slices.ContainsFunc(c.Slices, func(s pattern.Slice) bool { last, ok := w.told[s]; return ok && w.today-last < 7 }) {
			continue
		}
		told = append(told, c.Finding)
		for _, s := range c.Slices {
			w.told[s] = w.today
		}
	}
	return found, told
}

// tally counts findings.
type tally struct{ alerts, strong, labelled float64 }

func (t *tally) add(findings []pattern.Finding) {
	for _, f := range findings {
		t.alerts += float64(len(f.Slices))
		if f.Strong {
			t.strong += float64(len(f.Slices))
		}
		if f.Label != pattern.Unclear {
			t.labelled += float64(len(f.Slices))
		}
	}
}

// expected adds how many alerts chance gives in a window: for each slice the exact chance that so many of its answers have a
// reason that each has with the usual chance.
func (t *tally) expected(rows []pattern.Row) {
	sizes := make(map[pattern.Slice]int64)
	for _, r := range rows {
		for _, s := range []pattern.Slice{{Dimension: pattern.All}, {Dimension: pattern.Source, Value: r.Source},
			{Dimension: pattern.Campaign, Value: r.Campaign}, {Dimension: pattern.Rep, Value: r.Rep}, {Dimension: pattern.Pool, Value: r.Pool}} {
			sizes[s] += r.Whole
		}
	}
	for _, n := range sizes {
		if n < usually.Least {
			continue
		}
		alert := first(n, func(s proportion.Share) bool { return s.Reaches(usually.Share) })
		strong := first(n, func(s proportion.Share) bool { lower, _, _ := s.Interval(); return lower >= usually.Share })
		t.alerts += proportion.Tail(alert, n, usual)
		t.strong += proportion.Tail(strong, n, usual)
	}
}

// first is the least part of a whole that passes.
func first(whole int64, passes func(proportion.Share) bool) int64 {
	part := int64(0)
	for part <= whole && !passes(proportion.Share{Part: part, Whole: whole}) {
		part++
	}
	return part
}

func TestAThousandWeeksOfNoiseGiveNoMoreAlertsThanChanceDoes(t *testing.T) {
	t.Parallel()
	weeks := 1000
	if testing.Short() {
		weeks = 100
	}
	c, w := newCompany(11), newWatch()
	var found, told, want tally
	for range 7 * weeks {
		each, news := w.look(c.day())
		for i, findings := range each {
			found.add(findings)
			want.expected(w.seen[i])
		}
		told.add(news)
	}
	t.Logf("%d weeks, a look each day at 7 and 28 days: alerts expected %.1f, found %.0f, told %.0f; strong ones expected %.3f, found %.0f, told %.0f; labelled of the told %.0f",
		weeks, want.alerts, found.alerts, told.alerts, want.strong, found.strong, told.strong, told.labelled)
	if told.alerts > want.alerts {
		t.Errorf("told %v alerts, expected are %v at most", told.alerts, want.alerts)
	}
	if told.strong > want.strong {
		t.Errorf("told %v strong alerts, expected are %v at most", told.strong, want.strong)
	}
}

package predict_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/predict"
)

var start = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// row is a made-up lead.
type row struct {
	id       string
	at       time.Time
	cells    []string
	positive bool
}

var columns = []string{"country", "visits", "tags", "note", "serial", "constant"}

// leads make rows whose outcome depends on country and visits alone. Tags tell it afterwards, if asked for.
func leads(n int, seed uint64, leaking bool) []row {
	random := rand.New(rand.NewPCG(seed, 7))
	rows := make([]row, n)
	for i := range rows {
		country, visits, z := []string{"DE", "us", "US ", "FR"}[random.IntN(4)], random.IntN(20), -2.0
		if country == "DE" {
			z += 1.5
		}
		z += float64(visits) / 8
		positive := random.Float64() < 1/(1+math.Exp(-z))
		tag := ""
		if leaking && positive {
			tag = "Won it"
		}
		cells := []string{country, fmt.Sprint(visits), tag, fmt.Sprintf("called %d", i), fmt.Sprint(1000 + i), "No"}
		if random.IntN(10) == 0 {
			cells[1] = "n/a"
		}
		rows[i] = row{fmt.Sprintf("lead-%d", i), start.Add(time.Duration(i) * time.Hour), cells, positive}
	}
	return rows
}

func sample(t interface{ Fatal(...any) }, rows []row, ordered bool) *predict.Sample {
	table, err := predict.NewTable(columns, []string{"n/a"})
	if err != nil {
		t.Fatal(err)
	}
	s := &predict.Sample{Table: table}
	for _, r := range rows {
		if err := table.Append(r.cells); err != nil {
			t.Fatal(err)
		}
		s.Positive, s.Keys = append(s.Positive, r.positive), append(s.Keys, r.id)
		if ordered {
			s.Times = append(s.Times, r.at)
		}
	}
	return s
}

var options = predict.Options{Blank: []string{"n/a"}, Outcome: "won"}

func train(t interface{ Fatal(...any) }, rows []row, ordered bool) *predict.Model {
	m, err := predict.Train(sample(t, rows, ordered), options)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func encoded(t interface{ Fatal(...any) }, m *predict.Model) []byte {
	text, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestAModelFindsWhatTheOutcomeDependsOn(t *testing.T) {
	m := train(t, leads(4000, 1, false), true)
	held := m.Training.Held
	if held.AUC.Low < 0.65 || held.BrierSkill < 0.08 || math.Abs(held.Calibration.Slope-1) > 0.2 || held.Rows != 800 || m.Training.Rows != 3200 {
		t.Errorf("%+v", held)
	}
	var names []string
	for _, f := range m.Features {
		names = append(names, f.Name)
	}
	if diff := cmp.Diff([]string{"country", "visits"}, names); diff != "" {
		t.Errorf("features (-want +got):\n%s", diff)
	}
	for _, n := range m.Training.Dropped {
		names = append(names, n.Column)
	}
	if diff := cmp.Diff(columns, []string{names[0], names[1], names[2], names[3], names[4], names[5]}); diff != "" {
		t.Errorf("features and what was dropped (-want +got):\n%s", diff)
	}
	if c := m.Features[0]; c.Base != "US" || len(c.Levels) != 2 || c.Levels[0].Value != "DE" || math.Abs(c.Levels[0].Slope-1.5) > 0.3 {
		t.Errorf("country: %+v", c)
	}
	if v := m.Features[1]; math.Abs(v.Slope/v.Scale-1.0/8) > 0.02 || len(v.Levels) != 1 || v.Levels[0].Is != predict.Missing {
		t.Errorf("visits: %+v", v)
	}
	if !m.Training.Cut.Equal(start.Add(3200*time.Hour)) || !m.Training.Ordered {
		t.Errorf("cut at %v", m.Training.Cut)
	}
}

func TestTheOrderOfRowsChangesNoByte(t *testing.T) {
	rows := leads(600, 2, false)
	for _, ordered := range []bool{false, true} {
		want := encoded(t, train(t, rows, ordered))
		for seed := range uint64(3) {
			moved := append([]row(nil), rows...)
			rand.New(rand.NewPCG(seed, 1)).Shuffle(len(moved), func(i, j int) { moved[i], moved[j] = moved[j], moved[i] })
			if !bytes.Equal(want, encoded(t, train(t, moved, ordered))) {
				t.Errorf("ordered %v: another order of rows gives other bytes", ordered)
			}
		}
	}
}

func TestWhatIsHeldOutHasNoInfluence(t *testing.T) {
	rows := leads(1000, 3, false)
	before := train(t, rows, true)
	for i := 800; i < 1000; i++ {
		rows[i].positive = rows[i].cells[0] == "DE"
		rows[i].cells[1] = "1000000"
	}
	after := train(t, rows, true)
	if before.Intercept != after.Intercept || before.Training.Penalty != after.Training.Penalty {
		t.Errorf("intercept %v became %v", before.Intercept, after.Intercept)
	}
	for i, f := range before.Features {
		g := *after.Features[i]
		g.AUC = f.AUC // that one is measured on what was held out
		if f.Slope != g.Slope || f.Mean != g.Mean || f.Scale != g.Scale || f.High != g.High || !cmp.Equal(f.Levels, g.Levels) {
			t.Errorf("%+v became %+v", f, g)
		}
	}
}

func TestRowsOfOneInstantStayTogether(t *testing.T) {
	rows := leads(1000, 4, false)
	for i := range rows {
		rows[i].at = start.AddDate(0, 0, i/130)
	}
	m := train(t, rows, true)
	if m.Training.Rows != 780 || m.Training.Held.Rows != 220 || !m.Training.Cut.Equal(start.AddDate(0, 0, 6)) {
		t.Errorf("%d are learnt from, %d held out, cut at %v", m.Training.Rows, m.Training.Held.Rows, m.Training.Cut)
	}
}

func TestAModelPredictsFromAFileWhatItPredictedInMemory(t *testing.T) {
	rows := leads(800, 5, false)
	m := train(t, rows, true)
	read, err := predict.Decode(encoded(t, m))
	if err != nil {
		t.Fatal(err)
	}
	var held []row
	held = append(held, rows[640:]...)
	got, err := read.Measure(sample(t, held, true))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(m.Training.Held, got); diff != "" {
		t.Errorf("measured again (-before +after):\n%s", diff)
	}
	a := read.Predict(func(string) string { return "" })
	if a.Missing != 2 || a.Probability <= 0 || a.Probability >= 1 {
		t.Errorf("of nothing: %+v", a)
	}
	for _, unknown := range []string{"Atlantis", "NaN", "1e400", "\xff", strings.Repeat("9", 400)} {
		if p, known := read.Probability(func(string) string { return unknown }); p != read.Predict(func(string) string { return unknown }).Probability || known != (unknown != "") {
			t.Errorf("%q: the probability alone is %v (%t)", unknown, p, known)
		}
		if p := read.Predict(func(string) string { return unknown }).Probability; !(p > 0 && p < 1) {
			t.Errorf("of %q: %v", unknown, p)
		}
	}
}

func TestReasonsAreBesideTheMeanAndTheStrongestComesFirst(t *testing.T) {
	m := train(t, leads(2000, 6, false), true)
	p := m.Predict(func(f string) string { return map[string]string{"country": " de", "visits": "11"}[f] })
	if len(p.Reasons) != 2 || p.Reasons[0].Feature != "country" || p.Reasons[0].Value != " de" || p.Reasons[0].Weight < 0.7 || math.Abs(p.Reasons[1].Weight) > 0.4 {
		t.Errorf("%+v", p)
	}
}

func TestAChangedFileIsRefused(t *testing.T) {
	text := encoded(t, train(t, leads(800, 5, false), true))
	for name, change := range map[string][2]string{
		"a coefficient": {`"intercept": -`, `"intercept": -1`},
		"the format":    {"handoff.predict/1", "handoff.predict/2"},
		"a new field":   {`"hash"`, `"more": 1, "hash"`},
		"half a file":   {`"training"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := predict.Decode(bytes.Replace(text, []byte(change[0]), []byte(change[1]), 1)); !errors.Is(err, predict.ErrModel) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func FuzzDecodeNeverPanics(f *testing.F) {
	f.Add(encoded(f, train(f, leads(400, 5, false), true)))
	f.Add([]byte(`{"format":"handoff.predict/1","features":[null]}`))
	f.Fuzz(func(_ *testing.T, text []byte) {
		if m, err := predict.Decode(text); err == nil {
			m.Predict(func(string) string { return "1" })
		}
	})
}

func TestProgressGoesUpAndEndsTheTraining(t *testing.T) {
	o, last := options, 0.0
	o.Progress = func(share float64) error {
		if share < last || share > 1 {
			t.Errorf("%v after %v", share, last)
		}
		last = share
		return nil
	}
	if _, err := predict.Train(sample(t, leads(500, 1, false), true), o); err != nil || last != 1 {
		t.Errorf("%v at %v", err, last)
	}
	stop := errors.New("stop")
	o.Progress = func(float64) error { return stop }
	if _, err := predict.Train(sample(t, leads(500, 1, false), true), o); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
}

func TestWhatDoesNotFitTogetherIsRefused(t *testing.T) {
	s := sample(t, leads(300, 1, false), true)
	s.Keys = s.Keys[1:]
	if _, err := predict.Train(s, options); !errors.Is(err, predict.ErrTable) {
		t.Errorf("a key too few: %v", err)
	}
	for _, share := range []float64{-0.1, 1, math.NaN()} {
		o := options
		o.HeldOut = share
		if _, err := predict.Train(sample(t, leads(300, 1, false), true), o); !errors.Is(err, predict.ErrOptions) {
			t.Errorf("%v held out: %v", share, err)
		}
	}
	if _, err := predict.NewTable([]string{"a", "A "}, nil); !errors.Is(err, predict.ErrTable) {
		t.Errorf("one name twice: %v", err)
	}
}

func TestTimesAreReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]string{
		"2026-05-01": "2026-05-01T00:00:00Z", " 2026-05-01 09:30:00 ": "2026-05-01T09:30:00Z", "2026-05-01T09:30:00+02:00": "2026-05-01T07:30:00Z",
		"2026-05-01 09:30": "2026-05-01T09:30:00Z", "01.05.2026": "", "2026-13-01": "", "": "", "2026-05-01x": "",
	} {
		at, ok := predict.ParseTime(text)
		if ok != (want != "") || ok && at.Format(time.RFC3339) != want {
			t.Errorf("%q: %v, want %q", text, at, want)
		}
	}
}

func TestAnyTextsCanBeTrainedOn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "1", "-1e308", "1e308", "2026-01-01", "No"})), 1, 40).Draw(t, "texts")
		rows := leads(300, 1, false)
		for i := range rows {
			rows[i].cells[2], rows[i].cells[5] = texts[i%len(texts)], texts[(i*7)%len(texts)]
		}
		_, err := predict.Train(sample(t, rows, true), options)
		var r *predict.Refusal
		if err != nil && !errors.As(err, &r) {
			t.Fatal(err)
		}
	})
}

package recalibrate_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/recalibrate"
)

var monday = time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)

// person is somebody who was handed over.
type person struct {
	facts  map[string]float64
	chance float64 // that sales finds them good
}

// world is a company whose playbook can be changed, with the people that it handed over. Its expressions are those that Go
// reads like CEL.
type world struct {
	rules  recalibrate.Rules
	people map[string]person // by handoff
	cases  []recalibrate.Case
	period recalibrate.Period
	read   map[string]evaluation // expressions
}

func playbook() recalibrate.Rules {
	return recalibrate.Rules{
		Line: "fit > 70 && (score > 50 || demo || webinar)",
		Criteria: map[string]string{"size_fit": "account.employees >= 200 && account.employees <= 5000", "industry_fit": "account.industry == 1",
			"senior": "lead.seniority >= 3", "demo": "demos >= 1", "webinar": "webinars >= 1"},
		Points:  map[string]float64{"scoring.fit.industry.points": 40, "scoring.fit.role.points": 20, "scoring.fit.size.points": 40},
		Movable: []string{"scoring.fit.industry.points", "scoring.fit.role.points", "scoring.fit.size.points"},
	}
}

// gives names the criterion that gives the points of each rule.
var gives = map[string]string{"scoring.fit.industry.points": "industry_fit", "scoring.fit.role.points": "senior", "scoring.fit.size.points": "size_fit"}

// newWorld hands so many people over in each of some weeks; chance says how good each is.
func newWorld(seed uint64, period recalibrate.Period, perWeek int, chance func(facts map[string]float64) float64) *world {
	luck := rand.New(rand.NewPCG(seed, 1))
	w := &world{rules: playbook(), people: map[string]person{}, period: period, read: map[string]evaluation{}}
	judge := w.judge(w.rules)
	for n := 0; n < perWeek*period.Weeks; {
		p := person{facts: map[string]float64{"account.employees": 200 * float64(1+luck.IntN(2000)) / 100, "account.industry": float64(luck.IntN(2)),
			"lead.seniority": float64(luck.IntN(6)), "score": float64(luck.IntN(100)), "demos": float64(luck.IntN(4) / 3), "webinars": float64(max(0, luck.IntN(6)-2))}}
		if luck.Float64() < 0.35 {
			p.facts["account.employees"] = float64(200 + luck.IntN(200))
		}
		if !judge(p) {
			continue
		}
		p.chance = chance(p.facts)
		id := fmt.Sprintf("%06d", n)
		w.people[id] = p
		c := recalibrate.Case{Handoff: id, Lead: "lead " + id, Good: luck.Float64() < p.chance, Word: "sql",
			At: period.Start().Add(time.Duration(n/perWeek)*7*24*time.Hour + time.Duration(luck.IntN(7*24))*time.Hour)}
		if !c.Good {
			c.Word = []string{"bad_fit_firmographic", "not_ready"}[luck.IntN(2)]
		}
		w.cases = append(w.cases, c)
		n++
	}
	return w
}

// fit is what the rules give a person.
func (w *world) fit(r recalibrate.Rules, p person, criteria map[string]bool) (sum float64) {
	for path, name := range gives {
		if criteria[name] {
			sum += r.Points[path]
		}
	}
	return sum
}

// judge says whom some rules qualify.
func (w *world) judge(r recalibrate.Rules) func(person) bool {
	compiled := map[string]evaluation{"": w.compile(r.Line)}
	for name, text := range r.Criteria {
		compiled[name] = w.compile(text)
	}
	return func(p person) bool {
		truths := map[string]bool{}
		for name := range r.Criteria {
			truths[name] = compiled[name](p.facts, nil) != 0
		}
		p.facts["fit"] = w.fit(r, p, truths)
		return compiled[""](p.facts, truths) != 0
	}
}

// judged are cases as the playbook in force holds them: people without any order.
func (w *world) judged(cases []recalibrate.Case) (all []recalibrate.Judged) {
	for _, c := range cases {
		all = append(all, recalibrate.Judged{Case: c, Combined: int64(w.people[c.Handoff].facts["score"])})
	}
	return all
}

func (w *world) over(r recalibrate.Rules, cases []recalibrate.Judged) []bool {
	judge, all := w.judge(r), make([]bool, len(cases))
	for i, c := range cases {
		all[i] = judge(w.people[c.Handoff])
	}
	return all
}

// result is what a whole run found.
type result struct {
	steps   []recalibrate.Step
	rules   recalibrate.Rules
	held    recalibrate.Figures
	refused []recalibrate.Dissent
}

// run recalibrates the world.
func (w *world) run(o recalibrate.Options) result {
	training, held := w.period.Split(w.cases)
	o.Cases = len(w.cases)
	if o.MostChanges == 0 {
		o.MostChanges = 3
	}
	cases := w.judged(training)
	s := recalibrate.NewSearch(w.rules, bounds, cases, o)
	for trials := s.Trials(); len(trials) > 0; trials = s.Trials() {
		var over [][]bool
		for _, rules := range trials {
			over = append(over, w.over(rules, cases))
		}
		s.Learn(over)
	}
	steps, rules := s.Found()
	last := w.judged(held)
	return result{steps, rules, recalibrate.Measure(last, w.over(rules, last)), s.Refused()}
}

// bounds are the numbers that an expression compares something with.
func bounds(text string) (all []recalibrate.Bound) {
	e, err := parser.ParseExpr(text)
	if err != nil {
		return nil
	}
	ast.Inspect(e, func(n ast.Node) bool {
		if b, is := n.(*ast.BinaryExpr); is {
			if v, is := b.Y.(*ast.BasicLit); is {
				value, _ := strconv.ParseFloat(v.Value, 64)
				all = append(all, recalibrate.Bound{Field: text[b.X.Pos()-1 : b.X.End()-1], Op: b.Op.String(), Value: value,
					Start: int(v.Pos()) - 1, End: int(v.End()) - 1})
			}
		}
		return true
	})
	return all
}

// compile reads an expression, once.
func (w *world) compile(text string) evaluation {
	if _, known := w.read[text]; !known {
		e, err := parser.ParseExpr(text)
		if err != nil {
			panic(text + ": " + err.Error())
		}
		w.read[text] = function(e)
	}
	return w.read[text]
}

// evaluation is an expression as a function of facts and criteria.
type evaluation = func(facts map[string]float64, truths map[string]bool) float64

func function(e ast.Expr) evaluation {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return function(e.X)
	case *ast.BasicLit:
		v, _ := strconv.ParseFloat(e.Value, 64)
		return func(map[string]float64, map[string]bool) float64 { return v }
	case *ast.SelectorExpr:
		name := e.X.(*ast.Ident).Name + "." + e.Sel.Name
		return func(facts map[string]float64, _ map[string]bool) float64 { return facts[name] }
	case *ast.Ident:
		return func(facts map[string]float64, truths map[string]bool) float64 {
			if truths[e.Name] {
				return 1
			}
			return facts[e.Name]
		}
	case *ast.BinaryExpr:
		return binary(e.Op, function(e.X), function(e.Y))
	}
	panic(fmt.Sprintf("%T", e))
}

func binary(op token.Token, x, y evaluation) evaluation {
	does := map[token.Token]func(x, y float64) bool{
		token.GTR: func(x, y float64) bool { return x > y }, token.GEQ: func(x, y float64) bool { return x >= y },
		token.LEQ: func(x, y float64) bool { return x <= y }, token.EQL: func(x, y float64) bool { return x == y },
		token.LAND: func(x, y float64) bool { return x != 0 && y != 0 }, token.LOR: func(x, y float64) bool { return x != 0 || y != 0 },
	}[op]
	return func(facts map[string]float64, truths map[string]bool) float64 {
		if does(x(facts, truths), y(facts, truths)) {
			return 1
		}
		return 0
	}
}

func weeks(all, held int) recalibrate.Period {
	return recalibrate.Period{End: monday, Weeks: all, Held: held}
}

func even(map[string]float64) float64 { return 0.5 }

// small companies buy a third as often.
func small(facts map[string]float64) float64 {
	if facts["account.employees"] < 400 {
		return 0.2
	}
	return 0.6
}

func TestAWorldIsWhatItSaysItIs(t *testing.T) {
	w := newWorld(1, weeks(2, 1), 50, small)
	for _, c := range w.judged(w.cases) {
		if !w.judge(w.rules)(w.people[c.Handoff]) {
			t.Fatalf("%s was handed over and does not qualify", c.Handoff)
		}
	}
	if got := len(bounds(w.rules.Criteria["size_fit"])); got != 2 {
		t.Errorf("got %d bounds of size_fit, want 2", got)
	}
}

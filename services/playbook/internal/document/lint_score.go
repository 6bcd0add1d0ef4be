package document

import (
	"slices"
	"strconv"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

// fullScore is what a score is cut at, in points.
const fullScore = 100

// checkScores advises about points that nobody can get, and thresholds that nobody can pass.
func (l *linter) checkScores() {
	fit := l.mostFit()
	if fit > fullScore {
		l.advise("scoring.fit", "all points together, with their caps, make %g, and a fit is cut at %d: some criteria count for nothing beside others", fit, fullScore)
	}
	most := map[string]float64{"fit": min(fit, fullScore), "engagement": l.mostEngagement()}
	weights := l.full.GetScoring().GetWeights()
	most["combined"] = weights.GetFit()*most["fit"] + weights.GetEngagement()*most["engagement"]
	for _, t := range thresholds(l.doc.GetStages().GetMql()) {
		switch {
		case most[t.score] < t.points || t.strict && most[t.score] == t.points:
			l.advise("stages.mql", "`%s` is never true: all points together, with their caps, make %g", t, most[t.score])
		case !t.strict && t.score != "combined":
			l.advise("stages.mql", "`%s` lets exactly %g in: the published line is strict, `%s > %g` (Cargo, alignment playbook)", t, t.points, t.score, t.points)
		}
	}
}

// mostFit is what a lead gets that meets everything, as the caps of groups let it.
func (l *linter) mostFit() float64 {
	scoring, sum := l.full.GetScoring(), 0.0
	groups := make(map[string]float64)
	for _, rule := range scoring.GetFit() {
		if scoring.GetFitGroups()[rule.GetGroup()] == nil {
			sum += rule.GetPoints()
			continue
		}
		groups[rule.GetGroup()] += rule.GetPoints()
	}
	for name, points := range groups {
		sum += min(points, scoring.GetFitGroups()[name].GetCap())
	}
	return sum
}

// mostEngagement is what somebody gets who does everything often enough, as the caps let them.
func (l *linter) mostEngagement() float64 {
	total := 0.0
	for _, group := range l.full.GetScoring().GetEngagement() {
		sum := 0.0
		for _, rule := range group.GetEvents() {
			if givesPoints(rule) {
				sum += rule.GetCap()
			}
		}
		total += min(sum, group.GetCap())
	}
	return min(total, fullScore)
}

func givesPoints(rule *playbookv1.EngagementRule) bool {
	for _, bonus := range rule.GetBonus() {
		if bonus > 0 {
			return true
		}
	}
	return rule.GetPoints() > 0
}

// threshold is a comparison of a score in a gate.
type threshold struct {
	score  string
	strict bool
	points float64
}

func (t threshold) String() string {
	if t.strict {
		return t.score + " > " + formatNumber(t.points)
	}
	return t.score + " >= " + formatNumber(t.points)
}

// thresholds finds the comparisons of scores in a gate. It sees those that are written the usual way, and stand by
// themselves: the score before `>` may be the end of a sum, and the number after it the begin of one.
func thresholds(gate string) []threshold {
	words := slices.Collect(expression.Words(gate))
	words = append(append([]string{"("}, words...), ")")
	var all []threshold
	for i := 1; i+3 < len(words); i++ {
		score, sign := words[i], words[i+1]
		isOne := slices.Contains([]string{"fit", "engagement", "combined"}, score) && (sign == ">" || sign == ">=") &&
			slices.Contains([]string{"(", "&&", "||", "?", ":"}, words[i-1]) && slices.Contains([]string{")", "&&", "||", "?", ":"}, words[i+3])
		if points, err := strconv.ParseFloat(words[i+2], 64); isOne && err == nil {
			all = append(all, threshold{score, sign == ">", points})
		}
	}
	return all
}

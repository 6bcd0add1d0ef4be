package qualify

import (
	"math"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// cardOf reads the points of a playbook, in the order of the names.
func cardOf(scoring *playbookv1.ScoringPolicy) scorecard.Policy {
	var p scorecard.Policy
	for _, name := range sortedKeys(scoring.GetFit()) {
		rule := scoring.GetFit()[name]
		p.Fit = append(p.Fit, scorecard.FitRule{Name: name, Points: micro(rule.GetPoints()), When: rule.GetWhen(), Group: rule.GetGroup()})
	}
	for _, name := range sortedKeys(scoring.GetFitGroups()) {
		p.FitGroups = append(p.FitGroups, scorecard.FitGroup{Name: name, Cap: micro(scoring.GetFitGroups()[name].GetCap())})
	}
	for _, name := range sortedKeys(scoring.GetEngagement()) {
		group := scoring.GetEngagement()[name]
		p.Engagement = append(p.Engagement, scorecard.Group{Name: name, Cap: micro(group.GetCap()), Events: eventRules(group)})
	}
	p.Weights.Fit = micro(scoring.GetWeights().GetFit())
	p.Weights.Engagement = micro(scoring.GetWeights().GetEngagement())
	return p
}

func eventRules(group *playbookv1.EngagementGroup) []scorecard.EventRule {
	var rules []scorecard.EventRule
	for _, kind := range sortedKeys(group.GetEvents()) {
		rule := group.GetEvents()[kind]
		event := scorecard.EventRule{Type: kind, Points: micro(rule.GetPoints()), Cap: micro(rule.GetCap())}
		event.HalfLife, event.Window = length(rule.GetHalfLife()), length(rule.GetWindow())
		for _, asset := range sortedKeys(rule.GetBonus()) {
			event.Bonus = append(event.Bonus, scorecard.Bonus{Asset: asset, Points: micro(rule.GetBonus()[asset])})
		}
		rules = append(rules, event)
	}
	return rules
}

// micro turns points or a share of up to six decimals into whole millionths. The product is off by less than one unit in
// the last place, so rounding gives the number that was written.
func micro(points float64) scorecard.Micro {
	return scorecard.Micro(math.RoundToEven(points * float64(scorecard.Point)))
}

// length is a duration of a playbook; 0 for none.
func length(d *durationpb.Duration) time.Duration {
	if d == nil {
		return 0
	}
	return d.AsDuration()
}

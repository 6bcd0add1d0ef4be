package routing

import (
	"fmt"
	"strings"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// rule is one of a playbook's rules of routing, as it is explained.
type rule struct {
	name, when string
	to         *playbookv1.Destination
}

// rulesOf are the rules in the order in which they are asked about a lead: first_match, the tiers by rank, otherwise.
func rulesOf(routing *playbookv1.RoutingPolicy, tiers []string) []rule {
	return append(firstMatch(routing, func(bool) bool { return true }), tableOf(routing, tiers)...)
}

// firstMatch are the rules of first_match, as far as those are wanted that disqualify, or that do not.
func firstMatch(routing *playbookv1.RoutingPolicy, wanted func(disqualifies bool) bool) []rule {
	var rules []rule
	for i, r := range routing.GetFirstMatch() {
		if wanted(r.GetTo().GetDisqualify()) {
			rules = append(rules, rule{fmt.Sprintf("first_match[%d]", i), r.GetWhen(), r.GetTo()})
		}
	}
	return rules
}

// tableOf are the rules behind first_match.
func tableOf(routing *playbookv1.RoutingPolicy, tiers []string) []rule {
	var rules []rule
	for _, name := range tiers {
		row := routing.GetTiers()[name]
		rules = append(rules, rule{"tiers." + name, rowInWords(row), row.GetAssign()})
	}
	return append(rules, rule{"otherwise", "", routing.GetOtherwise()})
}

// rowInWords says for which leads a row of the table is.
func rowInWords(row *playbookv1.TierRule) string {
	var words []string
	switch {
	case row.Target == nil:
	case row.GetTarget():
		words = append(words, "a target account")
	default:
		words = append(words, "no target account")
	}
	var levels []string
	for _, level := range row.GetIntent() {
		levels = append(levels, strings.ToLower(strings.TrimPrefix(level.String(), "INTENT_LEVEL_")))
	}
	if len(levels) > 0 {
		words = append(words, strings.Join(levels, " or ")+" intent")
	}
	if len(words) == 0 {
		return "any lead"
	}
	return strings.Join(words, ", ")
}

// path is the way through the rules for a lead, or for a meeting, to the one that decided.
func (t terms) path(decided string, meeting bool) []*routingv1.RouteStep {
	rules := t.rules
	if meeting {
		rules = t.meetingRules
	}
	var steps []*routingv1.RouteStep
	for _, r := range rules {
		step := &routingv1.RouteStep{Rule: r.name, When: r.when, Holds: r.name == decided, To: r.to}
		if steps = append(steps, step); step.GetHolds() {
			break
		}
	}
	return steps
}

package policy

import playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"

// fullScore is the most that fit, engagement, a group or a type of engagement can give, in points.
const fullScore = 100

func fillScoring(scoring *playbookv1.ScoringPolicy) {
	if scoring.GetWeights() == nil {
		scoring.Weights = &playbookv1.ScoreWeights{Fit: 0.5, Engagement: 0.5}
	}
	for _, group := range scoring.GetFitGroups() {
		optional(&group.Cap, fullScore)
	}
	for _, group := range scoring.GetEngagement() {
		optional(&group.Cap, fullScore)
		for _, rule := range group.GetEvents() {
			optional(&rule.Cap, fullScore)
		}
	}
}

func fillStages(stages *playbookv1.StagePolicy) {
	choice(&section(&stages.Sql).ConfirmedBy, playbookv1.Team_TEAM_SALES)
	choice(&section(&stages.Opportunity).ConfirmedBy, playbookv1.Team_TEAM_SALES)
	list(&stages.Order,
		playbookv1.Milestone_MILESTONE_LEAD,
		playbookv1.Milestone_MILESTONE_MQL,
		playbookv1.Milestone_MILESTONE_SAL,
		playbookv1.Milestone_MILESTONE_SQL,
		playbookv1.Milestone_MILESTONE_OPPORTUNITY,
		playbookv1.Milestone_MILESTONE_WON)
}

func fillMatching(matching *playbookv1.MatchingPolicy) {
	choice(&matching.Hierarchy, playbookv1.MatchHierarchy_MATCH_HIERARCHY_REVIEW)
	choice(&matching.NameOnly, playbookv1.WeakMatch_WEAK_MATCH_REVIEW)
	choice(&matching.NameFuzzy, playbookv1.WeakMatch_WEAK_MATCH_REVIEW)
	choice(&matching.OnChange, playbookv1.MatchChange_MATCH_CHANGE_NOTIFY)
	optional(&matching.TargetInherits, true)
}

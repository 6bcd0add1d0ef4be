package document

import (
	"math"
	"slices"
	"strings"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// checkFit looks the criteria up that give points.
func (l *linter) checkFit() {
	criteria := l.doc.GetCriteria()
	for name, rule := range sorted(l.doc.GetScoring().GetFit()) {
		if _, known := criteria[rule.GetWhen()]; !known {
			l.refuse(entry("scoring.fit", name)+".when", "there is no criterion %s: %s",
				quoted(rule.GetWhen()), mend(rule.GetWhen(), names(criteria)))
		}
	}
	l.checkFitGroups()
}

// checkFitGroups looks the groups up that rules belong to.
func (l *linter) checkFitGroups() {
	groups, used := l.doc.GetScoring().GetFitGroups(), map[string]bool{}
	for name, rule := range sorted(l.doc.GetScoring().GetFit()) {
		group := rule.GetGroup()
		used[group] = true
		if _, known := groups[group]; group != "" && !known {
			l.refuse(entry("scoring.fit", name)+".group", "there is no group %s in scoring.fit_groups: %s", quoted(group), mend(group, names(groups)))
		}
	}
	for name := range sorted(groups) {
		if !used[name] {
			l.advise(entry("scoring.fit_groups", name), "no rule belongs to it: give a rule `group: %s`, or take it out", name)
		}
	}
}

// weightTolerance covers what binary fractions leave of a sum like 0.1 + 0.9.
const weightTolerance = 1e-9

func (l *linter) checkWeights() {
	weights := l.doc.GetScoring().GetWeights()
	if weights == nil {
		return
	}
	if sum := weights.GetFit() + weights.GetEngagement(); math.Abs(sum-1) > weightTolerance {
		l.refuse("scoring.weights", "fit %g and engagement %g make %g: together they must make 1",
			weights.GetFit(), weights.GetEngagement(), sum)
	}
}

func (l *linter) checkStages() {
	stages := l.doc.GetStages()
	l.checkChecklist("stages.sql.checklist", stages.GetSql().GetChecklist())
	l.checkChecklist("stages.opportunity.checklist", stages.GetOpportunity().GetChecklist())
	order := stages.GetOrder()
	if len(order) == 0 {
		return
	}
	if order[0] != playbookv1.Milestone_MILESTONE_LEAD {
		l.refuse("stages.order", "must begin with lead: every funnel starts there")
	}
	if !slices.Contains(order, playbookv1.Milestone_MILESTONE_MQL) {
		l.refuse("stages.order", "must contain mql: that is where marketing hands over")
	}
}

// checkChecklist refuses a template among other items: whether it is one item or all of its own is anybody's guess.
func (l *linter) checkChecklist(path string, checklist []string) {
	for i, item := range checklist {
		if len(checklist) > 1 && slices.Contains(templates, item) {
			l.refuse(element(path, i), "%s is a template and stands alone: write `checklist: %s`, or list your own items", item, item)
		}
	}
}

// The sizes of a target account list, in accounts.
const (
	fewestTargets, mostTargets         = 100, 500
	fewestBestTargets, mostBestTargets = 150, 300
)

func (l *linter) checkTargets() {
	l.checkTargetCount(len(l.doc.GetTargetAccounts()))
	l.checkTargetCare()
	first := make(map[string]int)
	for i, target := range l.doc.GetTargetAccounts() {
		path, domain := element("target_accounts", i)+".domain", target.GetDomain()
		if earlier, twice := first[domain]; twice {
			l.refuse(path, "%s is on the list already, as number %d: keep one", quoted(domain), earlier+1)
			continue
		}
		first[domain] = i
		if !isBareDomain(domain) {
			l.refuse(path, "%s is not a bare domain: write it in lower case and without https:// or www., such as initech.example",
				quoted(domain))
		}
	}
}

func (l *linter) checkTargetCount(n int) {
	const source = "(Abmatic, 5 Moves to Reduce Pipeline Friction)"
	switch {
	case n < fewestTargets || n > mostTargets:
		l.advise("target_accounts", "the list has %d: let sales and marketing agree on %d to %d accounts, best %d to %d %s",
			n, fewestTargets, mostTargets, fewestBestTargets, mostBestTargets, source)
	case n < fewestBestTargets || n > mostBestTargets:
		l.advise("target_accounts", "the list has %d: %d to %d accounts do best %s", n, fewestBestTargets, mostBestTargets, source)
	}
}

// checkTargetCare advises about accounts that nobody works.
func (l *linter) checkTargetCare() {
	ownerless, idle := 0, 0
	for _, target := range l.doc.GetTargetAccounts() {
		if target.GetOwner() == "" {
			ownerless++
		}
		if len(target.GetCampaigns()) == 0 {
			idle++
		}
	}
	if ownerless+idle > 0 {
		l.advise("target_accounts", "%d have no owner and %d no campaign: give each account to a rep and to a campaign (Abmatic, 5 Moves to Reduce Pipeline Friction)", ownerless, idle)
	}
}

// isBareDomain says whether a domain is spelt as accounts are: anything else would never match.
func isBareDomain(domain string) bool {
	return strings.Contains(strings.Trim(domain, "."), ".") &&
		strings.Trim(domain, ".") == domain &&
		strings.ToLower(domain) == domain &&
		!strings.ContainsAny(domain, " /:@") &&
		!strings.HasPrefix(domain, "www.")
}

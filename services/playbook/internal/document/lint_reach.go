package document

import (
	"maps"
	"slices"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/expression"
	"github.com/handoffhq/handoff/services/playbook/internal/proposition"
)

// mostWork bounds what is done to find out who can meet and reach what, in words that are read and parts of formulas that
// are looked at: well below a second.
const mostWork = 1_000_000

// formula reads an expression of the document, with what its criteria say. Nobody meets one that is not given.
func (l *linter) formula(text string) *proposition.Formula {
	if text == "" {
		text = "false"
	}
	return l.logic.Read(text)
}

func (l *linter) possible(yes, no []*proposition.Formula) bool { return l.logic.Possible(yes, no) }

// gate is what every lead that is routed meets.
func (l *linter) gate() []*proposition.Formula {
	if l.doc.GetStages().GetMql() == "" {
		return nil // not written yet
	}
	return []*proposition.Formula{l.formula(l.doc.GetStages().GetMql())}
}

// stops are what no lead that is routed meets.
func (l *linter) stops() []*proposition.Formula {
	var all []*proposition.Formula
	for _, text := range sorted(l.doc.GetDisqualify()) {
		all = append(all, l.formula(text))
	}
	return all
}

// earlier are the rules before the tiers, up to one.
func (l *linter) earlier(rules int) []*proposition.Formula {
	all := make([]*proposition.Formula, rules)
	for i := range all {
		all[i] = l.formula(l.doc.GetRouting().GetFirstMatch()[i].GetWhen())
	}
	return all
}

// checkGate advises about a gate that nobody passes, and about hard stops that stop nobody besides others.
func (l *linter) checkGate() {
	switch gate := l.gate(); {
	case gate == nil:
	case !l.possible(gate, nil):
		l.advise("stages.mql", "nobody is ever an MQL: its conditions exclude each other")
	case !l.possible(gate, l.stops()):
		l.advise("stages.mql", "nobody is ever an MQL: whoever meets it is disqualified")
	}
	stops := l.doc.GetDisqualify()
	plain := make(map[string]string, len(stops))
	for name, text := range stops {
		plain[name] = expression.Plain(text)
	}
	for name, text := range sorted(stops) {
		for _, other := range names(stops) {
			isTwin := plain[other] == plain[name]
			if other == name || text == "" || stops[other] == "" || isTwin && other > name {
				continue
			}
			if !l.possible([]*proposition.Formula{l.formula(text)}, []*proposition.Formula{l.formula(stops[other])}) {
				l.advise(entry("disqualify", name), "stops nobody: disqualify.%s stops all of them", other)
				break
			}
		}
	}
}

// checkFirstMatch advises about rules that never decide, for none of their leads is left.
func (l *linter) checkFirstMatch() {
	for i, rule := range l.doc.GetRouting().GetFirstMatch() {
		if rule.GetWhen() == "" {
			continue
		}
		path, asked := element("routing.first_match", i)+".when", []*proposition.Formula{l.formula(rule.GetWhen())}
		before, everybody := l.earlier(i), !l.possible(nil, asked)
		by := slices.IndexFunc(before, func(f *proposition.Formula) bool { return !l.possible(asked, []*proposition.Formula{f}) })
		switch {
		case !l.possible(asked, nil):
			l.advise(path, "never decides: its conditions exclude each other")
		case by >= 0:
			l.advise(path, "never decides: rule number %d takes all of these leads", by+1)
		case !l.possible(asked, before):
			l.advise(path, "never decides: the rules before it take all of these leads together")
		case !l.possible(append(l.gate(), asked...), append(before, l.stops()...)):
			l.advise(path, "never decides: no lead that is qualified meets it")
		case everybody:
			l.advise(path, "every lead goes here: neither the rules behind it nor the tiers are ever asked")
		}
	}
}

// isReached says whether a qualified lead can come to a field of the tier table, past some rules before it.
func (l *linter) isReached(c cell, gate, before []*proposition.Formula) bool {
	intent := l.doc.GetIntent()
	var yes, no []*proposition.Formula
	if isTarget := l.formula("account.is_target"); c.target {
		yes = append(yes, isTarget)
	} else {
		no = append(no, isTarget) // which is unknown of a lead without account, and the row takes it
	}
	switch c.intent {
	case playbookv1.IntentLevel_INTENT_LEVEL_HIGH:
		yes = append(yes, l.formula(intent.GetHigh()))
	case playbookv1.IntentLevel_INTENT_LEVEL_MEDIUM:
		yes, no = append(yes, l.formula(intent.GetMedium())), append(no, l.formula(intent.GetHigh()))
	default:
		no = append(no, l.formula(intent.GetHigh()), l.formula(intent.GetMedium()))
	}
	return l.possible(slices.Concat(yes, gate), slices.Concat(no, before))
}

// checkIntent advises about a level of intent that nobody has.
func (l *linter) checkIntent() {
	intent := l.doc.GetIntent()
	if intent.GetMedium() == "" || intent.GetHigh() == "" {
		return
	}
	medium, high := []*proposition.Formula{l.formula(intent.GetMedium())}, []*proposition.Formula{l.formula(intent.GetHigh())}
	if !l.possible(medium, high) {
		l.advise("intent.medium", "nobody has medium intent: high takes all of it, and is asked first")
	}
}

// checkCoverage advises about leads that no row of the tier table takes.
func (l *linter) checkCoverage() {
	const source = "(Abmatic, 5 Moves to Reduce Pipeline Friction)"
	routing := l.doc.GetRouting()
	if len(routing.GetTiers()) == 0 {
		l.advise("routing.tiers", "leads are routed without a look at account and intent: give tiers for target and other accounts %s", source)
		return
	}
	rows := slices.Collect(maps.Values(routing.GetTiers()))
	open := slices.DeleteFunc(cells(&playbookv1.TierRule{}), func(c cell) bool {
		return slices.ContainsFunc(rows, func(row *playbookv1.TierRule) bool { return slices.Contains(cells(row), c) }) || !l.isReached(c, l.gate(), nil)
	})
	if len(open) > 0 && routing.GetOtherwise() == nil {
		l.advise("routing", "%s: no tier takes them, and by default they are nurtured; write `otherwise: nurture` if that is meant", listed(open))
	}
	if routing.GetOtherwise().GetDisqualify() {
		l.advise("routing.otherwise", "whoever no tier takes is disqualified, and never comes back: let marketing nurture them")
	}
	hot := cell{target: true, intent: playbookv1.IntentLevel_INTENT_LEVEL_HIGH}
	if slices.Contains(open, hot) && l.full.GetRouting().GetOtherwise().GetNurture() && len(l.doc.GetTargetAccounts()) > 0 {
		l.advise("routing.tiers", "%s are nurtured: let a rep call them within 4 hours %s", hot, source)
	}
}

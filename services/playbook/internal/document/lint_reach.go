package document

import (
	"slices"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

// everyCell is the whole tier table.
func everyCell() []cell { return cells(&playbookv1.TierRule{}) }

// checkFirstMatch advises about rules that leave nothing to those behind them.
func (l *linter) checkFirstMatch() {
	seen := make(map[string]int)
	for i, rule := range l.doc.GetRouting().GetFirstMatch() {
		path, asked := element("routing.first_match", i)+".when", expression.Plain(rule.GetWhen())
		earlier, again := seen[asked]
		switch {
		case asked == "true":
			l.advise(path, "every lead goes here: neither the rules behind it nor the tiers are ever asked")
		case again:
			l.advise(path, "never decides: rule number %d asks the same", earlier+1)
		default:
			seen[asked] = i
		}
	}
}

// taken are the fields of the tier table that the rules before it leave no lead for.
func (l *linter) taken() []cell {
	var gone []cell
	for _, rule := range l.doc.GetRouting().GetFirstMatch() {
		asked := expression.Plain(rule.GetWhen())
		for _, c := range everyCell() {
			if asked == "true" || asked == "account.is_target" && c.target || asked == "!account.is_target" && !c.target ||
				asked != "" && asked == l.signal(c.intent) {
				gone = append(gone, c)
			}
		}
	}
	return gone
}

// signal is the expression that gives a level of intent; empty for none.
func (l *linter) signal(intent playbookv1.IntentLevel) string {
	switch intent {
	case playbookv1.IntentLevel_INTENT_LEVEL_HIGH:
		return expression.Plain(l.doc.GetIntent().GetHigh())
	case playbookv1.IntentLevel_INTENT_LEVEL_MEDIUM:
		return expression.Plain(l.doc.GetIntent().GetMedium())
	default:
		return ""
	}
}

// checkIntent advises about a level of intent that nobody has.
func (l *linter) checkIntent() {
	high := l.signal(playbookv1.IntentLevel_INTENT_LEVEL_HIGH)
	if high != "" && high == l.signal(playbookv1.IntentLevel_INTENT_LEVEL_MEDIUM) {
		l.advise("intent.medium", "nobody has medium intent: high asks the same, and is asked first")
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
	open := everyCell()
	for _, row := range routing.GetTiers() {
		inRow := cells(row)
		open = slices.DeleteFunc(open, func(c cell) bool { return slices.Contains(inRow, c) })
	}
	if len(open) > 0 && routing.GetOtherwise() == nil {
		l.advise("routing", "%s: no tier takes them, and by default they are nurtured; write `otherwise: nurture` if that is meant", listed(open))
	}
	hot := cell{target: true, intent: playbookv1.IntentLevel_INTENT_LEVEL_HIGH}
	isNurtured := routing.GetOtherwise() == nil || routing.GetOtherwise().GetNurture()
	if slices.Contains(open, hot) && isNurtured && l.signal(hot.intent) != "" && len(l.doc.GetTargetAccounts()) > 0 {
		l.advise("routing.tiers", "%s are nurtured: let a rep call them within 4 hours %s", hot, source)
	}
}

package document

import (
	"fmt"
	"slices"
	"strings"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/proposition"
)

// cell is one field of the tier table: a class of accounts and a level of intent.
type cell struct {
	target bool
	intent playbookv1.IntentLevel
}

func (c cell) String() string {
	accounts := "other accounts"
	if c.target {
		accounts = "target accounts"
	}
	return fmt.Sprintf("%s with %s intent", accounts, shortName(c.intent.Descriptor().Values().ByNumber(c.intent.Number())))
}

// cells are the fields of the table that a row takes: what it does not name, it takes all of.
func cells(row *playbookv1.TierRule) []cell {
	var taken []cell
	for _, target := range []bool{true, false} {
		for intent := playbookv1.IntentLevel_INTENT_LEVEL_HIGH; intent > 0; intent-- {
			if row.GetTarget() == target || row.Target == nil {
				if len(row.GetIntent()) == 0 || slices.Contains(row.GetIntent(), intent) {
					taken = append(taken, cell{target, intent})
				}
			}
		}
	}
	return taken
}

func (l *linter) checkTiers() {
	rows := names(l.tiers())
	for i, name := range rows {
		path := entry("routing.tiers", name)
		if name == "otherwise" {
			l.refuseName(path, "otherwise is no tier but where all others go: move it to routing.otherwise")
		}
		for _, other := range rows[:i] {
			if both := shared(l.tiers()[other], l.tiers()[name]); len(both) > 0 {
				l.refuseName(path, "overlaps %s: both take %s; give each lead one row", other, listed(both))
			}
		}
		l.checkReachable(path, l.tiers()[name])
	}
}

// shared are the fields that two rows take both. A row that sends nobody anywhere takes none: it is not finished.
func shared(a, b *playbookv1.TierRule) []cell {
	if a.GetAssign() == nil || b.GetAssign() == nil {
		return nil
	}
	ofB := cells(b)
	return slices.DeleteFunc(cells(a), func(c cell) bool { return !slices.Contains(ofB, c) })
}

func listed(all []cell) string {
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = c.String()
	}
	return strings.Join(texts, ", ")
}

// checkReachable advises about a row that no lead can meet, and says why.
func (l *linter) checkReachable(path string, row *playbookv1.TierRule) {
	rules := l.doc.GetRouting().GetFirstMatch()
	isIn := func(gate, before []*proposition.Formula) bool {
		return slices.ContainsFunc(cells(row), func(c cell) bool { return l.isReached(c, gate, before) })
	}
	switch missing := l.missingIntent(row); {
	case row.GetTarget() && len(l.doc.GetTargetAccounts()) == 0:
		l.advise(path, "no lead begins here: it wants target accounts, and target_accounts is empty")
	case len(missing) > 0:
		l.advise(path, "no lead begins here: %s is not given, so nobody has such intent", strings.Join(missing, " and "))
	case !isIn(nil, nil):
		l.advise(path, "no lead begins here: nobody has such intent")
	case !isIn(nil, l.earlier(len(rules))):
		l.advise(path, "no lead begins here: routing.first_match sends all of %s elsewhere", listed(cells(row)))
	case !isIn(l.gate(), l.stops()):
		l.advise(path, "no lead begins here: stages.mql and disqualify let none of %s through", listed(cells(row)))
	case !isIn(l.gate(), append(l.stops(), l.earlier(len(rules))...)):
		l.advise(path, "no lead begins here: routing.first_match sends all of %s elsewhere that are qualified", listed(cells(row)))
	}
}

// missingIntent are the levels that a row names, if nobody has any of them.
func (l *linter) missingIntent(row *playbookv1.TierRule) []string {
	var missing []string
	for _, level := range row.GetIntent() {
		switch {
		case level == playbookv1.IntentLevel_INTENT_LEVEL_HIGH && l.doc.GetIntent().GetHigh() == "":
			missing = append(missing, "intent.high")
		case level == playbookv1.IntentLevel_INTENT_LEVEL_MEDIUM && l.doc.GetIntent().GetMedium() == "":
			missing = append(missing, "intent.medium")
		default:
			return nil
		}
	}
	return missing
}

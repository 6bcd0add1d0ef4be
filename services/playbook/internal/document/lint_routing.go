package document

import (
	"fmt"
	"slices"
	"strings"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
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

// checkReachable advises about a row that no lead can meet.
func (l *linter) checkReachable(path string, row *playbookv1.TierRule) {
	if row.GetTarget() && len(l.doc.GetTargetAccounts()) == 0 {
		l.advise(path, "no lead gets here: it wants target accounts, and target_accounts is empty")
		return
	}
	if gone := l.taken(); !slices.ContainsFunc(cells(row), func(c cell) bool { return !slices.Contains(gone, c) }) {
		l.advise(path, "no lead gets here: routing.first_match sends all of %s elsewhere", listed(cells(row)))
		return
	}
	var missing []string
	for _, level := range row.GetIntent() {
		switch {
		case level == playbookv1.IntentLevel_INTENT_LEVEL_HIGH && l.doc.GetIntent().GetHigh() == "":
			missing = append(missing, "intent.high")
		case level == playbookv1.IntentLevel_INTENT_LEVEL_MEDIUM && l.doc.GetIntent().GetMedium() == "":
			missing = append(missing, "intent.medium")
		default:
			return
		}
	}
	if len(missing) > 0 {
		l.advise(path, "no lead gets here: %s is not given, so nobody has such intent", strings.Join(missing, " and "))
	}
}

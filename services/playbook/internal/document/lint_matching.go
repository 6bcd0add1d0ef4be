package document

import playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"

// checkMatching advises against taking an account on evidence that strangers share.
func (l *linter) checkMatching() {
	m := l.doc.GetMatching()
	if m.GetNameOnly() == playbookv1.WeakMatch_WEAK_MATCH_MATCH {
		l.advise("matching.name_only", "companies of one name are often strangers: match by the name alone only if your accounts' names are unique, else write review")
	}
	if m.GetNameFuzzy() == playbookv1.WeakMatch_WEAK_MATCH_MATCH {
		l.advise("matching.name_fuzzy", "a name that is merely alike, in the same country, is often another company: write review, so that a person sees it")
	}
}

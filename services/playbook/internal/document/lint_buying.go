package document

import (
	"iter"
	"maps"
	"slices"
	"strings"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/expression"
)

// checkTriggers refuses a type of event in two triggers: it would count twice.
func (l *linter) checkTriggers() {
	of := map[string]string{}
	for name, trigger := range sorted(l.full.GetTriggers()) {
		path := entry("triggers", name)
		for i, kind := range trigger.GetEvents() {
			if other, twice := of[kind]; twice {
				at := path
				if len(l.doc.GetTriggers()[name].GetEvents()) > 0 {
					at = element(path+".events", i)
				}
				l.refuse(at, "%s counts in the trigger %s already: an event counts once", kind, other)
				continue
			}
			of[kind] = name
		}
	}
}

// isDeed says whether a fact is what people did and not who they are. A model goes by what a lead did early, too.
func isDeed(fact string) bool {
	of, name, _ := strings.Cut(fact, ".")
	switch of {
	case "engagement", "predicted":
		return true
	case "account":
		return name == "events" || name == "is_surging" || strings.HasPrefix(name, "trigger") || strings.HasPrefix(name, "committee")
	default:
		return false
	}
}

func looksAtDeeds(text string) bool {
	for fact := range expression.Facts(text) {
		if isDeed(fact) {
			return true
		}
	}
	return false
}

// checkPersonas refuses personas that depend on what somebody did: those of one person would depend on those of others.
func (l *linter) checkPersonas() {
	criteria := l.doc.GetCriteria()
	for name, persona := range sorted(l.doc.GetPersonas()) {
		path := entry("personas", name) + ".when"
		if looksAtDeeds(persona.GetWhen()) {
			l.refuse(path, "a persona is who somebody is: facts about the lead and its company, not what they or others did")
			continue
		}
		for _, word := range slices.Compact(slices.Sorted(expression.Names(persona.GetWhen()))) {
			if looksAtDeeds(criteria[word]) {
				l.refuse(path, "the criterion %s looks at what people did: a persona is who somebody is", word)
			}
		}
	}
}

// checkSurge refuses thresholds that do not belong together, and a surge that cannot begin.
func (l *linter) checkSurge() {
	surge := l.full.GetSurge()
	if surge == nil {
		return
	}
	switch {
	case surge.GetLeave() > surge.GetEnter():
		l.refuse("surge.leave", "%g is above enter, %g: a surge would end as it begins; write about half of enter", surge.GetLeave(), surge.GetEnter())
	case surge.GetLeave() == surge.GetEnter():
		l.advise("surge.leave", "equals enter: an account at the line comes and goes; write about half of enter")
	}
	if !anyPoints(surge) {
		l.refuse("surge.events", "nothing here gives points, so no surge begins: give a type points, or a page a bonus")
	}
	if len(l.doc.GetTargetAccounts()) == 0 && surge.GetOnlyTargets() {
		l.advise("surge", "there are no target accounts, and no others count: nobody is told; list target_accounts, or write `only_targets: false`")
	}
}

func anyPoints(surge *playbookv1.SurgePolicy) bool {
	for _, rule := range surge.GetEvents() {
		for points := range maps.Values(rule.GetBonus()) {
			if points > 0 {
				return true
			}
		}
		if rule.GetPoints() > 0 {
			return true
		}
	}
	return false
}

// membership yields what an expression asks for as `"name" in account.triggers`, or in the committee: the list and the name.
func membership(text string) iter.Seq2[string, string] {
	return func(yield func(list, name string) bool) {
		words := slices.Collect(expression.Words(text))
		for i := 0; i+4 < len(words); i++ {
			name, list := words[i], words[i+4]
			isText := len(name) > 1 && (name[0] == '"' || name[0] == '\'')
			isAsked := slices.Equal(words[i+1:i+4], []string{"in", "account", "."}) && (list == "triggers" || list == "committee" || list == "committee_engaged")
			if isText && isAsked && !yield(list, strings.Trim(name, name[:1])) {
				return
			}
		}
	}
}

// checkNames looks up the triggers and personas that expressions name, and what they need to be known at all.
func (l *linter) checkNames() {
	triggers, personas := names(l.doc.GetTriggers()), names(l.doc.GetPersonas())
	for _, e := range expressions(l.doc) {
		for list, name := range membership(e.Text) {
			known, what := personas, "persona"
			if list == "triggers" {
				known, what = triggers, "trigger"
			}
			if !slices.Contains(known, name) {
				l.refuse(e.Field, "there is no %s %s: %s", what, quoted(name), mend(name, known))
			}
		}
		for fact := range expression.Facts(e.Text) {
			l.checkUse(e.Field, fact)
		}
	}
}

// checkUse advises about facts that are never known in this document.
func (l *linter) checkUse(path, fact string) {
	const message = "%s is never known: the playbook has no %s"
	switch {
	case strings.HasPrefix(fact, "account.trigger") && len(l.doc.GetTriggers()) == 0:
		l.advise(path, message, "account.triggers", "triggers")
	case strings.HasPrefix(fact, "account.committee") && len(l.doc.GetPersonas()) == 0:
		l.advise(path, message, "account.committee", "personas")
	case fact == "account.is_surging" && l.doc.GetSurge() == nil:
		l.advise(path, message, fact, "surge")
	}
}

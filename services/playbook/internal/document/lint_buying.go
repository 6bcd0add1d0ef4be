package document

import (
	"maps"
	"regexp"
	"slices"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// checkTriggers refuses a type of event in two triggers: it would count twice.
func (l *linter) checkTriggers() {
	of := map[string]string{}
	for name, trigger := range sorted(l.doc.GetTriggers()) {
		path, types := entry("triggers", name), trigger.GetEvents()
		if len(types) == 0 {
			types = []string{name}
		}
		for i, kind := range types {
			if other, twice := of[kind]; twice {
				at := path
				if len(trigger.GetEvents()) > 0 {
					at = element(path+".events", i)
				}
				l.refuse(at, "%s counts in the trigger %s already: an event counts once", kind, other)
				continue
			}
			of[kind] = name
		}
	}
}

// deeds are words of the language that look at what people did and not at who they are.
var deeds = regexp.MustCompile(`\bengagement\s*\.|\baccount\s*\.\s*(events|triggers|trigger_points|committee\w*|is_surging)\b`)

// checkPersonas refuses personas that depend on what somebody did: those of one person would depend on those of others.
func (l *linter) checkPersonas() {
	criteria := l.doc.GetCriteria()
	for name, persona := range sorted(l.doc.GetPersonas()) {
		path := entry("personas", name) + ".when"
		if deeds.MatchString(persona.GetWhen()) {
			l.refuse(path, "a persona is who somebody is: facts about the lead and its company, not what they or others did")
			continue
		}
		for _, word := range identifiers(persona.GetWhen()) {
			if deeds.MatchString(criteria[word]) {
				l.refuse(path, "the criterion %s looks at what people did: a persona is who somebody is", word)
			}
		}
	}
}

var identifier = regexp.MustCompile(`\b[a-z][a-z0-9_]*\b`)

// identifiers are the words of an expression, in order and without repetitions.
func identifiers(expression string) []string {
	return slices.Compact(slices.Sorted(slices.Values(identifier.FindAllString(expression, -1))))
}

// checkSurge refuses thresholds that do not belong together, and a surge that cannot begin.
func (l *linter) checkSurge() {
	surge := l.doc.GetSurge()
	if surge == nil {
		return
	}
	if surge.Leave != nil {
		enter := 30.0
		if surge.Enter != nil {
			enter = surge.GetEnter()
		}
		switch {
		case surge.GetLeave() > enter:
			l.refuse("surge.leave", "%g is above enter, %g: a surge would end as it begins; write about half of enter", surge.GetLeave(), enter)
		case surge.GetLeave() == enter:
			l.advise("surge.leave", "equals enter: an account at the line comes and goes; write about half of enter")
		}
	}
	if len(surge.GetEvents()) > 0 && !anyPoints(surge) {
		l.refuse("surge.events", "nothing here gives points, so no surge begins: give a type points, or a page a bonus")
	}
	if len(l.doc.GetTargetAccounts()) == 0 && (surge.OnlyTargets == nil || surge.GetOnlyTargets()) {
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

// membership is `"name" in account.triggers`, and the same of committees; use is any use of them.
var (
	membership = regexp.MustCompile(`["']([^"'\s]*)["']\s+in\s+account\s*\.\s*(triggers|committee)`)
	use        = regexp.MustCompile(`\baccount\s*\.\s*(trigger|committee|is_surging)`)
)

// checkNames looks up the triggers and personas that expressions name, and what they need to be known at all.
func (l *linter) checkNames() {
	triggers, personas := names(l.doc.GetTriggers()), names(l.doc.GetPersonas())
	for _, e := range expressions(l.doc) {
		for _, found := range membership.FindAllStringSubmatch(e.Text, -1) {
			known, what := personas, "persona"
			if found[2] == "triggers" {
				known, what = triggers, "trigger"
			}
			if !slices.Contains(known, found[1]) {
				l.refuse(e.Field, "there is no %s %s: %s", what, quoted(found[1]), mend(found[1], known))
			}
		}
		for _, found := range use.FindAllStringSubmatch(e.Text, -1) {
			l.checkUse(e.Field, found[1])
		}
	}
}

// checkUse advises about facts that are never known in this document.
func (l *linter) checkUse(path, fact string) {
	const message = "is never known: the playbook has no %s"
	switch {
	case fact == "trigger" && len(l.doc.GetTriggers()) == 0:
		l.advise(path, "account.triggers "+message, "triggers")
	case fact == "committee" && len(l.doc.GetPersonas()) == 0:
		l.advise(path, "account.committee "+message, "personas")
	case fact == "is_surging" && l.doc.GetSurge() == nil:
		l.advise(path, "account.is_surging "+message, "surge")
	}
}

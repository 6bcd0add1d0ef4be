package document

import (
	"slices"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/proposition"
)

// checkHeldLadder refuses a ladder that cannot be climbed as it is written, and advises about what nobody comes to.
func (l *linter) checkHeldLadder() {
	const path = "routing.held_ladder"
	routing := l.doc.GetRouting()
	ladder := routing.GetHeldLadder()
	last := slices.Index(ladder, playbookv1.HeldStep_HELD_STEP_STAY_HELD)
	fallback := slices.Index(ladder, playbookv1.HeldStep_HELD_STEP_FALLBACK)
	if last >= 0 && last < len(ladder)-1 {
		l.advise(element(path, last+1), "never comes: whoever is to stay held is given to nobody else")
		ladder = ladder[:last]
	}
	switch {
	case fallback >= 0 && routing.GetFallback() == nil:
		l.refuse(element(path, fallback), "there is no fallback: give routing.fallback, a pool or a rep")
	case fallback < 0 && routing.GetFallback() != nil:
		l.advise("routing.fallback", "is never asked: add fallback to routing.held_ladder")
	case fallback >= 0 && fallback < len(ladder)-1 && ladder[fallback+1] != playbookv1.HeldStep_HELD_STEP_STAY_HELD:
		l.refuse(element(path, fallback+1), "the fallback is asked last, and once: put it before stay_held")
	}
}

// checkRequirements refuses those that ask for nothing, and advises about those that no lead meets.
func (l *linter) checkRequirements() {
	for i, rule := range l.doc.GetRouting().GetRequirements() {
		path, needs := element("routing.requirements", i), rule.GetNeeds()
		if needs != nil && len(needs.GetSegments())+len(needs.GetRegions())+len(needs.GetSkills())+len(needs.GetLanguages()) == 0 {
			l.refuse(path+".needs", "asks for nothing: give segments, regions, skills or languages")
		}
		if rule.GetWhen() == "" {
			continue
		}
		asked := []*proposition.Formula{l.formula(rule.GetWhen())}
		switch {
		case !l.possible(asked, nil):
			l.advise(path+".when", "never holds: its conditions exclude each other")
		case !l.possible(append(l.gate(), asked...), l.stops()):
			l.advise(path+".when", "never holds: no lead that is qualified meets it")
		}
	}
}

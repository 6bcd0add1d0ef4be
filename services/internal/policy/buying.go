package policy

import playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"

// The points of a surge: three looks at the prices within a few days make one.
const (
	surgeEnter    = 30
	pricingPoints = 10
	casePoints    = 5
)

func fillTriggers(triggers map[string]*playbookv1.Trigger) {
	for name, trigger := range triggers {
		list(&trigger.Events, name)
		duration(&trigger.Window, 90*day)
		optional(&trigger.Cap, fullScore)
	}
}

func fillPersonas(personas map[string]*playbookv1.Persona) {
	for _, persona := range personas {
		duration(&persona.Window, 90*day)
	}
}

// fillSurge completes a surge that was agreed on. Nobody is told of what nobody asked for.
func fillSurge(surge *playbookv1.SurgePolicy) {
	if surge == nil {
		return
	}
	optional(&surge.Enter, surgeEnter)
	optional(&surge.Leave, surge.GetEnter()/2)
	duration(&surge.Window, 14*day)
	duration(&surge.HalfLife, 7*day)
	duration(&surge.Cooldown, 7*day)
	optional(&surge.OnlyTargets, true)
	if len(surge.GetEvents()) == 0 {
		surge.Events = map[string]*playbookv1.SurgeRule{
			"page_view": {Bonus: map[string]float64{"/pricing": pricingPoints, "/case-studies": casePoints}},
		}
	}
}

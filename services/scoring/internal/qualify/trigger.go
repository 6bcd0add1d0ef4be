package qualify

import (
	"regexp"
	"slices"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// accountEvents finds expressions that count events of accounts by themselves.
var accountEvents = regexp.MustCompile(`\baccount\s*\.\s*events\b`)

// triggersOf makes a card of the triggers, each a group with its cap, and lists the types of events that they count.
func triggersOf(triggers map[string]*playbookv1.Trigger) (card *scorecard.Card, types []string, err error) {
	types = []string{}
	if len(triggers) == 0 {
		return nil, types, nil
	}
	p := scorecard.Policy{Weights: scorecard.Weights{Engagement: scorecard.Point}}
	for _, name := range sortedKeys(triggers) {
		trigger := triggers[name]
		group := scorecard.Group{Name: name, Cap: micro(trigger.GetCap())}
		for _, kind := range slices.Sorted(slices.Values(trigger.GetEvents())) {
			types = append(types, kind)
			group.Events = append(group.Events, scorecard.EventRule{Type: kind, Points: micro(trigger.GetPoints()),
				HalfLife: length(trigger.GetHalfLife()), Window: length(trigger.GetWindow()), Cap: scorecard.Full})
		}
		p.Engagement = append(p.Engagement, group)
	}
	card, err = scorecard.New(p)
	return card, types, err
}

// Triggered is what the triggers make of an account's events.
type Triggered struct {
	Active []string // names, in order
	Score  scorecard.Score
}

// Triggered asks the triggers. One is active while an event of it lies within its window, also when decay left nothing of
// its points.
func (p *Policy) Triggered(events []Engagement, asOf time.Time) Triggered {
	if p.triggers == nil || len(events) == 0 {
		return Triggered{}
	}
	t := Triggered{Score: p.triggers.Engagement(scored(events), asOf)}
	for line := range t.Score.Lines() {
		if name := line.Group; name != "" && !slices.Contains(t.Active, name) {
			t.Active = append(t.Active, name)
		}
	}
	return t
}

// Minds reports whether a rule may look at account events of a type. It says yes where it cannot be sure.
func (p *Policy) Minds(kind string) bool {
	if p.happens == nil {
		return true
	}
	return p.asked && slices.Contains(p.happens, kind)
}

// Happens are the types of account events that rules look at, and whether they are all that there are.
func (p *Policy) Happens() (types []string, all bool) { return p.happens, p.happens == nil }

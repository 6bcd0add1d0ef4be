package qualify

import (
	"cmp"
	"slices"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
	"github.com/handoffhq/handoff/services/scoring/internal/surge"
)

// Surge is when an account is hot.
type Surge struct {
	surge.Terms
	OnlyTargets bool
	Types       []string // of the events that may count
	Bonuses     []string // the pages, forms and assets that give points on top

	card *scorecard.Card
}

// surgeGroup is the one group of a surge's card.
const surgeGroup = "surge"

// MostWarm is how many of the newest events of an account's people are counted for a surge.
const MostWarm = 1000

// surgeOf compiles a surge; nil if there is none.
func surgeOf(policy *playbookv1.SurgePolicy) (*Surge, error) {
	if policy == nil {
		return nil, nil
	}
	group, bonuses := scorecard.Group{Name: surgeGroup, Cap: scorecard.Full}, []string(nil)
	for _, kind := range sortedKeys(policy.GetEvents()) {
		rule := policy.GetEvents()[kind]
		event := scorecard.EventRule{Type: kind, Points: micro(rule.GetPoints()), Cap: scorecard.Full,
			HalfLife: length(policy.GetHalfLife()), Window: length(policy.GetWindow())}
		for _, asset := range sortedKeys(rule.GetBonus()) {
			event.Bonus = append(event.Bonus, scorecard.Bonus{Asset: asset, Points: micro(rule.GetBonus()[asset])})
			bonuses = append(bonuses, asset)
		}
		group.Events = append(group.Events, event)
	}
	card, err := scorecard.New(scorecard.Policy{Engagement: []scorecard.Group{group}, Weights: scorecard.Weights{Engagement: scorecard.Point}})
	return &Surge{Terms: surge.Terms{Enter: micro(policy.GetEnter()), Leave: micro(policy.GetLeave()), Window: length(policy.GetWindow()),
		Cooldown: length(policy.GetCooldown())}, OnlyTargets: policy.GetOnlyTargets(), Types: sortedKeys(policy.GetEvents()), Bonuses: bonuses, card: card}, err
}

// Counts reports whether an event gives points when it happens.
func (s *Surge) Counts(e *Engagement) bool {
	return s.card.EngagementPoints(scored([]Engagement{*e}), e.OccurredAt) > 0
}

// Points are what events within the window come to at an instant, 0 to 100 points. They only fall until the next event.
func (s *Surge) Points(events []Engagement, asOf time.Time) scorecard.Micro {
	return s.Falling(events)(asOf)
}

// Falling is the points of events for whoever asks for many instants.
func (s *Surge) Falling(events []Engagement) func(asOf time.Time) scorecard.Micro {
	all := scored(events)
	return func(asOf time.Time) scorecard.Micro { return s.card.EngagementPoints(all, asOf) }
}

// AsksForSurges reports whether expressions ask whether accounts surge, and the playbook says when.
func (p *Policy) AsksForSurges() bool { return p.Surge != nil && p.Mentions("is_surging") }

// MaySurge reports whether the playbook counts an account for surges at all, given its registrable domains and those of the
// accounts above it.
func (p *Policy) MaySurge(own, above []string) bool {
	if p.Surge == nil {
		return false
	}
	_, listed := p.Target(own, above)
	return listed || !p.Surge.OnlyTargets
}

// Heat is a page, form or asset that makes an account hot.
type Heat struct {
	Subject string // the type of the event if it has none
	Times   int
	Points  scorecard.Micro
}

// maxHeats is how many of them are named.
const maxHeats = 5

// Heats are what the points are of, the most first.
func (s *Surge) Heats(events []Engagement, asOf time.Time) []Heat {
	subjects := make(map[string]string, len(events))
	for i := range events {
		e := &events[i]
		subjects[e.ID] = cmp.Or(e.Page, e.Form, e.Asset, e.Type)
	}
	by := map[string]Heat{}
	for line := range s.card.Engagement(scored(events), asOf).Lines() {
		for _, share := range line.Events {
			h := by[subjects[share.ID]]
			by[subjects[share.ID]] = Heat{subjects[share.ID], h.Times + 1, h.Points + share.Contribution}
		}
	}
	var heats []Heat
	for _, name := range sortedKeys(by) {
		if by[name].Points > 0 {
			heats = append(heats, by[name])
		}
	}
	slices.SortStableFunc(heats, func(a, b Heat) int { return cmp.Compare(b.Points, a.Points) })
	return heats[:min(len(heats), maxHeats)]
}

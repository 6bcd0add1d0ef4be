package scorecard_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// TestAMillionScoresAreExactlyTheSumsOfTheirLines draws cards and leads without shrinking, so that there can be many: each
// line adds up, the lines sum to the score, and the score without lines is the same.
func TestAMillionScoresAreExactlyTheSumsOfTheirLines(t *testing.T) {
	t.Parallel()
	scores := million
	if testing.Short() {
		scores = 20_000
	}
	const leads = 500 // of each card; each lead has two scores
	random := rand.New(rand.NewPCG(1, 2))
	for range scores / leads / 2 {
		policy := randomPolicy(random)
		card := mustCard(t, policy)
		for range leads {
			truths := random.Uint64()
			truth := func(rule int) scorecard.Truth { return scorecard.Truth(truths >> (2 * rule) % 3) }
			fit := fitOf(card, func(rule int) answer { return answer{Truth: truth(rule)} })
			sums(t, fit, card.FitPoints(func(rule int) bool { return truth(rule) == scorecard.True }))
			events := randomEvents(random)
			sums(t, card.Engagement(events, asOf), card.EngagementPoints(events, asOf))
			if t.Failed() {
				t.Fatalf("policy %+v, events %+v", policy, events)
			}
		}
	}
}

func sums(t *testing.T, score scorecard.Score, alone scorecard.Micro) {
	var sum scorecard.Micro
	for line := range score.Lines() {
		sum += line.Contribution
		if line.Rule != scorecard.Clamp && line.Contribution != line.Decayed-line.TypeCut-line.GroupCut {
			t.Errorf("the line does not add up: %+v", line)
		}
	}
	if sum != score.Total || alone != score.Total || score.Total < 0 || score.Total > full {
		t.Errorf("the lines sum to %v, the score is %v, and without lines %v", sum, score.Total, alone)
	}
}

func randomPolicy(random *rand.Rand) scorecard.Policy {
	points := func() scorecard.Micro { return scorecard.Micro(random.Int64N(int64(full)/2 + 1)) }
	span := func() time.Duration {
		return time.Duration(random.Int64N(int64(60*day))) * time.Duration(random.IntN(2))
	}
	p := scorecard.Policy{Weights: scorecard.Weights{Fit: point}}
	for i := range random.IntN(8) {
		p.Fit = append(p.Fit, scorecard.FitRule{Name: fmt.Sprint(i), Points: points(), When: "criterion"})
	}
	for g := range 2 {
		group := scorecard.Group{Name: fmt.Sprint(g), Cap: points()}
		for e := range 2 {
			group.Events = append(group.Events, scorecard.EventRule{Type: kinds[2*g+e], Points: points(), Cap: points(), HalfLife: span(), Window: span(),
				Bonus: []scorecard.Bonus{{Asset: "/a", Points: points()}}})
		}
		p.Engagement = append(p.Engagement, group)
	}
	return p
}

var kinds = [...]string{"form_submit", "page_view", "email_click", "webinar_attend", "unknown"}

func randomEvents(random *rand.Rand) []scorecard.Event {
	events := make([]scorecard.Event, random.IntN(8))
	for i := range events {
		events[i] = scorecard.Event{ID: kinds[i%len(kinds)], Type: kinds[random.IntN(len(kinds))], OccurredAt: ago(time.Duration(random.Int64N(int64(90 * day)))),
			Page: [...]string{"", "/a"}[random.IntN(2)]}
	}
	return events
}

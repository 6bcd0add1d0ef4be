package qualify

import (
	"fmt"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// AccountPart says of what a line of an account's score is.
type AccountPart int

// The parts, numbered as in the API.
const (
	OfPerson AccountPart = iota + 1
	OfNobody
	OfTrigger
	OfFurther // of people who are not named one by one
)

// AccountLine is one line of an account's score. Its contribution is what decay left, less what the two caps took; that of a
// clamp is negative.
type AccountLine struct {
	Part   AccountPart
	Lead   string // of a person who is named
	People int    // how many people it is of
	Events int    // how many engagements were counted; the line itself names none for people who are not named
	*scorecard.Line
}

// AccountResult is what a policy makes of an account at an instant.
type AccountResult struct {
	Total     scorecard.Micro // the sum of the lines, 0 and up
	Lines     []AccountLine
	People    int
	Engaged   int // how many of them gave points
	Triggers  []string
	Committee *Committee // nil without personas
	Undecided int        // people without a persona who might have one if more were known of them
}

func (r *AccountResult) add(part AccountPart, score scorecard.Score) {
	r.Total += score.Total
	for line := range score.Lines() {
		r.Lines = append(r.Lines, AccountLine{Part: part, Events: len(line.Events), Line: line})
	}
}

// Anonymous scores what nobody in particular did at an account, by the card for people.
func (p *Policy) Anonymous(own []Engagement, asOf time.Time) scorecard.Score {
	return p.card.Engagement(scored(own), asOf)
}

// latest is when somebody did something last, up to an instant; zero for never.
func latest(engagements []Engagement, asOf time.Time) time.Time {
	var last time.Time
	for i := range engagements {
		if at := engagements[i].OccurredAt; at.After(last) && !at.After(asOf) {
			last = at
		}
	}
	return last
}

// Sentence says the whole in words: "42.5 points: 2 of 3 people engaged; active: new executive; 50% of the buying
// committee engaged, 100% known."
func (r *AccountResult) Sentence() string {
	words := fmt.Sprintf("%v points: %d of %d people engaged", r.Total, r.Engaged, r.People)
	if len(r.Triggers) > 0 {
		words += "; active: " + strings.ReplaceAll(strings.Join(r.Triggers, ", "), "_", " ")
	}
	if r.Committee != nil {
		words += fmt.Sprintf("; %d%% of the buying committee engaged, %d%% known", r.Committee.Coverage, r.Committee.Known)
	}
	return words + "."
}

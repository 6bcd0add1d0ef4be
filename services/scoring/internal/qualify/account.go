package qualify

import (
	"fmt"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// Person is somebody at an account.
type Person struct {
	Lead string // its id
	Subject
}

// AccountPart says of what a line of an account's score is.
type AccountPart int

// The parts, numbered as in the API.
const (
	OfPerson AccountPart = iota + 1
	OfNobody
	OfTrigger
)

// AccountLine is one line of an account's score.
type AccountLine struct {
	Part AccountPart
	Lead string // of a person
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

// Account adds up an account: each person's engagement with its caps, what nobody in particular did as if one more person
// had done it, and the triggers.
func (p *Policy) Account(people []Person, own []Engagement, asOf time.Time) AccountResult {
	r := AccountResult{People: len(people)}
	for i := range people {
		score := p.card.Engagement(scored(people[i].Engagements), asOf)
		if score.Total > 0 {
			r.Engaged++
		}
		r.add(OfPerson, people[i].Lead, score)
		if results := p.personasOf(&people[i].Subject, asOf); len(held(results)) == 0 && anyUnknown(results) {
			r.Undecided++
		}
	}
	r.add(OfNobody, "", p.Anonymous(own, asOf))
	triggered := p.Triggered(own, asOf)
	r.Triggers = triggered.Active
	r.add(OfTrigger, "", triggered.Score)
	r.Committee = p.Committee(p.Members(people, asOf), asOf)
	return r
}

// Members are people as a committee sees them.
func (p *Policy) Members(people []Person, asOf time.Time) []Member {
	members := make([]Member, len(people))
	for i := range people {
		members[i] = Member{Personas: p.Roles(&people[i].Subject, asOf), EngagedAt: latest(people[i].Engagements, asOf)}
	}
	return members
}

func (r *AccountResult) add(part AccountPart, lead string, score scorecard.Score) {
	r.Total += score.Total
	for line := range score.Lines() {
		r.Lines = append(r.Lines, AccountLine{part, lead, line})
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

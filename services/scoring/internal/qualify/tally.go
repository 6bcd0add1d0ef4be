package qualify

import (
	"cmp"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// MostNamed is how many people of an account are named in its score, each with lines of their own: those who give most. What
// the others give is summed up.
const MostNamed = 200

// Tally adds up an account, one person after the other: each person's engagement with its caps, what nobody in particular did
// as if one more person had done it, and the triggers. It keeps no more of people than it tells, however many there are.
type Tally struct {
	policy  *Policy
	asOf    time.Time
	result  AccountResult // without its lines
	members []Member
	named   []contributor
	further scorecard.Line // the sum of the lines of all who are not named, without clamps
	clamped scorecard.Micro
	people  int // who are not named, and gave points
	events  int // that they did, and that count
}

// contributor is a person who gives points.
type contributor struct {
	lead  string
	place int // among all people, as they came
	total scorecard.Micro
	lines []*scorecard.Line
}

// Tally begins to add up an account as of an instant.
func (p *Policy) Tally(asOf time.Time) *Tally { return &Tally{policy: p, asOf: asOf} }

// Add adds a person, by the lead that stands for it.
func (t *Tally) Add(lead string, s *Subject) {
	t.result.People++
	personas := t.policy.personasOf(s, t.asOf)
	if names := held(personas); len(names) > 0 {
		t.members = append(t.members, Member{Lead: lead, Personas: names, EngagedAt: latest(s.Engagements, t.asOf)})
	} else if anyUnknown(personas) {
		t.result.Undecided++
	}
	if len(t.members) >= 2*MostMembers {
		t.members = Foremost(t.members)
	}
	score := t.policy.card.Engagement(scored(s.Engagements), t.asOf)
	t.result.Total += score.Total
	if score.Total > 0 {
		t.result.Engaged++
	}
	one := contributor{lead: lead, place: t.result.People, total: score.Total, lines: slices.Collect(score.Lines())}
	if len(one.lines) == 0 {
		return
	}
	if t.named = append(t.named, one); len(t.named) >= 2*MostNamed {
		t.sumUp()
	}
}

// sumUp sums up those who give less than the people who are named.
func (t *Tally) sumUp() {
	if len(t.named) <= MostNamed {
		return
	}
	slices.SortFunc(t.named, func(a, b contributor) int {
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.place, b.place))
	})
	for _, one := range t.named[MostNamed:] {
		t.people++
		for _, line := range one.lines {
			if line.Rule == scorecard.Clamp {
				t.clamped += line.Contribution
				continue
			}
			t.further.Raw, t.further.Decayed = t.further.Raw+line.Raw, t.further.Decayed+line.Decayed
			t.further.TypeCut, t.further.GroupCut = t.further.TypeCut+line.TypeCut, t.further.GroupCut+line.GroupCut
			t.further.Contribution += line.Contribution
			t.events += len(line.Events)
		}
	}
	clear(t.named[MostNamed:])
	t.named = t.named[:MostNamed]
}

// Result is the whole, with what nobody in particular did. The tally must not be used afterwards.
func (t *Tally) Result(own []Engagement) AccountResult {
	t.sumUp()
	slices.SortFunc(t.named, func(a, b contributor) int { return cmp.Compare(a.place, b.place) })
	r := &t.result
	for _, one := range t.named {
		for _, line := range one.lines {
			r.Lines = append(r.Lines, AccountLine{Part: OfPerson, Lead: one.lead, People: 1, Events: len(line.Events), Line: line})
		}
	}
	if t.people > 0 {
		r.Lines = append(r.Lines, AccountLine{Part: OfFurther, People: t.people, Events: t.events, Line: &t.further})
	}
	if t.clamped != 0 {
		r.Lines = append(r.Lines, AccountLine{Part: OfFurther, People: t.people, Line: &scorecard.Line{Part: scorecard.EngagementPart, Rule: scorecard.Clamp, Contribution: t.clamped}})
	}
	r.add(OfNobody, t.policy.Anonymous(own, t.asOf))
	triggered := t.policy.Triggered(own, t.asOf)
	r.Triggers = triggered.Active
	r.add(OfTrigger, triggered.Score)
	r.Committee = t.policy.Committee(Foremost(t.members), t.asOf)
	return *r
}

package qualify

import (
	"cmp"
	"regexp"
	"slices"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
)

// Persona is a part that people play when a company buys.
type Persona struct {
	Name     string
	Role     playbookv1.Persona_Role
	Required bool
	Window   time.Duration // how long somebody counts as engaged after what they did last
}

// personas tell which parts a person plays, in the order of their names.
type personas struct {
	all []Persona
	set *criteria.Set // its conditions are the personas
}

var identifier = regexp.MustCompile(`\b[a-z][a-z0-9_]*\b`)

// personasOf compiles the personas, with those criteria alone that they name: they are asked before all others.
func personasOf(doc *playbookv1.Document) (*personas, error) {
	if len(doc.GetPersonas()) == 0 {
		return nil, nil
	}
	p, d, named := &personas{}, criteria.Definition{}, map[string]bool{}
	for _, name := range sortedKeys(doc.GetPersonas()) {
		persona := doc.GetPersonas()[name]
		p.all = append(p.all, Persona{Name: name, Role: persona.GetRole(), Required: persona.GetRequired(), Window: persona.GetWindow().AsDuration()})
		d.Conditions = append(d.Conditions, criteria.Rule{Name: name, Expression: persona.GetWhen()})
		for _, word := range identifier.FindAllString(persona.GetWhen(), -1) {
			named[word] = true
		}
	}
	for _, name := range sortedKeys(doc.GetCriteria()) {
		if named[name] {
			d.Criteria = append(d.Criteria, criteria.Rule{Name: name, Expression: doc.GetCriteria()[name]})
		}
	}
	var err error
	p.set, err = criteria.Compile(d)
	return p, err
}

// personasOf says of each persona whether the subject is one, by what the person and the company are and not by what
// anybody did.
func (p *Policy) personasOf(s *Subject, asOf time.Time) []*criteria.Result {
	if p.personas == nil {
		return nil
	}
	h := p.room()
	defer p.end(h)
	h.facts = criteria.Facts{Lead: s.Lead, Lists: s.Lists, Engagements: h.facts.Engagements[:0]}
	if s.Account != nil {
		target, listed := p.Target(s.Account.Domains, s.Account.Above)
		h.facts.Account = s.Account.Facts
		h.facts.Account.IsTarget, h.facts.Account.HasOwner = criteria.Known(listed), criteria.Known(s.Account.Owner != "" || target.Owner != "")
	}
	h.Evaluate(p.personas.set, &h.facts, asOf)
	return slices.AppendSeq(make([]*criteria.Result, 0, len(p.personas.all)), h.Conditions().All())
}

// Roles are the names of the personas that a subject is, in order.
func (p *Policy) Roles(s *Subject, asOf time.Time) []string { return held(p.personasOf(s, asOf)) }

// Window is how long somebody of a persona counts as engaged; 0 for one that there is not.
func (p *Policy) Window(persona string) time.Duration {
	if p.personas != nil {
		for _, one := range p.personas.all {
			if one.Name == persona {
				return one.Window
			}
		}
	}
	return 0
}

// PersonaNames are the names of the personas that the lead is.
func (r *Result) PersonaNames() []string { return held(r.Personas) }

func held(results []*criteria.Result) []string {
	var names []string
	for _, r := range results {
		if r.Truth == criteria.True {
			names = append(names, r.Name)
		}
	}
	return names
}

func anyUnknown(results []*criteria.Result) bool {
	return slices.ContainsFunc(results, func(r *criteria.Result) bool { return r.Truth == criteria.Unknown })
}

// Member is a person of an account.
type Member struct {
	Lead      string // that stands for the person
	Personas  []string
	EngagedAt time.Time // when the person did something last; zero for never
}

// MostMembers is how many people of an account a committee is made of.
const MostMembers = 200

// Foremost are the people of an account whom its committee is made of: those who play a part, and of more than so many those
// who engaged last. It changes the order of what is given.
func Foremost(people []Member) []Member {
	members := slices.DeleteFunc(people, func(m Member) bool { return len(m.Personas) == 0 })
	if len(members) <= MostMembers {
		return members
	}
	slices.SortFunc(members, Before)
	return members[:MostMembers]
}

// Before orders the people of an account as [Foremost] takes them: negative if one comes before the other.
func Before(a, b Member) int {
	return cmp.Or(b.EngagedAt.Compare(a.EngagedAt), cmp.Compare(b.Lead, a.Lead))
}

// Committee is who of those who decide at a company is known.
type Committee struct {
	Personas []Seat // in the order of their names
	Coverage int    // how many of the personas that count engaged lately, in per cent, rounded down
	Known    int    // how many of them are known, in the same way
}

// Seat is one persona of a committee.
type Seat struct {
	Persona
	Known, Engaged int // how many people
}

// HasCommittee reports whether the playbook names personas.
func (p *Policy) HasCommittee() bool { return p.personas != nil }

// Committee sums up who is known of an account, and who engaged lately. Personas that are required count; if none is, all
// do. What is not known of a person covers nothing. Without personas there is no committee.
func (p *Policy) Committee(members []Member, asOf time.Time) *Committee {
	if p.personas == nil {
		return nil
	}
	c := &Committee{}
	some := slices.ContainsFunc(p.personas.all, func(persona Persona) bool { return persona.Required })
	count, known, engaged := 0, 0, 0
	for _, persona := range p.personas.all {
		seat := persona.seat(members, asOf)
		c.Personas = append(c.Personas, seat)
		if some && !persona.Required {
			continue
		}
		count++
		if seat.Known > 0 {
			known++
		}
		if seat.Engaged > 0 {
			engaged++
		}
	}
	c.Coverage, c.Known = engaged*100/count, known*100/count
	return c
}

func (p Persona) seat(members []Member, asOf time.Time) Seat {
	s := Seat{Persona: p}
	for i := range members {
		if !slices.Contains(members[i].Personas, p.Name) {
			continue
		}
		s.Known++
		if at := members[i].EngagedAt; !at.IsZero() && !at.After(asOf) && asOf.Sub(at) <= p.Window {
			s.Engaged++
		}
	}
	return s
}

package replay

import (
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// who is a person at an instant of the replay: the leads that are this person by then, what is known of it, and where it
// stands by each version.
type who struct {
	lead     record.Lead // stands for the person, with its fields of then
	absorbed []*record.Lead
	members  []string // ids of the leads, the one that stands for the person first
	account  string
	known    []qualify.Engagement
	history  qualify.History      // known, as the versions read it
	fresh    []qualify.Engagement // of known, what this instant brought

	subject  qualify.Subject
	employer *Employer
	firm     qualify.Account // the employer, with what happens there
	around   qualify.Around
	people   []qualify.Member // of the committee there
	stale    bool             // the person's own facts must be read again

	engaged        time.Time // when the person did something last; zero for never
	parts          [versions]part
	warmth         warmth
	joined, parted bool     // whether this instant made others part of the person, or took them from it
	from           []string // where those were who joined

	standing [versions]standing.Standing
	found    [versions][]Qualification

	joints []joint         // in their order
	own    map[string]*own // of those who were absorbed
}

// become makes a person of a lead, of whom so many deeds may become known.
func become(l *Lead, deeds int, at time.Time) *who {
	p := &who{lead: *l.Lead, members: []string{l.ID}, stale: true, own: map[string]*own{}, known: make([]qualify.Engagement, 0, deeds)}
	p.history.Grow(deeds)
	p.lead.Fields = l.fieldsAt(at)
	for v := range p.standing {
		p.standing[v] = standing.New()
	}
	return p
}

// fieldsAt are the lead's own fields at an instant.
func (l *Lead) fieldsAt(at time.Time) person.Fields {
	for _, f := range l.Earlier {
		if f.Until.After(at) {
			return f.Values
		}
	}
	return l.Fields
}

// rewrite gives one of the person's leads the fields of an instant.
func (p *who) rewrite(l *Lead, at time.Time) {
	p.stale = true
	if l.ID == p.lead.ID {
		p.lead.Fields = l.fieldsAt(at)
		return
	}
	for _, a := range p.absorbed {
		if a.ID == l.ID {
			a.Fields = l.fieldsAt(at)
		}
	}
}

// learn takes in what the person did.
func (p *who) learn(deeds ...qualify.Engagement) {
	p.known = append(p.known, deeds...)
	p.history.Add(deeds...)
	for i := range deeds {
		if at := deeds[i].OccurredAt; at.After(p.engaged) {
			p.engaged = at
		}
	}
}

// over notes when the handoff that is open is over.
func over(found []Qualification, open standing.Standing, at time.Time) {
	for i := range found {
		if found[i].At.Equal(open.QualifiedAt) && found[i].ClosedAt.IsZero() {
			found[i].ClosedAt = at
		}
	}
}

// look brings what the versions see of the person up to an instant.
func (p *who) look(w *World, at time.Time) error {
	if p.stale {
		shown, err := record.Shown(&p.lead, p.absorbed)
		if err != nil {
			return err
		}
		read := person.Stored(shown)
		p.subject.Lead, p.stale = read.Facts(p.lead.Source, p.lead.Partner), false
	}
	p.employer, p.subject.Account = w.Companies.At(p.account, at), nil
	if p.employer != nil {
		p.firm, p.around.Events = *p.employer.Subject, w.Companies.Events(p.account, at)
		if p.lead.Partner == "" { // else what happens there is not the partner's to know
			p.firm.Around = &p.around
		}
		p.subject.Account = &p.firm
	}
	p.subject.Engagements, p.subject.History, p.subject.Lists = p.known, &p.history, w.listsAt(at)
	p.subject.First, p.subject.CreatedAt = p.lead.OccurredAt, p.lead.CreatedAt
	return nil
}

// regard looks at the person by a version by which it stands somewhere: what is left to be looked at is the version's own. Who
// is judged for what happened at its account sees that as it is settled, and whoever did something, as it was before.
func (p *who) regard(w *World, v int, stands *standing.Standing, at time.Time, settled bool) {
	p.subject.Qualified, p.around.Members, p.around.Surging = stands.FirstQualifiedAt, criteria.Opt[[]qualify.Member]{}, criteria.Opt[bool]{}
	if w.Surroundings == nil {
		return
	}
	if w.Surroundings.asked[v].committees {
		p.people = w.Surroundings.members(p.people[:0], v, p.account, at)
		p.around.Members = criteria.Known(p.people)
	}
	if w.Surroundings.asked[v].surges {
		p.around.Surging = criteria.Known(w.Surroundings.surging(v, p.account, at, settled))
	}
}

// judge moves the person on by one version, as the service would. While sales has the lead there is nothing to decide.
func (p *who) judge(w *World, v int, at time.Time, settled bool) {
	version, stands := &w.Versions[v], &p.standing[v]
	if version.Policy == nil || stands.Open() {
		return
	}
	p.regard(w, v, stands, at, settled)
	decision := version.Policy.Decide(&p.subject, at)
	finding := dossier.Find(version.Policy, &p.subject, &decision.Verdict, stands, p.fresh, at)
	next, step := stands.Judge(finding, at, p.mint(at))
	p.standing[v] = next
	if step != standing.Qualify {
		return
	}
	q := Qualification{Lead: p.lead.ID, At: at, Cycle: next.Cycle, Case: version.caseOf(&decision.Verdict, p.employer), settled: settled}
	p.found[v] = append(p.found[v], q)
	if ending := version.Closes(q.Case); ending != standing.NotEnded {
		p.standing[v] = next.Close(next.Handoff, ending, true, at)
	}
}

// mint names the handoffs of cycles that begin at an instant. No two leads have one of the same name.
func (p *who) mint(at time.Time) func(cycle int32) string {
	return func(cycle int32) string { return fmt.Sprintf("%s/%d/%d", p.lead.ID, cycle, at.UnixMicro()) }
}

// give notes that sales gave a lead back. By each version that closes what this lead has open, or else what the person has
// open; but what was closed because the lead turned out to be somebody else was its own.
func (p *who) give(c Closing) {
	for v := range p.standing {
		given := p.standing[v]
		if kept := p.own[c.Lead]; kept != nil && (kept.standing[v].Open() || c.again()) {
			given = kept.standing[v]
		}
		if given.Open() {
			over(p.found[v], given, c.At)
			p.close(v, given.Handoff, c)
		}
	}
}

// close closes a handoff by a version, whichever of the person's leads have it.
func (p *who) close(v int, handoff string, c Closing) {
	p.restate(v, func(s standing.Standing) standing.Standing { return s.Close(handoff, c.Outcome, c.BySuite, c.At) })
}

// rule notes how a dispute over the end of a handoff of a lead was decided, by each version that closed something then.
func (p *who) rule(r Ruling) {
	for v := range p.standing {
		given := p.standing[v]
		if kept := p.own[r.Lead]; kept != nil && kept.standing[v].ClosedAt.Equal(r.ClosedAt) {
			given = kept.standing[v]
		}
		if given.Closed() && given.ClosedAt.Equal(r.ClosedAt) {
			p.restate(v, func(s standing.Standing) standing.Standing { return s.Rule(given.Handoff, r.Outcome, r.At) })
		}
	}
}

// restate changes where the person stands by a version, and what is kept of that for each of its leads.
func (p *who) restate(v int, change func(standing.Standing) standing.Standing) {
	p.standing[v] = change(p.standing[v])
	for _, kept := range p.own {
		kept.standing[v] = change(kept.standing[v])
	}
	for _, j := range p.joints {
		if j.before != nil {
			j.before.standing[v] = change(j.before.standing[v])
		}
	}
}

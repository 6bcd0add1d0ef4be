package replay

import (
	"slices"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/sift"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// own is what a lead has by itself, and keeps while it is one person with others.
type own struct {
	account  string
	standing [versions]standing.Standing
	parts    [versions]part // that it played when it was judged last
}

// joint is a merge that lasts.
type joint struct {
	survivor, absorbed string
	before             *own // what the survivor had before anybody joined it: one of its merges that last keeps that
}

// absorb makes two people one. Of two handoffs that are open one goes on, and the other is over for the person.
func (p *who) absorb(other *who, at time.Time) {
	p.stale = true
	j := joint{survivor: p.lead.ID, absorbed: other.lead.ID}
	if len(p.absorbed) == 0 {
		j.before = &own{account: p.account, standing: p.standing}
	}
	p.joints = append(append(p.joints, other.joints...), j)
	p.absorbed = append(append(p.absorbed, other.absorbed...), &other.lead)
	slices.SortFunc(p.absorbed, func(a, b *record.Lead) int { return strings.Compare(a.ID, b.ID) })
	p.members = append(p.members, other.members...)
	p.learn(other.known...)
	p.fresh = append(p.fresh, other.fresh...)
	for v := range p.standing {
		if p.standing[v].Open() && other.standing[v].Open() {
			over(other.found[v], other.standing[v], at)
		}
		p.standing[v] = standing.Merge(p.standing[v], other.standing[v])
		p.found[v] = append(p.found[v], other.found[v]...)
	}
	for id, kept := range other.own {
		p.own[id] = kept
	}
	p.own[other.lead.ID] = &own{other.account, other.standing, other.parts}
	p.joined, p.from = true, append(append(p.from, other.from...), other.account)
}

// part takes back that a lead joined the person: it stands by itself again, with those that it had absorbed and with what they
// did. Doers says who did what. It gives nil if the lead did not join.
func (p *who) part(lead string, doers map[string]string) *who {
	i := slices.IndexFunc(p.joints, func(j joint) bool { return j.absorbed == lead })
	if i < 0 {
		return nil
	}
	undone := p.joints[i]
	leaving := p.below(lead)
	if undone.survivor != p.lead.ID {
		p.restoreBetween(undone.survivor, leaving)
	}
	p.restore(p.lead.ID, &p.standing, leaving)
	p.joints = slices.Delete(p.joints, i, i+1)
	if next := slices.IndexFunc(p.joints, func(j joint) bool { return j.survivor == undone.survivor }); next >= 0 && undone.before != nil {
		p.joints[next].before = undone.before
	}
	return p.release(leaving, doers)
}

// restoreBetween makes a lead that another one leaves, and that has joined somebody itself since, what it was.
func (p *who) restoreBetween(lead string, leaving []string) {
	mine := p.own[lead]
	p.restore(lead, &mine.standing, leaving)
	if before := p.before(lead); before != nil && len(p.below(lead)) == 1+len(leaving) {
		mine.account = before.account
	}
}

// restore gives a lead that stays the standing that it has without those who leave.
func (p *who) restore(lead string, stands *[versions]standing.Standing, leaving []string) {
	before := p.before(lead)
	if before == nil {
		before = &own{}
	}
	remaining := slices.DeleteFunc(p.below(lead), func(id string) bool { return id == lead || slices.Contains(leaving, id) })
	for v := range stands {
		stands[v] = standing.Part(stands[v], before.standing[v], p.standings(v, leaving), p.standings(v, remaining))
	}
}

// release makes a person of those who leave, the first of whom stands for it.
func (p *who) release(leaving []string, doers map[string]string) *who {
	leaves := func(id string) bool { return slices.Contains(leaving, id) }
	kept := p.own[leaving[0]]
	q := &who{stale: true, members: leaving, account: kept.account, standing: kept.standing, parts: kept.parts, own: map[string]*own{}}
	for v := range q.parts {
		q.parts[v].account = q.account
	}
	p.parted, q.parted = true, true
	p.stale = true
	p.members = slices.DeleteFunc(p.members, leaves)
	gone, stay := sift.Split(p.absorbed, func(l *record.Lead) bool { return leaves(l.ID) })
	p.absorbed = stay
	for _, l := range gone {
		if l.ID == leaving[0] {
			q.lead = *l
		} else {
			q.absorbed, q.own[l.ID] = append(q.absorbed, l), p.own[l.ID]
		}
		delete(p.own, l.ID)
	}
	q.joints, p.joints = sift.Split(p.joints, func(j joint) bool { return leaves(j.survivor) })
	theirs := func(e qualify.Engagement) bool { return leaves(doers[e.ID]) }
	left, known := sift.Split(p.known, theirs)
	p.known, p.engaged = nil, time.Time{}
	p.history.Clear()
	p.learn(known...)
	q.learn(left...)
	q.fresh, p.fresh = sift.Split(p.fresh, theirs)
	for v := range p.found {
		q.found[v], p.found[v] = sift.Split(p.found[v], func(f Qualification) bool { return leaves(f.Lead) })
	}
	return q
}

// below are a lead and those that it had absorbed, each directly or not.
func (p *who) below(lead string) []string {
	all := []string{lead}
	for i := 0; i < len(all); i++ {
		for _, j := range p.joints {
			if j.survivor == all[i] {
				all = append(all, j.absorbed)
			}
		}
	}
	return all
}

// before is what a lead had before any merge that lasts; nil if it is not kept.
func (p *who) before(lead string) *own {
	for _, j := range p.joints {
		if j.survivor == lead && j.before != nil {
			return j.before
		}
	}
	return nil
}

// standings are what some leads that were absorbed have by themselves, in the order of their ids.
func (p *who) standings(v int, leads []string) []standing.Standing {
	var all []standing.Standing
	for _, l := range p.absorbed {
		if slices.Contains(leads, l.ID) {
			all = append(all, p.own[l.ID].standing[v])
		}
	}
	return all
}

package replay

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// Roll is called before a replay whose versions ask for buying committees or for surges: person by person it finds out who
// plays a part at accounts and who does there what counts for a surge, from when on and until when. Neither depends on what
// others do. It is safe for concurrent use.
//
// Of people who play no part and do nothing that counts it keeps nothing. Of the others it keeps an entry for each change of
// the part they play and each time they engage, and a spell of 32 bytes for each thing that may count. Accounts are watched a
// few at a time, and of each only the instants are kept at which it became hot or calm.
type Roll struct {
	asked   [versions]asked
	mu      sync.Mutex
	by      [versions]map[string][]entry // by account
	altered [versions]map[string][]time.Time
	roles   map[string][]string // each set of personas once

	spells map[string][]spell // by account; of each at which somebody is or was there is at least none
	sorts  []criteria.Event   // what spells are of, each sort once
	places map[criteria.Event]int32
	types  []string // of what may count for a surge by one of the versions; nil if none asks
	tell   []string // the pages, forms and assets on which it depends how much
	heats  [versions]map[string]*heat
}

// entry is which parts somebody plays at an account from an instant on, and when they did something last; without a part, that
// they are not there any more.
type entry struct {
	at      int64 // microseconds
	lead    string
	roles   []string
	engaged time.Time
}

func (e *entry) member() qualify.Member {
	return qualify.Member{Lead: e.lead, Personas: e.roles, EngagedAt: e.engaged}
}

// part is what a committee knows of a person by a version, as it was judged last.
type part struct {
	account string
	roles   []string
	engaged time.Time
}

// NewRoll makes a roll for the versions of a world, on which nobody is.
func NewRoll(w *World) *Roll {
	r := &Roll{roles: map[string][]string{}, spells: map[string][]spell{}, places: map[criteria.Event]int32{}}
	for v := range w.Versions {
		r.by[v], r.altered[v], r.heats[v] = map[string][]entry{}, map[string][]time.Time{}, map[string]*heat{}
		if r.asked[v] = w.Versions[v].asks(); r.asked[v].surges {
			r.types = append(r.types, w.Versions[v].Policy.Surge.Types...)
			r.tell = append(r.tell, w.Versions[v].Policy.Surge.Bonuses...)
		}
	}
	return r
}

// Call calls leads that are, or became, one person. The world needs no surroundings. An error says which lead cannot be read.
func (r *Roll) Call(w *World, past *Past) error {
	calling := w.begin(past)
	calling.roll = r
	return calling.play(w.Cut)
}

// AsksForCommittees reports whether a version asks for buying committees.
func (r *Roll) AsksForCommittees() bool {
	return r.asked[Baseline].committees || r.asked[Draft].committees
}

// AsksForSurges reports whether a version asks whether accounts surge.
func (r *Roll) AsksForSurges() bool { return r.asked[Baseline].surges || r.asked[Draft].surges }

// attend notes which parts a person plays by a version now that it is judged.
func (p *who) attend(r *Roll, v int, policy *qualify.Policy, at time.Time) {
	if p.lead.Partner != "" { // counts for nobody else
		return
	}
	was, is := p.parts[v], part{p.account, policy.Roles(&p.subject, at), p.engaged}
	p.parts[v] = is
	if len(was.roles)+len(is.roles) == 0 && (!p.joined || !p.absorbedPlay(v)) { // fills no seat and leaves none
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	moved := was.account != is.account || p.joined || p.parted || !slices.Equal(was.roles, is.roles)
	if moved || !was.engaged.Equal(is.engaged) {
		if was.account != is.account {
			r.leave(v, was.account, p.lead.ID, at)
		}
		r.enter(v, is.account, entry{at.UnixMicro(), p.lead.ID, r.shared(is.roles), is.engaged})
	}
	if moved || !slices.Equal(was.lately(policy, at), is.lately(policy, at)) {
		r.alter(v, at, append(p.from, was.account, is.account))
	}
}

// alter notes that the people of accounts are judged again because somebody who plays a part came, went, plays another one, or
// engages again. Nobody is because time passes.
func (r *Roll) alter(v int, at time.Time, accounts []string) {
	for _, account := range accounts {
		if account != "" {
			r.altered[v][account] = append(r.altered[v][account], at)
		}
	}
}

// absorbedPlay reports whether one of the leads that the person absorbed plays a part by itself.
func (p *who) absorbedPlay(v int) bool {
	for _, kept := range p.own {
		if len(kept.parts[v].roles) > 0 {
			return true
		}
	}
	return false
}

// lately are the personas as which somebody counts as engaged at an instant.
func (p *part) lately(policy *qualify.Policy, at time.Time) []string {
	var names []string
	for _, name := range p.roles {
		if !p.engaged.IsZero() && at.Sub(p.engaged) <= policy.Window(name) {
			names = append(names, name)
		}
	}
	return names
}

func (r *Roll) enter(v int, account string, e entry) {
	if account != "" {
		r.by[v][account] = append(r.by[v][account], e)
	}
}

func (r *Roll) leave(v int, account, lead string, at time.Time) {
	r.enter(v, account, entry{at: at.UnixMicro(), lead: lead})
}

// withdraw notes that a person joined another one.
func (r *Roll) withdraw(p *who, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cool(p, at)
	for v := range p.parts {
		if len(p.parts[v].roles) > 0 {
			r.leave(v, p.parts[v].account, p.lead.ID, at)
		}
	}
}

// shared is the one copy of a set of personas.
func (r *Roll) shared(roles []string) []string {
	key := strings.Join(roles, ",")
	if _, is := r.roles[key]; !is {
		r.roles[key] = roles
	}
	return r.roles[key]
}

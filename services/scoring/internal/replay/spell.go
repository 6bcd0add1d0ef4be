package replay

import (
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
)

// spell is that something that somebody did may count for the surge of an account, from an instant on and until another.
type spell struct {
	occurred, from int64 // microseconds
	until          int64 // 0 while it lasts
	sort           int32 // its place among the sorts of a roll
}

// warmth is where what a person did counts.
type warmth struct {
	account string
	known   int     // how much of what the person did was looked at
	lasting []int32 // the person's spells at the account
}

// warm notes what a person did that may count for a surge, at the account to which the person belongs now.
func (p *who) warm(r *Roll, at time.Time) {
	if p.lead.Partner != "" || r.types == nil { // a partner's lead counts for nobody else
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if p.warmth.account != p.account || p.parted {
		r.cool(p, at)
	}
	if p.account == "" {
		return
	}
	p.warmth.account = p.account
	spells := r.spells[p.account]
	for i := range p.known[p.warmth.known:] {
		if e := &p.known[p.warmth.known+i]; slices.Contains(r.types, e.Type) {
			p.warmth.lasting = append(p.warmth.lasting, int32(len(spells)))
			spells = append(spells, spell{occurred: e.OccurredAt.UnixMicro(), from: at.UnixMicro(), sort: r.sortOf(&e.Event)})
		}
	}
	r.spells[p.account], p.warmth.known = spells, len(p.known)
}

// cool notes that what a person did counts no more where it did.
func (r *Roll) cool(p *who, at time.Time) {
	spells := r.spells[p.warmth.account]
	for _, place := range p.warmth.lasting {
		spells[place].until = at.UnixMicro()
	}
	p.warmth = warmth{}
}

// sortOf is the place of what an event is: what it is worth depends on nothing else but when it happened.
func (r *Roll) sortOf(e *criteria.Event) int32 {
	is := criteria.Event{Type: e.Type}
	for _, of := range []struct{ from, to *string }{{&e.Page, &is.Page}, {&e.Form, &is.Form}, {&e.Asset, &is.Asset}} {
		if slices.Contains(r.tell, *of.from) {
			*of.to = *of.from
		}
	}
	place, known := r.places[is]
	if !known {
		place = int32(len(r.sorts))
		r.places[is], r.sorts = place, append(r.sorts, is)
	}
	return place
}

// Accounts are those that are to be watched: at which somebody is or was, in order.
func (r *Roll) Accounts() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]string, 0, len(r.spells))
	for account := range r.spells {
		all = append(all, account)
	}
	slices.Sort(all)
	return all
}

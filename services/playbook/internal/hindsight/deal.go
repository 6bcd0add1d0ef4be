package hindsight

import "time"

// Deal is an opportunity, and whom it belongs to: its people and the lead of its handoff; one that names neither belongs to
// the leads of its account.
type Deal struct {
	People   []string
	Handoff  string // empty for none
	Account  string // empty for none
	OpenedAt time.Time
	Won      bool
	Open     bool // neither won nor lost yet
}

// Deals finds the deals of leads.
type Deals struct {
	all       []*deal
	byLead    map[string][]*deal
	byHandoff map[string][]*deal
	byAccount map[string][]*deal
}

// deal is a deal, and whether a lead of its own had qualified before, by each version.
type deal struct {
	Deal
	foretold [versions]bool
}

// NewDeals gathers deals.
func NewDeals() *Deals {
	return &Deals{byLead: map[string][]*deal{}, byHandoff: map[string][]*deal{}, byAccount: map[string][]*deal{}}
}

// Add adds a deal.
func (d *Deals) Add(given Deal) {
	one := &deal{Deal: given}
	d.all = append(d.all, one)
	for _, lead := range given.People {
		d.byLead[lead] = append(d.byLead[lead], one)
	}
	if given.Handoff != "" {
		d.byHandoff[given.Handoff] = append(d.byHandoff[given.Handoff], one)
	}
	if len(given.People) == 0 && given.Handoff == "" && given.Account != "" {
		d.byAccount[given.Account] = append(d.byAccount[given.Account], one)
	}
}

// of are the deals of a lead. One may be named more than once.
func (d *Deals) of(l *Lead) []*deal {
	found := d.byAccount[l.Account]
	for _, id := range append([]string{l.ID}, l.Members...) {
		found = append(found[:len(found):len(found)], d.byLead[id]...)
	}
	for _, handoff := range l.Handoffs {
		found = append(found[:len(found):len(found)], d.byHandoff[handoff]...)
	}
	return found
}

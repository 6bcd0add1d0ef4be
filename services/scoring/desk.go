package scoring

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// maxHistory is how many of a lead's newest engagements are scored, so that nobody's history is larger than memory.
const maxHistory = 10_000

// desk is one change of people in one transaction: the dossiers of those who are concerned, and what decides about them.
//
//	open, or identify ──▶ what changes ──▶ settle ──▶ save
type desk struct {
	*Service
	tx        *sqldb.Tx
	now       time.Time
	rules     dossier.Rules
	directory *dossier.Directory
	people    map[string]*dossier.Dossier // by the lead that stands for the person
	stands    map[string]string           // every lead that was read to the one that stands for its person
	order     []string                    // of people, as they were opened
	momenta   map[string]*record.Momentum // of accounts that were looked around
	causes    map[string]context.Context  // who causes what happens with a person, if that is not the caller
}

// desk begins a change. Until the end of the transaction nobody changes what people are judged by.
func (s *Service) desk(ctx context.Context, tx *sqldb.Tx, now time.Time) (*desk, error) {
	rules, err := s.rules.within(ctx, tx)
	return &desk{Service: s, tx: tx, now: now, rules: rules, directory: dossier.NewDirectory(),
		people: map[string]*dossier.Dossier{}, stands: map[string]string{}, momenta: map[string]*record.Momentum{}, causes: map[string]context.Context{}}, err
}

// open reads the people behind leads, and keeps other writers off them. Leads that do not exist are left out.
func (d *desk) open(ctx context.Context, leads []string) error {
	roots, err := d.lock(ctx, leads)
	if err != nil {
		return err
	}
	absorbed, err := absorbedBy(ctx, d.tx, roots)
	if err != nil {
		return err
	}
	return d.openRoots(ctx, roots, absorbed)
}

// openFree is open for as many of the first of some leads as nobody else holds and as did so little that it is read at once,
// and says how many: at least the first. Whoever has many people judged waits for none while it holds others, for somebody who
// changes two of them may wait for those.
func (d *desk) openFree(ctx context.Context, leads []string) (opened int, err error) {
	roots, err := d.lock(ctx, leads[:1])
	if err != nil {
		return 0, err
	}
	rows, err := store.LockFreeLeads(ctx, d.tx, leads[1:])
	if err != nil {
		return 0, err
	}
	free := map[string]*record.Lead{}
	for _, lead := range rows {
		free[lead.ID] = lead
	}
	for opened = 1; opened < len(leads); opened++ {
		id := leads[opened]
		if d.stands[id] != "" {
			continue
		}
		if free[id] == nil || free[id].MergedInto != "" {
			break
		}
		d.stands[id] = id
		roots = append(roots, free[id])
	}
	absorbed, err := absorbedBy(ctx, d.tx, roots)
	if err != nil {
		return 0, err
	}
	n, err := d.fitting(ctx, roots, absorbed)
	if err != nil {
		return 0, err
	}
	for _, left := range roots[n:] {
		delete(d.stands, left.ID)
		opened = min(opened, slices.Index(leads, left.ID))
	}
	return opened, d.openRoots(ctx, roots[:n], absorbed)
}

// fitting is how many of some people, from the first on, are read together, given how much they did.
func (d *desk) fitting(ctx context.Context, roots []*record.Lead, absorbed map[string][]*record.Lead) (int, error) {
	ids, groups := make([]string, len(roots)), map[string][]string{}
	for i, root := range roots {
		ids[i], groups[root.ID] = root.ID, []string{root.ID}
		for _, lead := range absorbed[root.ID] {
			groups[root.ID] = append(groups[root.ID], lead.ID)
		}
	}
	counts, err := store.CountDeeds(ctx, d.tx, store.Batch{More: members(ids, groups)})
	return fitting(ids, groups, counts), err
}

// lock reads the leads that stand for the people behind leads, of those that were not read yet, and keeps other writers off
// them.
func (d *desk) lock(ctx context.Context, leads []string) ([]*record.Lead, error) {
	var roots []*record.Lead
	for missing := d.unread(leads); len(missing) > 0; {
		rows, err := store.LockLeads(ctx, d.tx, missing)
		if err != nil {
			return nil, err
		}
		var into []string
		for _, lead := range rows {
			if lead.MergedInto != "" {
				d.stands[lead.ID] = lead.MergedInto
				into = append(into, lead.MergedInto)
				continue
			}
			d.stands[lead.ID] = lead.ID
			roots = append(roots, lead)
		}
		missing = d.unread(into)
	}
	return roots, nil
}

// unread are those of some leads that were not read yet, in order.
func (d *desk) unread(leads []string) []string {
	ids := map[string]struct{}{}
	for _, id := range leads {
		if _, known := d.stands[id]; !known && id != "" {
			ids[id] = struct{}{}
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

func (d *desk) openRoots(ctx context.Context, roots []*record.Lead, absorbed map[string][]*record.Lead) error {
	var ids []string
	for _, root := range roots {
		ids = append(ids, root.ID)
		for _, lead := range absorbed[root.ID] {
			ids = append(ids, lead.ID)
			d.stands[lead.ID] = root.ID
		}
	}
	history, err := store.History(ctx, d.tx, ids, time.Time{}, maxHistory)
	if err != nil {
		return err
	}
	byRoot := map[string][]record.Engagement{}
	for _, e := range history {
		byRoot[d.stands[e.Lead]] = append(byRoot[d.stands[e.Lead]], e)
	}
	for _, root := range roots {
		opened, err := dossier.Open(root, absorbed[root.ID], byRoot[root.ID])
		if err != nil {
			return err
		}
		d.enter(opened)
	}
	return nil
}

// enter adds a dossier.
func (d *desk) enter(p *dossier.Dossier) {
	d.people[p.Lead.ID] = p
	d.stands[p.Lead.ID] = p.Lead.ID
	d.order = append(d.order, p.Lead.ID)
}

// person is the dossier of the person behind a lead; nil if there is no such lead.
func (d *desk) person(lead string) *dossier.Dossier {
	id := lead
	for d.stands[id] != "" && d.stands[id] != id {
		id = d.stands[id]
	}
	return d.people[id]
}

// absorbedBy reads the leads that were merged into others, by the lead that stands for the person.
func absorbedBy(ctx context.Context, q sqldb.Querier, roots []*record.Lead) (map[string][]*record.Lead, error) {
	var ids []string
	for _, root := range roots {
		if root.Absorbed > 0 {
			ids = append(ids, root.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	leads, err := store.Absorbed(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	by := map[string][]*record.Lead{}
	for _, lead := range leads {
		by[lead.MergedInto] = append(by[lead.MergedInto], lead)
	}
	return by, nil
}

// merge makes two people one, if they were brought by the same partner or by none and nobody said that they are two. It
// gives the one that stays, or the first if they stay two.
func (d *desk) merge(ctx context.Context, a, b *dossier.Dossier) (*dossier.Dossier, error) {
	if a == b || a.Lead.Partner != b.Lead.Partner {
		return a, nil
	}
	if parted, err := store.Parted(ctx, d.tx, a.Leads(), b.Leads()); parted || err != nil {
		return a, err
	}
	return d.unite(a, b)
}

// unite makes two people one.
func (d *desk) unite(a, b *dossier.Dossier) (*dossier.Dossier, error) {
	survivor, absorbed := a, b
	if b.Lead.Older(a.Lead) {
		survivor, absorbed = b, a
	}
	if err := survivor.Absorb(absorbed); err != nil {
		return nil, err
	}
	d.stands[absorbed.Lead.ID] = survivor.Lead.ID
	delete(d.people, absorbed.Lead.ID)
	return survivor, nil
}

// all are the people, in the order in which they were opened.
func (d *desk) all() []*dossier.Dossier {
	var all []*dossier.Dossier
	for _, id := range d.order {
		if p := d.people[id]; p != nil {
			all = append(all, p)
		}
	}
	return all
}

// changed are the people with whom something happened.
func (d *desk) changed() []*dossier.Dossier {
	return slices.DeleteFunc(d.all(), func(p *dossier.Dossier) bool { return !p.Change.Made })
}

// save tells what happened with people, and stores it.
func (d *desk) save(ctx context.Context, people []*dossier.Dossier) error {
	for _, p := range people {
		if err := d.tell(ctx, p); err != nil {
			return err
		}
		if err := d.write(p); err != nil {
			return err
		}
	}
	d.spread(people)
	return nil
}

func (d *desk) write(p *dossier.Dossier) error {
	lead := p.Lead
	lead.UpdatedAt = d.now
	lead.Version++
	look := p.Lookups()
	if err := store.PutLead(d.tx, lead, store.Found{Domain: look.Domain, Company: look.Name, AccountRef: look.AccountRef}); err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(p.Change.Past)) {
		if err := store.KeepFields(d.tx, id, p.Change.Past[id], d.now); err != nil {
			return err
		}
	}
	if p.Change.Decision != nil {
		if err := store.AddDecision(d.tx, p.Change.Decision); err != nil {
			return err
		}
	}
	for _, r := range p.Change.Replaced {
		store.KeepCycle(d.tx, r.Lead, &r.Standing)
	}
	for _, merged := range p.Change.Merged {
		merged.MergedAt = d.now
	}
	for _, edge := range slices.Concat(p.Change.Merged, p.Change.Parted, p.Change.Moved) {
		if err := store.PutEdge(d.tx, edge); err != nil {
			return err
		}
	}
	touched := p.Change.Touched
	if len(p.Change.Merged) > 0 { // they all point at the lead that stands for the person now
		touched = p.Absorbed
	}
	for _, absorbed := range touched {
		absorbed.UpdatedAt = d.now
		absorbed.Version++
		if err := store.PutLead(d.tx, absorbed, store.Found{}); err != nil {
			return err
		}
	}
	return nil
}

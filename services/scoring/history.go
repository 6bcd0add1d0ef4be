package scoring

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// How much of the history is in memory at once: so many leads, and of those only as many as did so much, with all that were one
// person with them; at least one person.
const (
	perChapter = 500
	maxDeeds   = 50_000
)

// chapter is the history of some people.
type chapter struct {
	pasts     []*replay.Past
	really    [][]store.Cycle // the handoffs that really began, for each past
	companies *replay.Companies
	leads     int64 // how many were looked at
	deeds     int64 // how many engagements were read
	last      string
}

// page is leads whose history is read together.
type page struct {
	leads   []*record.Lead
	gapless bool // all that there were between the first and the last, by their ids
}

// batch names the leads of the page, and some more, each once.
func (p *page) batch(more []string) store.Batch {
	if !p.gapless {
		return store.Batch{More: append(idsOf(p.leads), more...)}
	}
	first, last := p.leads[0].ID, p.leads[len(p.leads)-1].ID
	return store.Batch{First: first, Last: last, More: slices.DeleteFunc(more, func(id string) bool { return first <= id && id <= last })}
}

// chapter reads the history of the next people after a lead, as recorded by the end of the history. It is empty at the end.
func (r *rerun) chapter(ctx context.Context, after string) (c *chapter, err error) {
	err = r.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		leads, err := store.LeadsAfter(ctx, tx, after, r.world.Cut, perChapter)
		if err != nil {
			return err
		}
		if c, err = compile(ctx, tx, page{leads, true}, ofTheFirst, r.world.Cut); err != nil {
			return err
		}
		if c.companies, err = r.companies.read(ctx, tx, c.accountsOf()); err != nil {
			return err
		}
		return r.stir(ctx, tx, c)
	})
	return c, err
}

// compile reads the history of the people behind leads, as recorded by an instant: of as many of the leads as are read
// together. Whose chooses the groups.
func compile(ctx context.Context, tx *sqldb.Tx, p page, whose choice, cut time.Time) (*chapter, error) {
	c := &chapter{companies: replay.NewCompanies()}
	if len(p.leads) == 0 {
		return c, nil
	}
	groups, err := gatherGroups(ctx, tx, p, whose, cut)
	if err != nil {
		return nil, err
	}
	counts, err := store.CountDeeds(ctx, tx, groups.batch(p))
	if err != nil {
		return nil, err
	}
	p.leads = p.leads[:groups.fitting(p.leads, counts)]
	groups.keep(len(p.leads))
	c.leads, c.last = int64(len(p.leads)), p.leads[len(p.leads)-1].ID
	return c, c.read(ctx, tx, groups, groups.batch(p), cut)
}

// read fills the chapter with the history of groups.
func (c *chapter) read(ctx context.Context, tx *sqldb.Tx, g *groups, all store.Batch, cut time.Time) error {
	earlier, err := store.EarlierFields(ctx, tx, all)
	if err != nil {
		return err
	}
	decisions, err := store.AccountsOf(ctx, tx, all)
	if err != nil {
		return err
	}
	cycles, err := store.EarlierCycles(ctx, tx, all)
	if err != nil {
		return err
	}
	deeds, err := store.DeedsOf(ctx, tx, all, cut, maxHistory)
	if err != nil {
		return err
	}
	for _, root := range g.roots {
		past := &replay.Past{Merges: g.merges[root]}
		var really []store.Cycle
		for _, id := range g.members[root] {
			lead := g.leads[id]
			past.Leads = append(past.Leads, replay.Lead{Lead: lead, Earlier: earlier[id]})
			past.Decisions = append(past.Decisions, decisions[id]...)
			past.Deeds = extend(past.Deeds, deeds[id])
			really = append(append(really, cycles[id]...), store.Cycle{Lead: id, Standing: lead.Standing})
			c.deeds += int64(len(deeds[id]))
		}
		past.Rulings = rulings(really)
		really = distinctCycles(really)
		past.Closings = closings(really)
		c.pasts, c.really = append(c.pasts, past), append(c.really, really)
	}
	return nil
}

// extend adds deeds to others; those that come first are taken as they are.
func extend(deeds, more []replay.Deed) []replay.Deed {
	if deeds == nil {
		return more
	}
	return append(deeds, more...)
}

// distinctCycles names each handoff once. One that went over to another lead, when the two became one person, is named by the
// lead that had it first; how it ended stands with the other.
func distinctCycles(all []store.Cycle) []store.Cycle {
	by := map[string]int{}
	var once []store.Cycle
	for _, c := range slices.Backward(all) { // whoever joined comes after whom it joined
		if c.Handoff == "" {
			continue
		}
		at, again := by[c.Handoff]
		switch {
		case !again:
			by[c.Handoff] = len(once)
			once = append(once, c)
		case once[at].ClosedAt.IsZero():
			once[at].Outcome, once[at].BySuite, once[at].ClosedAt = c.Outcome, c.BySuite, c.ClosedAt
		}
	}
	slices.SortFunc(once, func(a, b store.Cycle) int { return a.QualifiedAt.Compare(b.QualifiedAt) })
	return once
}

func closings(really []store.Cycle) []replay.Closing {
	var all []replay.Closing
	for _, c := range really {
		if c.Closed() {
			all = append(all, replay.Closing{Lead: c.Lead, At: c.ClosedAt, Outcome: c.Outcome, BySuite: c.BySuite})
		}
	}
	return all
}

// rulings are what was decided of handoffs that ended, for each lead that had them by itself.
func rulings(really []store.Cycle) []replay.Ruling {
	var all []replay.Ruling
	for _, c := range really {
		if c.Closed() && !c.RuledAt.IsZero() {
			all = append(all, replay.Ruling{Lead: c.Lead, At: c.RuledAt, ClosedAt: c.ClosedAt, Outcome: c.Ruled})
		}
	}
	return all
}

// accountsOf are the accounts that people belonged to.
func (c *chapter) accountsOf() []string {
	ids := map[string]struct{}{}
	for _, past := range c.pasts {
		for _, d := range past.Decisions {
			if d.Account != "" {
				ids[d.Account] = struct{}{}
			}
		}
	}
	return slices.Sorted(maps.Keys(ids))
}

// stir reads what happened at the accounts of a chapter, as far as one of the versions asks for it.
func (r *rerun) stir(ctx context.Context, tx *sqldb.Tx, c *chapter) error {
	types := r.happens()
	if types != nil && len(types) == 0 {
		return nil
	}
	happened, err := r.happened.read(ctx, tx, c.accountsOf(), types, r.world.Cut)
	if err != nil {
		return err
	}
	c.companies.Stir(happened)
	return nil
}

// happenedAt reads what happened at accounts and nobody in particular did, as it was known at an instant: of some types or of
// all, of each account the newest, in the order in which they became known.
func happenedAt(ctx context.Context, tx *sqldb.Tx, accounts, types []string, cut time.Time) (map[string][]qualify.Engagement, error) {
	events, err := store.OwnEvents(ctx, tx, accounts, store.Stretch{Types: types, KnownBy: cut, Newest: maxOwn})
	happened := make(map[string][]qualify.Engagement, len(events))
	for account, all := range events {
		happened[account] = record.Human(all)
		slices.SortStableFunc(happened[account], func(a, b qualify.Engagement) int { return a.KnownAt.Compare(b.KnownAt) })
	}
	return happened, err
}

// happens are the types of account events that a version asks for; nil for all.
func (r *rerun) happens() []string {
	types := []string{}
	for _, v := range r.world.Versions {
		if v.Policy == nil {
			continue
		}
		some, all := v.Policy.Happens()
		if all {
			return nil
		}
		types = append(types, some...)
	}
	slices.Sort(types)
	return slices.Compact(types)
}

func idsOf(leads []*record.Lead) []string {
	ids := make([]string, len(leads))
	for i, l := range leads {
		ids[i] = l.ID
	}
	return ids
}

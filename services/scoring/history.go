package scoring

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// How much of the history is in memory at once: so many leads, and of those only as many as did so much, at least one.
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

// chapter reads the history of the next people after a lead, as recorded by an instant. It is empty at the end.
func (s *Service) chapter(ctx context.Context, after string, cut time.Time) (*chapter, error) {
	c := &chapter{}
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		leads, err := store.LeadsAfter(ctx, tx, after, cut, perChapter)
		if err != nil || len(leads) == 0 {
			return err
		}
		counts, err := store.CountDeeds(ctx, tx, idsOf(leads))
		if err != nil {
			return err
		}
		leads = leads[:fitting(leads, counts)]
		c.leads, c.last = int64(len(leads)), leads[len(leads)-1].ID
		groups, err := gatherGroups(ctx, tx, leads, cut)
		if err != nil {
			return err
		}
		return c.read(ctx, tx, groups, cut)
	})
	return c, err
}

// fitting is how many of the leads are read together.
func fitting(leads []*record.Lead, deeds map[string]int64) int {
	var sum int64
	for i, l := range leads {
		if sum += deeds[l.ID]; sum > maxDeeds && i > 0 {
			return i
		}
	}
	return len(leads)
}

// groups are leads that were one person by an instant, each under the one that stands for the person.
type groups struct {
	roots   []string
	members map[string][]string // of each root, itself first
	leads   map[string]*record.Lead
	merges  map[string][]replay.Merge // by root
}

// gatherGroups finds the people that some leads stand for by an instant, with all leads that had joined them.
func gatherGroups(ctx context.Context, tx *sqldb.Tx, leads []*record.Lead, cut time.Time) (*groups, error) {
	g := &groups{members: map[string][]string{}, leads: map[string]*record.Lead{}, merges: map[string][]replay.Merge{}}
	joined := map[string][]replay.Merge{} // by survivor
	for asked := idsOf(leads); len(asked) > 0; {
		merges, err := store.MergesOf(ctx, tx, asked, cut)
		if err != nil {
			return nil, err
		}
		asked = nil
		for _, m := range merges {
			if _, known := g.leads[m.Absorbed]; !known {
				g.leads[m.Absorbed] = nil // joined another, so that it stands for nobody
				asked = append(asked, m.Absorbed)
			}
			if !slices.Contains(joined[m.Survivor], m) {
				joined[m.Survivor] = append(joined[m.Survivor], m)
			}
		}
	}
	var missing []string
	for _, l := range leads {
		if _, away := g.leads[l.ID]; !away {
			g.enter(l.ID, joined)
			g.leads[l.ID] = l
			missing = append(missing, g.members[l.ID][1:]...)
		}
	}
	more, err := store.Leads(ctx, tx, missing)
	for _, l := range more {
		g.leads[l.ID] = l
	}
	return g, err
}

// enter adds a person, with everybody who joined it directly or by way of others.
func (g *groups) enter(root string, joined map[string][]replay.Merge) {
	g.roots, g.members[root] = append(g.roots, root), []string{root}
	for i := 0; i < len(g.members[root]); i++ {
		for _, m := range joined[g.members[root][i]] {
			g.merges[root] = append(g.merges[root], m)
			g.members[root] = append(g.members[root], m.Absorbed)
		}
	}
}

func (g *groups) all() []string {
	var ids []string
	for _, root := range g.roots {
		ids = append(ids, g.members[root]...)
	}
	return ids
}

// read fills the chapter with the history of groups.
func (c *chapter) read(ctx context.Context, tx *sqldb.Tx, g *groups, cut time.Time) error {
	ids := g.all()
	earlier, err := store.EarlierFields(ctx, tx, ids)
	if err != nil {
		return err
	}
	decisions, err := store.AccountsOf(ctx, tx, ids)
	if err != nil {
		return err
	}
	cycles, err := store.EarlierCycles(ctx, tx, ids)
	if err != nil {
		return err
	}
	joins, err := store.Joined(ctx, tx, ids)
	if err != nil {
		return err
	}
	deeds, err := store.DeedsOf(ctx, tx, ids, cut, maxHistory)
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
			past.Deeds = append(past.Deeds, toDeeds(deeds[id], joins)...)
			really = append(append(really, cycles[id]...), store.Cycle{Lead: id, Standing: lead.Standing})
			c.deeds += int64(len(deeds[id]))
		}
		really = distinctCycles(really)
		past.Closings = closings(really)
		c.pasts, c.really = append(c.pasts, past), append(c.really, really)
	}
	c.companies, err = companiesOf(ctx, tx, c.pasts)
	return err
}

// toDeeds says of what was recorded since when it was known that this lead did it.
func toDeeds(engagements []record.Engagement, joined map[string]time.Time) []replay.Deed {
	human := record.Human(engagements)
	deeds := make([]replay.Deed, len(human))
	for i := range human {
		e := &engagements[i]
		deeds[i] = replay.Deed{Lead: e.Lead, KnownAt: e.RecordedAt, Engagement: human[i]}
		if at := joined[e.ID]; at.After(e.RecordedAt) {
			deeds[i].KnownAt = at
		}
	}
	return deeds
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

// companiesOf reads the accounts that people belonged to, and those above them, as they are and were.
func companiesOf(ctx context.Context, tx *sqldb.Tx, pasts []*replay.Past) (*replay.Companies, error) {
	ids := map[string]struct{}{}
	for _, past := range pasts {
		for _, d := range past.Decisions {
			ids[d.Account] = struct{}{}
		}
	}
	companies := replay.NewCompanies()
	for missing := slices.Sorted(maps.Keys(ids)); len(missing) > 0; {
		known := companies.Len()
		for part := range slices.Chunk(missing, perChapter) {
			accounts, err := store.Accounts(ctx, tx, store.Wanted{IDs: part})
			if err != nil {
				return nil, err
			}
			earlier, err := store.EarlierCompanies(ctx, tx, accountIDs(accounts))
			if err != nil {
				return nil, err
			}
			companies.Add(accounts, earlier)
		}
		if missing = companies.Missing(); companies.Len() == known {
			break // what is missing does not exist
		}
	}
	return companies, nil
}

func idsOf(leads []*record.Lead) []string {
	ids := make([]string, len(leads))
	for i, l := range leads {
		ids[i] = l.ID
	}
	return ids
}

func accountIDs(accounts []*record.Account) []string {
	ids := make([]string, len(accounts))
	for i, a := range accounts {
		ids[i] = a.ID
	}
	return ids
}

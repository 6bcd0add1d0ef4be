package scoring

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// groups are leads that are, or for a time were, one person with each other, each group under the lowest of its ids. So every
// lead is in one group, and every group in one chapter.
type groups struct {
	roots   []string
	met     []int               // for each root, for which of the leads of the page its group is wanted, from 0
	members map[string][]string // of each group, the oldest first: who joined another comes after it
	merges  map[string][]replay.Merge
	leads   map[string]*record.Lead
}

// choice says whether the group of a lead is wanted for its sake.
type choice func(lead string, members []string) bool

// ofTheFirst takes a group when its first lead is met, so that of several reads of leads one meets it.
func ofTheFirst(lead string, members []string) bool { return lead == slices.Min(members) }

// ofAny takes the group of every lead.
func ofAny(string, []string) bool { return true }

// gatherGroups finds the groups of leads that are wanted, each once.
func gatherGroups(ctx context.Context, tx *sqldb.Tx, p page, whose choice, cut time.Time) (*groups, error) {
	g := &groups{members: map[string][]string{}, merges: map[string][]replay.Merge{}, leads: map[string]*record.Lead{}}
	for _, l := range p.leads {
		g.leads[l.ID] = l
	}
	touching, err := mergesAround(ctx, tx, p.batch(nil), g.leads, cut)
	if err != nil {
		return nil, err
	}
	var missing []string
	for i, l := range p.leads {
		members := connected(l.ID, touching)
		if first := slices.Min(members); g.members[first] == nil && whose(l.ID, members) {
			g.roots, g.met, g.members[first] = append(g.roots, first), append(g.met, i), members
			missing = append(missing, slices.DeleteFunc(slices.Clone(members), func(id string) bool { return g.leads[id] != nil })...)
		}
	}
	more, err := store.Leads(ctx, tx, missing)
	if err != nil {
		return nil, err
	}
	for _, l := range more {
		g.leads[l.ID] = l
	}
	for _, root := range g.roots {
		g.order(root, touching)
	}
	return g, nil
}

// mergesAround reads all merges by which leads hang together with some leads, by either lead of each. The leads have been read.
func mergesAround(ctx context.Context, tx *sqldb.Tx, asked store.Batch, read map[string]*record.Lead, cut time.Time) (map[string][]replay.Merge, error) {
	touching, known := map[string][]replay.Merge{}, map[string]struct{}{}
	for id := range read {
		known[id] = struct{}{}
	}
	for {
		merges, err := store.MergesOf(ctx, tx, asked, cut)
		if err != nil {
			return nil, err
		}
		asked = store.Batch{}
		for _, m := range merges {
			if slices.Contains(touching[m.Absorbed], m) {
				continue
			}
			for _, id := range []string{m.Survivor, m.Absorbed} {
				touching[id] = append(touching[id], m)
				if _, is := known[id]; !is {
					known[id], asked.More = struct{}{}, append(asked.More, id)
				}
			}
		}
		if len(asked.More) == 0 {
			return touching, nil
		}
	}
}

// connected are a lead and all that hang together with it.
func connected(lead string, touching map[string][]replay.Merge) []string {
	all := []string{lead}
	for i := 0; i < len(all); i++ {
		for _, m := range touching[all[i]] {
			for _, id := range []string{m.Survivor, m.Absorbed} {
				if !slices.Contains(all, id) {
					all = append(all, id)
				}
			}
		}
	}
	return all
}

// order orders the members of a group, and its merges. Of those of one instant the merge with a lead that joined another one
// at the same instant comes first; that is the younger lead.
func (g *groups) order(root string, touching map[string][]replay.Merge) {
	members := g.members[root]
	slices.SortFunc(members, func(a, b string) int {
		return cmp.Or(g.leads[a].CreatedAt.Compare(g.leads[b].CreatedAt), cmp.Compare(a, b))
	})
	for _, id := range members {
		for _, m := range touching[id] {
			if m.Absorbed == id {
				g.merges[root] = append(g.merges[root], m)
			}
		}
	}
	slices.SortStableFunc(g.merges[root], func(a, b replay.Merge) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(slices.Index(members, b.Survivor), slices.Index(members, a.Survivor)))
	})
}

// fitting is how many of the leads of a page, from the first on, are read together with the groups that they are wanted for, given
// how much was done under each lead.
func (g *groups) fitting(leads []*record.Lead, deeds map[string]int64) int {
	var sum int64
	met := map[string]struct{}{}
	meet := func(id string) {
		if _, again := met[id]; !again {
			met[id] = struct{}{}
			sum += min(deeds[id], maxHistory)
		}
	}
	roots := 0
	for i, l := range leads {
		meet(l.ID)
		for ; roots < len(g.roots) && g.met[roots] == i; roots++ {
			for _, id := range g.members[g.roots[roots]] {
				meet(id)
			}
		}
		if sum > maxDeeds && i > 0 {
			return i
		}
	}
	return len(leads)
}

// keep keeps the groups for which so many leads of the page are wanted.
func (g *groups) keep(leads int) {
	for len(g.roots) > 0 && g.met[len(g.roots)-1] >= leads {
		g.roots, g.met = g.roots[:len(g.roots)-1], g.met[:len(g.met)-1]
	}
}

// batch names the leads of a page, and those of the groups.
func (g *groups) batch(p page) store.Batch {
	on := make(map[string]struct{}, len(p.leads))
	for _, l := range p.leads {
		on[l.ID] = struct{}{}
	}
	return p.batch(slices.DeleteFunc(members(g.roots, g.members), func(id string) bool {
		_, is := on[id]
		return is
	}))
}

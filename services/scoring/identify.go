package scoring

import (
	"context"
	"slices"

	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// maxCollected is how many engagements that waited under a key are taken in at once; the rest follows in a job.
const maxCollected = 500

// newcomer is a lead that a caller brings.
type newcomer struct {
	lead        record.Lead // as it is if the person is new
	who         person.Person
	scope       string // the partner whose leads alone the caller may know; empty if it may know all
	engagements []record.Engagement
}

// keys are what the person is known by, the strongest first, in the scope that the caller may know.
func (n *newcomer) keys() []store.Key {
	var keys []store.Key
	for _, key := range n.who.Keys(n.lead.Source, n.lead.SourceID) {
		keys = append(keys, store.KeyOf(key, n.scope))
	}
	return keys
}

// claims are the keys that the lead is to be known by, if they are free: also to everybody, and to the partner that
// brought it.
func (n *newcomer) claims() []store.Key {
	keys := n.keys()
	for _, key := range n.keys() {
		for _, scope := range []string{"", n.lead.Partner} {
			if scope != n.scope {
				key.Scope = scope
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// hints are what the person may be known by, though not for sure, among the leads of the same partner or of none.
func (n *newcomer) hints() []store.Key {
	var keys []store.Key
	for _, key := range n.who.Hints() {
		keys = append(keys, store.KeyOf(key, n.lead.Partner))
	}
	return keys
}

// group is newcomers who are one person, and the known people that they are.
type group struct {
	into     *group // the group that this one joined
	first    int    // the place of the first member
	members  []*newcomer
	known    []*dossier.Dossier
	received bool // known is the one person that they are
	fresh    bool // and that person is new
}

func (g *group) root() *group {
	for g.into != nil {
		g = g.into
	}
	return g
}

// join makes two groups one; the earlier one stays.
func (g *group) join(other *group) {
	if g, other = g.root(), other.root(); g == other {
		return
	}
	if other.first < g.first {
		g, other = other, g
	}
	g.members, g.known = append(g.members, other.members...), append(g.known, other.known...)
	other.into = g
}

// identify finds out who newcomers are: each joins the person that is known under its keys, or becomes one.
func (d *desk) identify(ctx context.Context, newcomers []*newcomer) ([]member, error) {
	claims := map[store.Key]string{}
	for _, n := range newcomers {
		for _, key := range slices.Concat(n.claims(), n.hints()) {
			if _, claimed := claims[key]; !claimed {
				claims[key] = n.lead.ID
			}
		}
	}
	taken, err := store.Claim(ctx, d.tx, claims)
	if err != nil {
		return nil, err
	}
	if err := d.openOwners(ctx, newcomers, taken); err != nil {
		return nil, err
	}
	groups := d.gather(newcomers, taken)
	members := make([]member, len(newcomers))
	for i, n := range newcomers {
		g := groups[i].root()
		fresh, err := d.receive(ctx, g)
		if err != nil {
			return nil, err
		}
		members[i] = d.recognise(n, g, taken)
		if fresh && g.members[0] == n {
			continue // it is the lead itself
		}
		if err := members[i].Learn(members[i].lead, n.lead.Fields, n.lead.OccurredAt); err != nil {
			return nil, err
		}
	}
	return members, d.hand(ctx, newcomers, members, claims, taken)
}

// member is a person, and the lead of it that a newcomer turned out to be.
type member struct {
	*dossier.Dossier
	lead string
}

// recognise tells which lead a newcomer is: the one whose key it came with, the strongest before others. What comes with the
// key of a lead that joined another is that lead's own, so that it goes with it if the two are parted again.
func (d *desk) recognise(n *newcomer, g *group, taken map[store.Key]string) member {
	for _, key := range n.keys() {
		if who := d.person(taken[key]); who != nil {
			return member{who, taken[key]}
		}
	}
	return member{g.known[0], g.known[0].Lead.ID}
}

// openOwners reads the people that the callers may know under the keys.
func (d *desk) openOwners(ctx context.Context, newcomers []*newcomer, taken map[store.Key]string) error {
	var leads []string
	for _, n := range newcomers {
		keys := n.keys()
		for _, key := range keys {
			leads = append(leads, taken[key])
		}
		if len(keys) == 0 { // in a rehearsal the same request at the same instant is the same lead
			leads = append(leads, n.lead.ID)
		}
	}
	return d.open(ctx, leads)
}

// gather tells which newcomers are one person, by the keys and by the known people that they share.
func (d *desk) gather(newcomers []*newcomer, taken map[store.Key]string) []*group {
	groups := make([]*group, len(newcomers))
	byKey, byPerson := map[store.Key]*group{}, map[*dossier.Dossier]*group{}
	for i, n := range newcomers {
		groups[i] = &group{first: i, members: []*newcomer{n}}
		if again := d.person(n.lead.ID); again != nil {
			groups[i].known = append(groups[i].known, again)
		}
		for _, key := range n.keys() {
			known := d.person(taken[key])
			if known == nil {
				if byKey[key] == nil {
					byKey[key] = groups[i]
				}
				byKey[key].join(groups[i])
				continue
			}
			if byPerson[known] == nil {
				groups[i].root().known = append(groups[i].root().known, known)
				byPerson[known] = groups[i]
			}
			byPerson[known].join(groups[i])
		}
	}
	return groups
}

// receive makes a group one person, once, and reports whether that person is new. Those whom somebody parted stay apart.
func (d *desk) receive(ctx context.Context, g *group) (fresh bool, err error) {
	if g.received {
		return g.fresh, nil
	}
	g.received = true
	if len(g.known) == 0 {
		lead := g.members[0].lead
		g.known, g.fresh = append(g.known, dossier.New(&lead, g.members[0].who)), true
		d.enter(g.known[0])
	}
	who := g.known[0]
	for _, other := range g.known[1:] {
		if who, err = d.merge(ctx, who, other); err != nil {
			return false, err
		}
	}
	g.known = []*dossier.Dossier{who}
	return g.fresh, nil
}

// hand gives the keys to the leads that newcomers turned out to be, and what waited under them.
func (d *desk) hand(ctx context.Context, newcomers []*newcomer, who []member, claims, taken map[store.Key]string) error {
	gifts := d.suspect(newcomers, who, claims, taken)
	var waiting []store.Key
	for i, n := range newcomers {
		for _, key := range n.claims() {
			owner, was := taken[key]
			if _, given := gifts[key]; given || was && owner != "" || !was && claims[key] == who[i].lead {
				continue
			}
			gifts[key] = who[i].lead
			if was {
				waiting = append(waiting, key)
			}
		}
	}
	if err := store.Give(ctx, d.tx, gifts); err != nil {
		return err
	}
	for _, key := range waiting {
		if err := d.collectFirst(ctx, key, gifts[key]); err != nil {
			return err
		}
	}
	return nil
}

// collectFirst takes in what waited under a key; if it is much, the rest is left to a job.
func (d *desk) collectFirst(ctx context.Context, key store.Key, lead string) error {
	collected, err := d.collect(ctx, key, lead)
	if collected == maxCollected {
		d.collectLater("waiting/"+lead+"/"+key.Value, store.Awaited{Key: key, Lead: lead})
	}
	return err
}

// collectLater plans that what waits is taken in by a job.
func (d *desk) collectLater(natural string, waiting store.Awaited) {
	d.plan(d.tx, d.now, map[string]store.Scope{d.cfg.IDs.New(d.now, "job", natural): {Waiting: &waiting}})
}

// collect takes in some of what waited under a key, and says how much.
func (d *desk) collect(ctx context.Context, key store.Key, lead string) (int, error) {
	engagements, err := store.Collect(ctx, d.tx, key, lead, maxCollected, d.now)
	if err != nil {
		return 0, err
	}
	d.person(lead).Record(engagements...)
	return len(engagements), nil
}

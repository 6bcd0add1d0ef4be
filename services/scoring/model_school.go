package scoring

import (
	"context"
	"slices"
	"strings"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/early"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/sift"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

const (
	// aboveAll sorts after every id.
	aboveAll = "g"
	// mostPupils is how many leads are learnt from: the latest whose outcome is known.
	mostPupils = 100_000
	// mostMeasured is how many a model is measured on, likewise: as many as are held out of those.
	mostMeasured = mostPupils / 5
)

// school gathers past leads as they were known early, and what became of them.
type school struct {
	wanted      *scoringv1.Model
	now         time.Time
	most        int                // leads
	from, until time.Time          // of first contact; zero for no limit
	features    []*predict.Feature // the only ones, if a model is measured

	companies companies
	pupils    []pupil
	having    map[string]int // how many leads have an attribute now
	late      map[string]int // and how many of them got it after the cut
	brought   int            // how many leads were taken in later than the window after first contact
	undecided int            // how many were left out because nobody knows when their deal was won
}

// pupil is a lead as it was known early, and what became of it.
type pupil struct {
	id       string
	first    time.Time
	cut      time.Time // what was recorded later is not learnt from
	row      *early.Row
	positive bool
}

// gather reads the leads term by term, each in a short transaction, the latest first.
func (s *school) gather(ctx context.Context, db *sqldb.DB) error {
	s.having, s.late, s.companies = map[string]int{}, map[string]int{}, companies{}
	for before := aboveAll; len(s.pupils) < s.most; {
		t, err := s.term(ctx, db, before)
		if err != nil || t.leads == 0 {
			return err
		}
		if err := s.enrol(t); err != nil {
			return err
		}
		before = t.last
	}
	return nil
}

// term is the history of some leads, and the deals that came of them.
type term struct {
	*chapter
	asked    map[string]struct{}            // the leads that it was read for
	with     map[string][]store.Opportunity // by lead
	grown    map[string][]store.Opportunity // by handoff
	nameless map[string][]store.Opportunity // by account
}

// period is when those made contact first who are asked for and old enough: what became of others is not known yet.
func (s *school) period() store.Period {
	known := s.now.Add(-s.wanted.GetWindow().AsDuration()).Add(time.Microsecond)
	if s.until.IsZero() || known.Before(s.until) {
		return store.Period{From: s.from, Until: known}
	}
	return store.Period{From: s.from, Until: s.until}
}

// term reads the history of the next leads before one.
func (s *school) term(ctx context.Context, db *sqldb.DB, before string) (*term, error) {
	t := &term{asked: map[string]struct{}{}}
	return t, db.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		leads, err := store.LeadsBefore(ctx, tx, before, s.period(), s.now, perChapter)
		if err != nil {
			return err
		}
		if t.chapter, err = compile(ctx, tx, page{leads: leads}, ofAny, s.now); err != nil {
			return err
		}
		if t.companies, err = s.companies.read(ctx, tx, t.accountsOf()); err != nil {
			return err
		}
		for _, l := range leads[:t.leads] {
			t.asked[l.ID] = struct{}{}
		}
		return t.readDeals(ctx, tx)
	})
}

// readDeals reads the deals that the people of a term may have had a part in.
func (t *term) readDeals(ctx context.Context, tx *sqldb.Tx) (err error) {
	var leads, handoffs []string
	for i, past := range t.pasts {
		for _, l := range past.Leads {
			leads = append(leads, l.ID)
		}
		for _, c := range t.really[i] {
			handoffs = append(handoffs, c.Handoff)
		}
	}
	if t.with, err = store.DealsWith(ctx, tx, leads); err != nil {
		return err
	}
	if t.grown, err = store.DealsFrom(ctx, tx, handoffs); err != nil {
		return err
	}
	t.nameless, err = store.NamelessDeals(ctx, tx, t.accountsOf())
	return err
}

// entrant is a person of a term: the lead that stands for it, and those that it absorbed.
type entrant struct {
	*record.Lead
	absorbed []*record.Lead
	past     *replay.Past
	deals    []store.Opportunity // that it had a part in
}

// entrants are the people whom a term was read for.
func (t *term) entrants() (all []*entrant) {
	for i, past := range t.pasts {
		for _, l := range past.Leads {
			if _, asked := t.asked[l.ID]; asked {
				c := &entrant{Lead: l.Lead, past: past}
				for _, other := range past.Leads {
					if other.MergedInto == l.ID {
						c.absorbed = append(c.absorbed, other.Lead)
					}
				}
				c.deals = t.dealsOf(c, t.really[i])
				all = append(all, c)
			}
		}
	}
	return all
}

// dealsOf are the deals with one of a person's leads among their contacts; those that grew out of one of its handoffs, also of
// an earlier cycle; and those that name neither, if they were opened for the account to which it belonged then.
func (t *term) dealsOf(c *entrant, handoffs []store.Cycle) []store.Opportunity {
	var all []store.Opportunity
	for _, l := range append([]*record.Lead{c.Lead}, c.absorbed...) {
		all = append(all, t.with[l.ID]...)
		for _, h := range handoffs {
			if h.Lead == l.ID {
				all = append(all, t.grown[h.Handoff]...)
			}
		}
	}
	decisions, _ := sift.Split(c.past.Decisions, func(d replay.Decision) bool { return d.Lead == c.ID })
	for i, d := range decisions {
		if slices.ContainsFunc(decisions[:i], func(earlier replay.Decision) bool { return earlier.Account == d.Account }) {
			continue // its deals were looked at
		}
		for _, o := range t.nameless[d.Account] {
			if !o.OpenedAt.Before(c.OccurredAt) && belonged(decisions, o.OpenedAt) == d.Account {
				all = append(all, o)
			}
		}
	}
	return all
}

// belonged is the account that a lead belonged to at an instant, by what was decided of it, the oldest first. Before anything was
// decided, as of a lead that was taken in later than it made contact, that is the first account that it came to.
func belonged(decisions []replay.Decision, at time.Time) (account string) {
	for _, d := range decisions {
		if d.At.After(at) && (account != "" || !decisions[0].At.After(at)) {
			break
		}
		account = d.Account
	}
	return account
}

// enrol takes the people of a term in as they were at their cuts: only what was recorded by then is seen, as when they were judged
// then.
func (s *school) enrol(t *term) error {
	world := &replay.World{Companies: t.companies, Cut: s.now}
	for _, c := range t.entrants() {
		positive, known := s.outcome(c)
		if !known || len(s.pupils) == s.most {
			continue
		}
		cut := s.window().Cut(c.life())
		subject, err := world.Recall(c.past, c.ID, cut)
		if err != nil {
			return err
		}
		subject.Qualified = c.Standing.FirstQualifiedAt
		s.pupils = append(s.pupils, pupil{id: c.ID, first: c.OccurredAt, cut: cut, row: subject.Early(s.window()), positive: positive})
		if err := s.note(c, subject); err != nil {
			return err
		}
	}
	return nil
}

// outcome says whether the outcome came within the window. It is not known of those that had a deal before their first contact, and
// of those whose deal was won nobody says when.
func (s *school) outcome(c *entrant) (positive, known bool) {
	end := c.OccurredAt.Add(s.wanted.GetWindow().AsDuration())
	undecided := false
	for _, o := range c.deals {
		switch {
		case o.OpenedAt.Before(c.OccurredAt):
			return false, false
		case o.OpenedAt.After(end):
		case s.wanted.GetOutcome() != scoringv1.Model_OUTCOME_WON:
			positive = true
		case o.State != store.OpportunityWon:
		case o.ClosedAt.IsZero():
			undecided = true
		default:
			positive = positive || !o.ClosedAt.After(end)
		}
	}
	if undecided && !positive {
		s.undecided++
		return false, false
	}
	return positive, true
}

func (s *school) window() early.Window { return early.Window{Early: s.wanted.GetEarly().AsDuration()} }

// life is when what happened to the person.
func (c *entrant) life() early.Life {
	life := early.Life{First: c.OccurredAt, CreatedAt: c.CreatedAt, Qualified: c.Standing.FirstQualifiedAt}
	for _, o := range c.deals {
		if life.Dealt.IsZero() || o.OpenedAt.Before(life.Dealt) {
			life.Dealt = o.OpenedAt
		}
	}
	return life
}

// note counts what was recorded late.
func (s *school) note(c *entrant, then *qualify.Subject) error {
	if c.CreatedAt.Sub(c.OccurredAt) > s.wanted.GetEarly().AsDuration() {
		s.brought++
	}
	now, err := record.Shown(c.Lead, c.absorbed)
	for name := range now {
		if attribute, is := strings.CutPrefix(name, person.AttributePrefix); is {
			s.having[attribute]++
			if _, was := then.Lead.Attributes[attribute]; !was {
				s.late[attribute]++
			}
		}
	}
	return err
}

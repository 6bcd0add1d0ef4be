package scoring

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/predict"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/early"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

const (
	// aboveAll sorts after every id.
	aboveAll = "g"
	// mostPupils is how many leads are learnt from: the latest whose outcome is known.
	mostPupils = 100_000
	// mostFeatures is how many features are looked at: those that most leads have.
	mostFeatures = 500
	// pastPage is how many leads are read at once.
	pastPage = 1 << 11
	// lateRows is how many leads must have an attribute for it to be judged late.
	lateRows = 20
	// lateShare is from which share of them on it is.
	lateShare = 0.5
)

// school gathers past leads as they were known early, and what became of them.
type school struct {
	wanted      *scoringv1.Model
	now         time.Time
	from, until time.Time          // of first contact; zero for no limit
	features    []*predict.Feature // the only ones, if a model is measured

	pupils   []pupil
	accounts map[string]*store.PastAccount
	having   map[string]int // how many leads have an attribute now
	late     map[string]int // and how many of them got it after the cut
	brought  int            // how many leads were taken in later than the window after first contact
}

// pupil is a lead as it was known early, and what became of it.
type pupil struct {
	id       string
	first    time.Time
	row      *early.Row
	positive bool
}

// gather reads the leads, in one view of the database.
func (s *school) gather(ctx context.Context, db *sqldb.DB) error {
	s.accounts, s.having, s.late = map[string]*store.PastAccount{}, map[string]int{}, map[string]int{}
	return db.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		for last := aboveAll; len(s.pupils) < mostPupils; {
			page, err := store.PastLeads(ctx, tx, last, s.wanted.GetEarly().AsDuration(), pastPage)
			if err != nil || len(page) == 0 {
				return err
			}
			last = page[len(page)-1].ID
			page = slices.DeleteFunc(page, func(p *store.Past) bool { return !s.known(p) })
			if err := s.employ(ctx, tx, page); err != nil {
				return err
			}
			for _, p := range page[:min(len(page), mostPupils-len(s.pupils))] {
				s.enrol(p)
			}
		}
		return nil
	})
}

// known reports whether a lead can be learnt from: its outcome is known by now, and no deal was there before it.
func (s *school) known(p *store.Past) bool {
	first := p.OccurredAt
	switch {
	case first.Add(s.wanted.GetWindow().AsDuration()).After(s.now), p.CreatedAt.After(s.now):
		return false
	case first.Before(s.from), !s.until.IsZero() && !first.Before(s.until):
		return false
	}
	return !slices.ContainsFunc(p.Deals, func(d store.Deal) bool { return d.OpenedAt.Before(first) })
}

// employ reads the accounts of leads that are not known yet.
func (s *school) employ(ctx context.Context, tx *sqldb.Tx, page []*store.Past) error {
	var ids []string
	for _, p := range page {
		if id := p.AccountAt(s.cut(p)); id != "" && s.accounts[id] == nil {
			ids = append(ids, id)
		}
	}
	found, err := store.PastAccounts(ctx, tx, ids)
	maps.Copy(s.accounts, found)
	return err
}

func (s *school) life(p *store.Past) early.Life {
	l := early.Life{First: p.OccurredAt, CreatedAt: p.CreatedAt, Qualified: p.Standing.QualifiedAt}
	for _, d := range p.Deals {
		if l.Dealt.IsZero() || d.OpenedAt.Before(l.Dealt) {
			l.Dealt = d.OpenedAt
		}
	}
	return l
}

func (s *school) window() early.Window { return early.Window{Early: s.wanted.GetEarly().AsDuration()} }

func (s *school) cut(p *store.Past) time.Time { return s.window().Cut(s.life(p)) }

// enrol takes a lead in as it was at its cut.
func (s *school) enrol(p *store.Past) {
	life, cut := s.life(p), s.cut(p)
	fields := p.FieldsAt(cut)
	who := person.Stored(fields)
	lead := who.Facts(p.Source, p.Partner)
	var account *criteria.Account
	if a := s.accounts[p.AccountAt(cut)]; a != nil {
		company := a.CompanyAt(cut)
		facts := company.Facts()
		account = &facts
	}
	counts := map[string]int{}
	for _, d := range p.Did {
		if s.window().Counts(life, cut, d.OccurredAt, d.RecordedAt) {
			counts[d.Type]++
		}
	}
	s.pupils = append(s.pupils, pupil{id: p.ID, first: p.OccurredAt, row: early.Of(&lead, account, counts), positive: s.converted(p)})
	s.note(p, fields)
}

// converted reports whether the outcome came within the window.
func (s *school) converted(p *store.Past) bool {
	end := p.OccurredAt.Add(s.wanted.GetWindow().AsDuration())
	return slices.ContainsFunc(p.Deals, func(d store.Deal) bool {
		if s.wanted.GetOutcome() == scoringv1.Model_OUTCOME_WON {
			return d.State == store.OpportunityWon && !d.ClosedAt.After(end)
		}
		return !d.OpenedAt.After(end)
	})
}

// note counts what was recorded late.
func (s *school) note(p *store.Past, then person.Fields) {
	if p.CreatedAt.Sub(p.OccurredAt) > s.wanted.GetEarly().AsDuration() {
		s.brought++
	}
	for name := range p.Fields {
		if attribute, is := strings.CutPrefix(name, person.AttributePrefix); is {
			s.having[attribute]++
			if _, was := then[name]; !was {
				s.late[attribute]++
			}
		}
	}
}

// sample makes the table of what was gathered.
func (s *school) sample() (*predict.Sample, error) {
	names := s.names()
	table, err := predict.NewTable(names, nil)
	if err != nil {
		return nil, err
	}
	out := &predict.Sample{Table: table, Times: []time.Time{}}
	fields := make([]string, len(names))
	for _, p := range s.pupils {
		for i, name := range names {
			fields[i] = p.row.Text(name)
		}
		if err := table.Append(fields); err != nil {
			return nil, err
		}
		out.Positive, out.Keys, out.Times = append(out.Positive, p.positive), append(out.Keys, p.id), append(out.Times, p.first)
	}
	return out, nil
}

// names are the features that leads have, those that most have first to be kept, in the order of their names.
func (s *school) names() (names []string) {
	if s.features != nil {
		for _, f := range s.features {
			names = append(names, f.Name)
		}
		return names
	}
	counts := map[string]int{}
	for _, p := range s.pupils {
		for _, name := range p.row.Names() {
			counts[name]++
		}
	}
	names = slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	names = slices.DeleteFunc(names, s.excluded)
	// Names that differ in case alone would be one column; the more frequent stays.
	seen := map[string]bool{}
	names = slices.DeleteFunc(names, func(name string) bool {
		twice := seen[strings.ToLower(strings.TrimSpace(name))]
		seen[strings.ToLower(strings.TrimSpace(name))] = true
		return twice
	})
	names = names[:min(len(names), mostFeatures)]
	slices.Sort(names)
	return names
}

// excluded reports whether a feature is not wanted. A pattern that cannot be read fits nothing.
func (s *school) excluded(feature string) bool {
	return slices.ContainsFunc(s.wanted.GetExclude(), func(pattern string) bool {
		fits, err := path.Match(pattern, feature)
		return err == nil && fits
	})
}

// suspicions are what the times of recording say against the sample.
func (s *school) suspicions() (warnings []predict.Warning, cautions []string) {
	for _, name := range slices.Sorted(maps.Keys(s.late)) {
		n, of := s.late[name], s.having[name]
		feature := early.Attribute(name)
		if of < lateRows || float64(n) < lateShare*float64(of) || s.excluded(feature) {
			continue
		}
		warnings = append(warnings, predict.Warning{Feature: feature, Sign: predict.Late, Figure: float64(n) / float64(of),
			Text: fmt.Sprintf("of %d leads that have it, %d got it only after they had qualified or the early days were over; just what was known before is learnt from", of, n)})
	}
	if s.brought > 0 {
		cautions = append(cautions, fmt.Sprintf("%d of %d leads were taken in later after first contact than the early days are long, as imported ones are: what was typed afterwards cannot be told from what was known early", s.brought, len(s.pupils)))
	}
	return warnings, cautions
}

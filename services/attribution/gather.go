package attribution

import (
	"context"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/attribution/internal/dossier"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// gathered is how many dossiers are gathered at once: few enough that their touches fit in memory and their people in a
// statement, many enough that the number of statements does not matter.
const gathered = 200

// gather reads what is on record about opportunities in a view. asOf is the instant of the figures.
func gather(ctx context.Context, tx *sqldb.Tx, agreed agreement, view store.View, all []*store.Opportunity, asOf time.Time) ([]dossier.Dossier, error) {
	var dossiers []dossier.Dossier
	for part := range slices.Chunk(all, gathered) {
		parties, err := parties(ctx, tx, view, agreed.people, part)
		if err != nil {
			return nil, err
		}
		a := archive{tx: tx, view: view, window: window(agreed.terms, part, asOf)}
		if err := a.read(ctx, parties); err != nil {
			return nil, err
		}
		for i, o := range part {
			dossiers = append(dossiers, a.dossier(o, parties[i]))
		}
	}
	return dossiers, nil
}

// window spans every touch that the figures of the opportunities can depend on.
func window(terms dossier.Terms, all []*store.Opportunity, asOf time.Time) credit.Window {
	var span credit.Window
	for i, o := range all {
		w := terms.Window(dossier.Dossier{OpenedAt: o.OpenedAt, ClosedAt: o.ClosedAt}, asOf)
		if i == 0 || w.From.Before(span.From) {
			span.From = w.From
		}
		if w.To.After(span.To) {
			span.To = w.To
		}
	}
	return span
}

// archive is what is on record about the parties of some opportunities.
type archive struct {
	tx              *sqldb.Tx
	view            store.View
	window          credit.Window
	account, person crowds
}

// crowds is what is on record about crowds of one sort, by their id.
type crowds struct {
	touches map[string][]credit.Touch
	firsts  map[string]store.Firsts
}

// read reads everything about the parties in a fixed number of statements.
func (a *archive) read(ctx context.Context, parties []party) error {
	var whole, accounts, persons []string
	for _, p := range parties {
		if p.account != "" {
			accounts = append(accounts, p.account)
		}
		if p.account != "" && p.everybody {
			whole = append(whole, p.account)
		}
		persons = append(persons, p.persons...)
	}
	var err error
	if a.account.firsts, err = store.FirstsOf(ctx, a.tx, a.view, store.OfAccount, accounts); err != nil {
		return err
	}
	if a.account.touches, err = store.TouchesOf(ctx, a.tx, a.view, store.OfAccount, whole, a.window); err != nil {
		return err
	}
	if a.person.firsts, err = store.FirstsOf(ctx, a.tx, a.view, store.OfPerson, persons); err != nil {
		return err
	}
	a.person.touches, err = store.TouchesOf(ctx, a.tx, a.view, store.OfPerson, persons, a.window)
	return err
}

// dossier puts together what concerns one opportunity.
func (a *archive) dossier(o *store.Opportunity, p party) dossier.Dossier {
	d := dossier.Dossier{
		Opportunity: o.ID, AmountMinor: o.AmountMinor, OpenedAt: o.OpenedAt, ClosedAt: o.ClosedAt, Won: o.State == deal.Won,
		Recorded: o.Recorded, SourcedBy: o.SourcedBy, SoldAt: a.account.firsts[p.account].SoldAt,
	}
	if p.everybody {
		d.Touches, d.LeadAt = slices.Clone(a.account.touches[p.account]), a.account.firsts[p.account].LeadAt
	}
	for _, id := range p.persons {
		d.Touches = append(d.Touches, a.person.touches[id]...)
		d.LeadAt = store.Earlier(d.LeadAt, a.person.firsts[id].LeadAt)
		d.SoldAt = store.Earlier(d.SoldAt, a.person.firsts[id].SoldAt)
	}
	if p.qualified {
		d.MarketingSQLs = 1
	}
	return d
}

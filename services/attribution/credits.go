package attribution

import (
	"context"
	"strings"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/money"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// GetOpportunityCredits implements AttributionService.
func (s *Service) GetOpportunityCredits(ctx context.Context, req *attributionv1.GetOpportunityCreditsRequest) (*attributionv1.OpportunityCredits, error) {
	view, asOf, err := viewOf(req.GetAsOfTime(), s.cfg.Now())
	if err != nil {
		return nil, err
	}
	name := strings.TrimSuffix(req.GetName(), "/credits")
	resp := &attributionv1.OpportunityCredits{Name: req.GetName()}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		found, err := store.Deals(ctx, tx, view, []string{ident.ID(name, "opportunities")})
		if err == nil && len(found) == 0 {
			err = store.ErrNotFound
		}
		if err != nil {
			return missing(err, name)
		}
		o := found[0]
		playbook, err := s.inForce(ctx, tx, asOf)
		if err != nil {
			return err
		}
		dossiers, err := gather(ctx, tx, playbook.Policy, view, found, asOf)
		if err != nil {
			return err
		}
		asked, model := playbook.Policy.model(req.GetModel())
		entries, err := playbook.Policy.terms.Credit(dossiers[0], model)
		if err != nil {
			return unsummable(err)
		}
		resp.Model = asked
		if o.Currency != "" {
			resp.Amount = worth(o).Proto()
		}
		resp.Touches = touchCredits(entries, o.Currency)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// touchCredits are the entries as the API shows them; without money when the currency is not known.
func touchCredits(entries []credit.Entry, currency string) []*attributionv1.TouchCredit {
	var all []*attributionv1.TouchCredit
	for _, e := range entries {
		c := &attributionv1.TouchCredit{
			Engagement: ident.Name("engagements", e.Touch.ID),
			Lead:       ident.Name("leads", e.Touch.Person),
			OccurTime:  timestamp(e.Touch.OccurredAt),
			Type:       string(e.Touch.Kind),
			Channel:    e.Touch.Channel,
			Campaign:   ident.Name("campaigns", e.Touch.Campaign),
			SharePpm:   e.Millionths,
		}
		if currency != "" {
			c.Amount = money.Amount{Minor: e.AmountMinor, Currency: currency}.Proto()
		}
		all = append(all, c)
	}
	return all
}

package scoring

import (
	"context"
	"errors"
	"strconv"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// ResolveMatchDecision implements ScoringService.
func (s *Service) ResolveMatchDecision(ctx context.Context, req *scoringv1.ResolveMatchDecisionRequest) (*scoringv1.MatchDecision, error) {
	account := ident.ID(req.GetAccount(), "accounts")
	return s.overrule(ctx, req, "ResolveMatchDecision", req.GetName(), func(ctx context.Context, d *desk, p *dossier.Dossier, held *record.Decision) error {
		if account != "" {
			found, err := store.Accounts(ctx, d.tx, store.Wanted{IDs: []string{account}})
			if err != nil {
				return err
			}
			if len(found) == 0 {
				return fault.Dangling("account", req.GetAccount())
			}
		}
		p.Pin(account, auth.Principal(auth.ActorFrom(ctx)), held, d.now)
		return d.settle(ctx, []*dossier.Dossier{p}, dossier.PersonChanged)
	})
}

// ReleaseMatchDecision implements ScoringService.
func (s *Service) ReleaseMatchDecision(ctx context.Context, req *scoringv1.ReleaseMatchDecisionRequest) (*scoringv1.MatchDecision, error) {
	return s.overrule(ctx, req, "ReleaseMatchDecision", req.GetName(), func(ctx context.Context, d *desk, p *dossier.Dossier, _ *record.Decision) error {
		if !p.Lead.Match.Pinned() {
			return fault.Refused(req.GetName(), "NOT_PINNED", "%s was not taken by hand", req.GetName())
		}
		p.Release()
		return d.settle(ctx, []*dossier.Dossier{p}, dossier.AccountsChanged)
	})
}

// overrule has a person change the decision in force, and gives the one that is in force then.
func (s *Service) overrule(ctx context.Context, req idempotency.Request, method, name string,
	change func(ctx context.Context, d *desk, p *dossier.Dossier, held *record.Decision) error) (*scoringv1.MatchDecision, error) {
	now := s.cfg.Now()
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.MatchDecision, error) {
		d, err := s.desk(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		p, held, err := d.inForce(ctx, name)
		if err != nil {
			return nil, err
		}
		if err := change(ctx, d, p, held); err != nil {
			return nil, err
		}
		before, after := toDecision(held), toDecision(p.Change.Decision)
		if err := d.auditDecision(ctx, p, method, before, after); err != nil {
			return nil, err
		}
		return after, d.save(ctx, []*dossier.Dossier{p})
	})
}

// inForce opens the person of a decision, which must be the one in force.
func (d *desk) inForce(ctx context.Context, name string) (*dossier.Dossier, *record.Decision, error) {
	ids := ident.Parse(name, "leads", "matchDecisions")
	lead := ids[0]
	n, err := strconv.ParseInt(ids[1], 10, 64)
	if err != nil {
		return nil, nil, fault.Field("name", "is not the name of a decision")
	}
	p, err := d.alone(ctx, lead)
	if err != nil {
		return nil, nil, err
	}
	held, err := store.Decision(ctx, d.tx, lead, n)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil, fault.Missing(name)
	case err != nil:
		return nil, nil, err
	case n != p.Lead.Match.Number:
		return nil, nil, fault.Stale(name, strconv.FormatInt(p.Lead.Match.Number, 10))
	}
	return p, held, nil
}

// alone opens the person behind a lead, which must stand for itself.
func (d *desk) alone(ctx context.Context, lead string) (*dossier.Dossier, error) {
	if err := d.open(ctx, []string{lead}); err != nil {
		return nil, err
	}
	p := d.person(lead)
	switch {
	case p == nil:
		return nil, fault.Missing(leadName(lead))
	case p.Lead.ID != lead:
		return nil, fault.Refused(leadName(lead), "MERGED", "%s was merged into %s", leadName(lead), leadName(p.Lead.ID))
	}
	return p, nil
}

// auditDecision tells who changed a decision. It holds nothing personal.
func (d *desk) auditDecision(ctx context.Context, p *dossier.Dossier, method string, before, after *scoringv1.MatchDecision) error {
	return d.log.EmitChange(ctx, d.tx, eventlog.Key{Name: leadName(p.Lead.ID), Seq: &p.Lead.Events}, method, before, after)
}

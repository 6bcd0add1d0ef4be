package scoring

import (
	"context"
	"errors"
	"slices"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// MergeLeads implements ScoringService.
func (s *Service) MergeLeads(ctx context.Context, req *scoringv1.MergeLeadsRequest) (*scoringv1.Lead, error) {
	now := s.cfg.Now()
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.Lead, error) {
		d, err := s.desk(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		p, err := d.declareOne(ctx, ident.ID(req.GetName(), "leads"), ident.ID(req.GetOther(), "leads"))
		if err != nil {
			return nil, err
		}
		if err := d.finish(ctx); err != nil {
			return nil, err
		}
		return toLead(p.Lead, p.Who()), nil
	})
}

// declareOne merges the people behind two leads because somebody said that they are one, whatever was said before.
func (d *desk) declareOne(ctx context.Context, lead, other string) (*dossier.Dossier, error) {
	if err := d.open(ctx, []string{lead, other}); err != nil {
		return nil, err
	}
	a, b := d.person(lead), d.person(other)
	switch {
	case a == nil:
		return nil, fault.Missing(leadName(lead))
	case b == nil:
		return nil, fault.Dangling("other", leadName(other))
	case a == b:
		return nil, fault.Refused(leadName(lead), "MERGED", "%s and %s are one person already", leadName(lead), leadName(other))
	case a.Lead.Partner != b.Lead.Partner:
		return nil, fault.Refused(leadName(lead), "OTHER_PARTNER", "%s and %s were not brought by the same partner", leadName(lead), leadName(other))
	}
	if err := store.Reunite(ctx, d.tx, a.Leads(), b.Leads()); err != nil {
		return nil, err
	}
	return d.unite(a, b)
}

// UnmergeLead implements ScoringService.
func (s *Service) UnmergeLead(ctx context.Context, req *scoringv1.UnmergeLeadRequest) (*scoringv1.Lead, error) {
	now := s.cfg.Now()
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.Lead, error) {
		d, err := s.desk(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		restored, err := d.part(ctx, ident.ID(req.GetName(), "leads"))
		if err != nil {
			return nil, err
		}
		if err := d.finish(ctx); err != nil {
			return nil, err
		}
		return toLead(restored.Lead, restored.Who()), nil
	})
}

// part takes a merge back, and remembers that the two are not one person.
func (d *desk) part(ctx context.Context, lead string) (*dossier.Dossier, error) {
	if err := d.open(ctx, []string{lead}); err != nil {
		return nil, err
	}
	p := d.person(lead)
	if p == nil {
		return nil, fault.Missing(leadName(lead))
	}
	edges, err := store.Edges(ctx, d.tx, p.Leads())
	if err != nil {
		return nil, err
	}
	restored, err := p.Part(lead, edges, d.now)
	if errors.Is(err, dedupe.ErrNotMerged) {
		return nil, fault.Refused(leadName(lead), "NOT_MERGED", "%s was not merged into another lead", leadName(lead))
	}
	if err != nil {
		return nil, err
	}
	d.enter(restored)
	for _, id := range restored.Leads() {
		d.stands[id] = restored.Lead.ID
	}
	edge := p.Change.Parted[0]
	pair := []string{edge.Survivor, edge.Absorbed}
	slices.Sort(pair)
	store.Resolve(d.tx, &record.Pair{Lead: pair[0], Other: pair[1], Resolution: record.DifferentPeople, FoundAt: d.now})
	return restored, nil
}

package scoring

import (
	"context"
	"errors"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// everyLead is the parent that stands for all leads.
const everyLead = "leads/-"

// ListSuspectedDuplicates implements ScoringService.
func (s *Service) ListSuspectedDuplicates(ctx context.Context, req *scoringv1.ListSuspectedDuplicatesRequest) (*scoringv1.ListSuspectedDuplicatesResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	wanted := store.Suspicions{Resolved: req.GetIncludeResolved()}
	if req.GetParent() != everyLead {
		lead, err := s.visible(ctx, ident.ID(req.GetParent(), "leads"))
		if err != nil {
			return nil, err
		}
		wanted.Lead = lead.ID
	}
	after := store.PairPlace{FoundAt: page.Key.Number}
	if !page.First {
		ids := ident.Parse(page.Key.Text, "leads", "suspectedDuplicates")
		after.Lead, after.Other = ids[0], ids[1]
	}
	rows, err := store.Pairs(ctx, s.cfg.DB, wanted, after, page.Limit())
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.ListSuspectedDuplicatesResponse{}
	rows, resp.NextPageToken = paging.Cut(page, rows, func(p *record.Pair) paging.Key {
		return paging.Key{Number: p.FoundAt.UnixMicro(), Text: pairName(p)}
	})
	for _, row := range rows {
		resp.SuspectedDuplicates = append(resp.SuspectedDuplicates, toPair(row))
	}
	return resp, nil
}

// ResolveSuspectedDuplicate implements ScoringService.
func (s *Service) ResolveSuspectedDuplicate(ctx context.Context, req *scoringv1.ResolveSuspectedDuplicateRequest) (*scoringv1.SuspectedDuplicate, error) {
	now := s.cfg.Now()
	ids := ident.Parse(req.GetName(), "leads", "suspectedDuplicates")
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.SuspectedDuplicate, error) {
		d, err := s.desk(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		if err := d.open(ctx, ids); err != nil {
			return nil, err
		}
		pair, err := store.Pair(ctx, tx, ids[0], ids[1])
		switch {
		case errors.Is(err, store.ErrNotFound) || err == nil && pair.Evidence == record.NoEvidence:
			return nil, fault.Missing(req.GetName())
		case err != nil:
			return nil, err
		case pair.Resolution != record.Unresolved:
			return nil, fault.Refused(req.GetName(), scoringv1.SuspectedDuplicate_Resolution_name[int32(pair.Resolution)], "%s was resolved before", req.GetName())
		}
		return d.resolve(ctx, pair, record.Resolution(req.GetResolution()))
	})
}

// resolve writes what somebody said of two leads, and merges them if they are one.
func (d *desk) resolve(ctx context.Context, pair *record.Pair, said record.Resolution) (*scoringv1.SuspectedDuplicate, error) {
	before := toPair(pair)
	pair.Resolution = said
	p := d.person(pair.Lead)
	switch {
	case p == nil:
		return nil, fault.Missing(leadName(pair.Lead))
	case p == d.person(pair.Other) && said == record.DifferentPeople:
		return nil, fault.Refused(pairName(pair), "MERGED", "%s and %s were merged meanwhile: unmerge them", leadName(pair.Lead), leadName(pair.Other))
	case said == record.SamePerson && p != d.person(pair.Other):
		var err error
		if p, err = d.declareOne(ctx, pair.Lead, pair.Other); err != nil {
			return nil, err
		}
	}
	store.Resolve(d.tx, pair)
	after := toPair(pair)
	if err := d.log.EmitChange(ctx, d.tx, eventlog.Key{Name: leadName(p.Lead.ID), Seq: &p.Lead.Events}, "ResolveSuspectedDuplicate", before, after); err != nil {
		return nil, err
	}
	p.Change.Made = true // its events were counted
	return after, d.finish(ctx)
}

func pairName(p *record.Pair) string {
	return ident.Name("leads", p.Lead, "suspectedDuplicates", p.Other)
}

func toPair(p *record.Pair) *scoringv1.SuspectedDuplicate {
	return &scoringv1.SuspectedDuplicate{Name: pairName(p), Lead: leadName(p.Lead), Other: leadName(p.Other),
		Evidence: scoringv1.SuspectedDuplicate_Evidence(p.Evidence), Resolution: scoringv1.SuspectedDuplicate_Resolution(p.Resolution),
		CreateTime: instant(p.FoundAt)}
}

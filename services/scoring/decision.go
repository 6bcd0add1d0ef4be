package scoring

import (
	"context"
	"fmt"
	"math"
	"strconv"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// ListMatchDecisions implements ScoringService.
func (s *Service) ListMatchDecisions(ctx context.Context, req *scoringv1.ListMatchDecisionsRequest) (*scoringv1.ListMatchDecisionsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	if req.GetUnderReview() {
		return s.listReview(ctx, req, page)
	}
	if req.GetParent() == everyLead {
		return nil, fault.Field("under_review", "must be true for all leads")
	}
	below := page.Key.Number
	if page.First {
		below = math.MaxInt64
	}
	lead, err := s.visible(ctx, ident.ID(req.GetParent(), "leads"))
	if err != nil {
		return nil, err
	}
	rows, err := store.Decisions(ctx, s.cfg.DB, lead.ID, below, page.Limit())
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.ListMatchDecisionsResponse{}
	rows, resp.NextPageToken = paging.Cut(page, rows, func(d *record.Decision) paging.Key { return paging.Key{Number: d.Number} })
	for _, row := range rows {
		resp.MatchDecisions = append(resp.MatchDecisions, toDecision(row))
	}
	return resp, nil
}

// listReview lists the decisions in force that wait for a person, of all leads or of one.
func (s *Service) listReview(ctx context.Context, req *scoringv1.ListMatchDecisionsRequest, page paging.Page) (*scoringv1.ListMatchDecisionsResponse, error) {
	resp := &scoringv1.ListMatchDecisionsResponse{}
	if req.GetParent() == everyLead {
		rows, err := store.InReview(ctx, s.cfg.DB, page.Key.Number, page.Key.Text, page.Limit())
		if err != nil {
			return nil, err
		}
		rows, resp.NextPageToken = paging.Cut(page, rows, func(d *record.Decision) paging.Key {
			return paging.Key{Number: d.DecidedAt.UnixMicro(), Text: d.Lead}
		})
		for _, row := range rows {
			resp.MatchDecisions = append(resp.MatchDecisions, toDecision(row))
		}
		return resp, nil
	}
	lead, err := s.visible(ctx, ident.ID(req.GetParent(), "leads"))
	if err != nil || lead.Match.ReviewAt.IsZero() || lead.MergedInto != "" {
		return resp, err
	}
	held, err := store.Decision(ctx, s.cfg.DB, lead.ID, lead.Match.Number)
	if err == nil {
		resp.MatchDecisions = append(resp.MatchDecisions, toDecision(held))
	}
	return resp, err
}

func toDecision(d *record.Decision) *scoringv1.MatchDecision {
	out := &scoringv1.MatchDecision{Name: ident.Name("leads", d.Lead, "matchDecisions", strconv.FormatInt(d.Number, 10)), Rule: string(d.Code),
		Account: accountName(d.AccountID), Review: d.Review, InputsHash: d.InputsHash,
		Versions: fmt.Sprintf("normal/%d %s", d.NormaliserVersion, d.ListsVersion), DecideTime: instant(d.DecidedAt), Decider: d.Decider}
	for _, candidate := range d.Candidates {
		evidence := make([]string, len(candidate.Reasons))
		for i, reason := range candidate.Reasons {
			evidence[i] = string(reason)
		}
		out.Candidates = append(out.Candidates, &scoringv1.MatchCandidate{Account: accountName(candidate.AccountID), Evidence: evidence,
			Rejection: string(candidate.Rejected)})
	}
	return out
}

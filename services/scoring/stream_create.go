package scoring

import (
	"context"
	"time"

	"google.golang.org/grpc"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// StreamCreateLeads implements ScoringService.
func (s *Service) StreamCreateLeads(stream grpc.BidiStreamingServer[scoringv1.StreamCreateLeadsRequest, scoringv1.StreamCreateLeadsResponse]) error {
	return answerEach(stream, (*scoringv1.StreamCreateLeadsRequest).GetRequests, s.createTogether)
}

// createTogether takes in the leads of one message that nothing is wrong with, in one transaction, and answers all.
func (s *Service) createTogether(ctx context.Context, requests []*scoringv1.CreateLeadRequest, first int64) (*scoringv1.StreamCreateLeadsResponse, error) {
	now := s.cfg.Now()
	resp := &scoringv1.StreamCreateLeadsResponse{Results: make([]*scoringv1.StreamCreateLeadsResponse_Result, len(requests))}
	var newcomers []*newcomer
	var taken []*scoringv1.StreamCreateLeadsResponse_Result
	for i, req := range requests {
		result := &scoringv1.StreamCreateLeadsResponse_Result{Index: first + int64(i)}
		resp.Results[i] = result
		n, err := s.checkedNewcomer(ctx, req, now)
		if err == nil {
			newcomers, taken = append(newcomers, n), append(taken, result)
			continue
		}
		refused, err := itemError(err)
		if err != nil {
			return nil, err
		}
		result.Outcome = &scoringv1.StreamCreateLeadsResponse_Result_Error{Error: refused}
	}
	leads, err := s.takeTogether(ctx, newcomers, now)
	if err != nil {
		return nil, err
	}
	for i, lead := range leads {
		taken[i].Outcome = &scoringv1.StreamCreateLeadsResponse_Result_Lead{Lead: lead}
	}
	return resp, nil
}

// checkedNewcomer refuses a lead that breaks the rules of its fields, or that could not be told when it is sent again.
func (s *Service) checkedNewcomer(ctx context.Context, req *scoringv1.CreateLeadRequest, now time.Time) (*newcomer, error) {
	if err := s.fields.Check(req); err != nil {
		return nil, err
	}
	if req.GetLead().GetSourceId() == "" {
		return nil, fault.Field("lead.source_id", "is required")
	}
	return s.newcomer(ctx, req, "", "", now)
}

// takeTogether takes in leads in a transaction of their own.
func (s *Service) takeTogether(ctx context.Context, newcomers []*newcomer, now time.Time) (leads []*scoringv1.Lead, err error) {
	if len(newcomers) == 0 {
		return nil, nil
	}
	err = s.cfg.DB.Group(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		leads, err = s.takeIn(ctx, tx, now, newcomers, nil)
		return err
	})
	return leads, err
}

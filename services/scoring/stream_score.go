package scoring

import (
	"context"

	"google.golang.org/grpc"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
)

// StreamScoreLeads implements ScoringService.
func (s *Service) StreamScoreLeads(stream grpc.BidiStreamingServer[scoringv1.StreamScoreLeadsRequest, scoringv1.StreamScoreLeadsResponse]) error {
	return answerEach(stream, (*scoringv1.StreamScoreLeadsRequest).GetRequests, s.scores)
}

// scores answers the what-ifs of one message, by the rules of one moment.
func (s *Service) scores(ctx context.Context, requests []*scoringv1.ScoreLeadRequest, first int64) (*scoringv1.StreamScoreLeadsResponse, error) {
	rules, err := s.active(ctx)
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.StreamScoreLeadsResponse{Results: make([]*scoringv1.StreamScoreLeadsResponse_Result, len(requests))}
	for i, req := range requests {
		result := &scoringv1.StreamScoreLeadsResponse_Result{Index: first + int64(i)}
		resp.Results[i] = result
		score, err := s.checkedScore(req, rules)
		if err == nil {
			result.Outcome = &scoringv1.StreamScoreLeadsResponse_Result_Score{Score: score}
			continue
		}
		refused, err := itemError(err)
		if err != nil {
			return nil, err
		}
		result.Outcome = &scoringv1.StreamScoreLeadsResponse_Result_Error{Error: refused}
	}
	return resp, nil
}

func (s *Service) checkedScore(req *scoringv1.ScoreLeadRequest, rules dossier.Rules) (*scoringv1.Score, error) {
	if err := s.fields.Check(req); err != nil {
		return nil, err
	}
	return s.suppose(req, rules)
}

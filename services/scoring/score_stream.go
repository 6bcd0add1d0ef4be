package scoring

import (
	"errors"
	"io"

	"google.golang.org/grpc"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
)

// ScoreLeads implements ScoringService. It holds one message and its answer at a time: while the caller does not take the
// answer, nothing more is read.
func (s *Service) ScoreLeads(stream grpc.BidiStreamingServer[scoringv1.ScoreLeadsRequest, scoringv1.ScoreLeadsResponse]) error {
	for index := int64(0); ; {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		rules, err := s.active(stream.Context())
		if err != nil {
			return err
		}
		results := make([]*scoringv1.ScoreResult, len(req.GetRequests()))
		for i, one := range req.GetRequests() {
			if results[i], err = s.result(one, rules, index); err != nil {
				return err
			}
			index++
		}
		if err := stream.Send(&scoringv1.ScoreLeadsResponse{Results: results}); err != nil {
			return err
		}
	}
}

// result answers one what-if of a stream as ScoreLead would. An error of ours ends the stream: the others would meet it too.
func (s *Service) result(req *scoringv1.ScoreLeadRequest, rules dossier.Rules, index int64) (*scoringv1.ScoreResult, error) {
	score, err := s.checked(req, rules)
	if err == nil {
		return &scoringv1.ScoreResult{Index: index, Outcome: &scoringv1.ScoreResult_Score{Score: score}}, nil
	}
	status, ours := fault.Status(err)
	if ours {
		return nil, err
	}
	return &scoringv1.ScoreResult{Index: index, Outcome: &scoringv1.ScoreResult_Error{Error: status.Proto()}}, nil
}

func (s *Service) checked(req *scoringv1.ScoreLeadRequest, rules dossier.Rules) (*scoringv1.Score, error) {
	if err := s.fields.Check(req); err != nil {
		return nil, err
	}
	return s.suppose(req, rules)
}

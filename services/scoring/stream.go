package scoring

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"buf.build/go/protovalidate"
	"google.golang.org/grpc"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// How much of a stream is taken in together, and how many problems of a lead are told.
const (
	perStretch  = 500
	maxProblems = 10
)

// leadStream is the two directions of StreamLeads.
type leadStream = grpc.BidiStreamingServer[scoringv1.StreamLeadsRequest, scoringv1.StreamLeadsResponse]

// StreamLeads implements ScoringService.
//
// One goroutine reads into a channel of one stretch; whatever has come while the last stretch was written is the next one.
// When nobody reads the answers, sending waits, then the channel is full, then gRPC's own window: nothing piles up.
func (s *Service) StreamLeads(stream leadStream) error {
	ctx, stop := context.WithCancel(stream.Context())
	defer stop()
	arrived := make(chan *scoringv1.CreateLeadRequest, perStretch)
	broken := make(chan error, 1)
	go func() {
		defer close(arrived)
		broken <- readLeads(ctx, stream, arrived)
	}()
	progress := &scoringv1.StreamLeadsResponse{}
	var index int64
	for first := range arrived {
		stretch := drained(first, arrived)
		outcomes, err := s.takeStretch(ctx, stretch, index)
		if err != nil {
			return err
		}
		index += int64(len(stretch))
		if err := stream.Send(progressed(progress, outcomes)); err != nil {
			return err
		}
	}
	return <-broken
}

// readLeads reads until the caller has sent everything, or the call is over.
func readLeads(ctx context.Context, stream leadStream, into chan<- *scoringv1.CreateLeadRequest) error {
	for {
		req, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		select {
		case into <- req.GetRequest():
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// drained is what has arrived by now.
func drained(first *scoringv1.CreateLeadRequest, arrived <-chan *scoringv1.CreateLeadRequest) []*scoringv1.CreateLeadRequest {
	stretch := []*scoringv1.CreateLeadRequest{first}
	for len(stretch) < perStretch {
		select {
		case next, open := <-arrived:
			if !open {
				return stretch
			}
			stretch = append(stretch, next)
		default:
			return stretch
		}
	}
	return stretch
}

// progressed adds outcomes to the counts of a stream.
func progressed(p *scoringv1.StreamLeadsResponse, outcomes []*scoringv1.StreamLeadsResponse_Outcome) *scoringv1.StreamLeadsResponse {
	p.Outcomes = outcomes
	for _, o := range outcomes {
		if o.GetLead() == "" {
			p.RefusedCount++
		} else {
			p.TakenCount++
		}
	}
	return p
}

// takeStretch takes in the leads of a stretch that nothing is wrong with, in one transaction, and answers all.
func (s *Service) takeStretch(ctx context.Context, stretch []*scoringv1.CreateLeadRequest, index int64) ([]*scoringv1.StreamLeadsResponse_Outcome, error) {
	now := s.cfg.Now()
	outcomes := make([]*scoringv1.StreamLeadsResponse_Outcome, len(stretch))
	var newcomers []*newcomer
	var places []int
	for i, req := range stretch {
		outcomes[i] = &scoringv1.StreamLeadsResponse_Outcome{Index: index + int64(i)}
		err := streamable(req)
		var n *newcomer
		if err == nil {
			n, err = s.newcomer(ctx, req, "", "", now)
		}
		if err != nil {
			if outcomes[i].Problems = problems(err); len(outcomes[i].GetProblems()) == 0 {
				return nil, err
			}
			continue
		}
		newcomers, places = append(newcomers, n), append(places, i)
	}
	if len(newcomers) == 0 {
		return outcomes, nil
	}
	leads, err := s.takeTogether(ctx, newcomers, now)
	if err != nil {
		return nil, err
	}
	for i, lead := range leads {
		outcomes[places[i]].Lead, outcomes[places[i]].Qualification = lead.GetName(), lead.GetQualification()
	}
	return outcomes, nil
}

// takeTogether takes in leads in a transaction of their own.
func (s *Service) takeTogether(ctx context.Context, newcomers []*newcomer, now time.Time) (leads []*scoringv1.Lead, err error) {
	err = s.cfg.DB.Group(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		leads, err = s.takeIn(ctx, tx, now, newcomers, nil)
		return err
	})
	return leads, err
}

// streamable refuses a lead that breaks the rules of its fields, or that could not be told when it is sent again.
func streamable(req *scoringv1.CreateLeadRequest) error {
	if req.GetLead().GetSourceId() == "" {
		return fault.Field("lead.source_id", "is required")
	}
	err := protovalidate.Validate(req)
	var invalid *protovalidate.ValidationError
	if !errors.As(err, &invalid) {
		return err
	}
	var wrong []fault.Violation
	for _, v := range invalid.Violations[:min(len(invalid.Violations), maxProblems)] {
		wrong = append(wrong, fault.Violation{Field: protovalidate.FieldPathString(v.Proto.GetField()), Message: v.Proto.GetMessage()})
	}
	return fault.Fields(wrong...)
}

// problems are what is wrong with a lead, in words; none if the fault is not the lead's.
func problems(err error) []string {
	f := fault.As(err)
	if f == nil {
		return nil
	}
	var words []string
	for _, v := range f.Violations {
		words = append(words, strings.TrimSpace(fmt.Sprintf("%s: %s", v.Field, v.Message)))
	}
	return words
}

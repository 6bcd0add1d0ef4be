package playbook_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	datepb "google.golang.org/genproto/googleapis/type/date"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// past stands in the place of the services that know history. Its one lead qualifies by the draft alone.
type past struct {
	scoringv1.UnimplementedScoringServiceServer
	routingv1.UnimplementedRoutingServiceServer
	slav1.UnimplementedSlaServiceServer
	attributionv1.UnimplementedAttributionServiceServer
	asked chan *scoringv1.ReplayLeadsRequest
	goOn  chan struct{}
	left  chan struct{} // somebody stopped waiting for the answer

	models models
}

func newPast() *past {
	return &past{asked: make(chan *scoringv1.ReplayLeadsRequest, 1), goOn: make(chan struct{}, 1), left: make(chan struct{}, 1), models: models{}}
}

func (p *past) GetModel(ctx context.Context, req *scoringv1.GetModelRequest) (*scoringv1.Model, error) {
	return p.models.GetModel(ctx, req)
}

func (p *past) ListOpportunities(context.Context, *attributionv1.ListOpportunitiesRequest) (*attributionv1.ListOpportunitiesResponse, error) {
	return &attributionv1.ListOpportunitiesResponse{}, nil
}

func (p *past) DescribeRoutes(context.Context, *routingv1.DescribeRoutesRequest) (*routingv1.DescribeRoutesResponse, error) {
	return &routingv1.DescribeRoutesResponse{Rules: []*routingv1.Route{{Tier: "", Nurture: true}, {}, {Disqualify: true}},
		Kinds: []*routingv1.Route{{Target: true, Intent: playbookv1.IntentLevel_INTENT_LEVEL_HIGH, Tier: "T1"}, {Intent: playbookv1.IntentLevel_INTENT_LEVEL_LOW, Nurture: true}}}, nil
}

func (p *past) ReplayLeads(req *scoringv1.ReplayLeadsRequest, stream grpc.ServerStreamingServer[scoringv1.ReplayLeadsResponse]) error {
	p.asked <- req
	select {
	case <-p.goOn:
	case <-stream.Context().Done():
		p.left <- struct{}{}
		return stream.Context().Err()
	}
	q := &scoringv1.ReplayedQualification{MqlTime: req.GetStartTime(), Cycle: 1, Target: true, Intent: playbookv1.IntentLevel_INTENT_LEVEL_HIGH,
		Requirements: []int32{1}}
	return stream.Send(&scoringv1.ReplayLeadsResponse{Cautions: []string{"the draft looks ahead"}, Progress: &scoringv1.ReplayProgress{LeadCount: 7, EngagementCount: 70, TotalLeadCount: 7},
		Leads: []*scoringv1.ReplayedLead{{Lead: "leads/a", Draft: []*scoringv1.ReplayedQualification{q}, Activation: q,
			Disagreement: &scoringv1.Disagreement{Kind: scoringv1.Disagreement_KIND_CRITERION, Subject: "size_fit", Sentence: "size_fit is now true"}}}})
}

func (p *past) SimulateHandoffs(stream grpc.BidiStreamingServer[routingv1.SimulateHandoffsRequest, routingv1.SimulateHandoffsResponse]) error {
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		answer := &routingv1.SimulateHandoffsResponse{}
		for _, h := range part.GetHandoffs() {
			if !slices.Equal(h.GetRequirements(), []int32{1}) {
				return fault.Field("handoffs", "asks for %v", h.GetRequirements())
			}
			answer.Assignments = append(answer.Assignments, &routingv1.WouldBeAssignment{Number: h.GetNumber(), Tier: "T1", Rep: "reps/ann", Pool: "pools/east", AssignTime: h.GetMqlTime(),
				AssignDate: &datepb.Date{Year: 2026, Month: 3, Day: 2}})
		}
		if err := stream.Send(answer); err != nil {
			return err
		}
	}
}

func (p *past) SimulateClocks(stream grpc.ClientStreamingServer[slav1.SimulateClocksRequest, slav1.SimulateClocksResponse]) error {
	n := int64(0)
	for {
		part, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return stream.SendAndClose(&slav1.SimulateClocksResponse{Clocks: []*slav1.ClockLoad{{Kind: "accept", Tier: "T1", ClockCount: n}},
				UncountedKinds: []string{"disposition"}, MissingCalendars: []string{"calendars/night"}})
		}
		if err != nil {
			return err
		}
		n += int64(len(part.GetHandoffs()))
	}
}

// simulate simulates a version and gives the result.
func (b bench) simulate(ctx context.Context, req *playbookv1.SimulatePlaybookRequest) (*playbookv1.Simulation, error) {
	parts, err := b.client.SimulatePlaybook(ctx, req)
	if err != nil {
		return nil, err
	}
	for {
		part, err := parts.Recv()
		if err != nil || part.GetSimulation() != nil {
			return part.GetSimulation(), err
		}
	}
}

// declined fails the test unless a stream was refused with a code. What a service says of another's refusal is its own.
func declined(t *testing.T, what string, err error, code codes.Code) {
	t.Helper()
	if f := fault.As(err); f == nil || status.Code(f.Cause) != code {
		t.Errorf("%s: got %v, want %v", what, err, code)
	}
}

func TestASimulationPutsTogetherWhatTheServicesSay(t *testing.T) {
	eachWith(t, func(t *testing.T, b bench, p *past) {
		p.goOn <- struct{}{}
		got, err := b.simulate(marketer(t.Context()), &playbookv1.SimulatePlaybookRequest{Yaml: minimal(t), Period: durationpb.New(10 * 24 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		asked := <-p.asked
		want := []*scoringv1.ClosedKind{{FirstMatch: proto.Int32(0)}, {FirstMatch: proto.Int32(2), Disqualified: true}, {Intent: playbookv1.IntentLevel_INTENT_LEVEL_LOW}}
		if diff := cmp.Diff(want, asked.GetDraft().GetClosedKinds(), protocmp.Transform()); asked.GetBaseline() != nil || diff != "" {
			t.Errorf("scoring was asked %v (-want +got):\n%s", asked, diff)
		}
		if end := asked.GetEndTime().AsTime(); !end.Equal(roomtest.Start) || end.Sub(asked.GetStartTime().AsTime()) != 10*24*time.Hour {
			t.Errorf("the period is from %v to %v", asked.GetStartTime().AsTime(), end)
		}
		draft := got.GetDraftFigures()
		if cautions := got.GetCautions(); len(cautions) != 1 || cautions[0] != "the draft looks ahead" {
			t.Errorf("it cautions %q", cautions)
		}
		if got.GetLeadCount() != 7 || draft.GetMqlCount() != 1 || draft.GetTiers()[0].GetTier() != "T1" || got.GetGained().GetReasons()[0].GetReason() != "criterion size_fit" ||
			draft.GetLoad().GetReps()[0].GetRep() != "reps/ann" || draft.GetClocks()[0].GetClockCount() != 1 ||
			!slices.Equal(draft.GetUncountedClocks(), []string{"disposition"}) || !slices.Equal(draft.GetMissingCalendars(), []string{"calendars/night"}) || got.GetActivation().GetLeads()[0].GetRep() != "reps/ann" {
			t.Errorf("got %v", got)
		}
	})
}

func TestOneSimulationAtATimeAndACancelledOneMakesRoom(t *testing.T) {
	eachWith(t, func(t *testing.T, b bench, p *past) {
		req := &playbookv1.SimulatePlaybookRequest{Yaml: minimal(t)}
		ctx, cancel := context.WithCancel(marketer(t.Context()))
		ended := make(chan error)
		go func() {
			_, err := b.simulate(ctx, req)
			ended <- err
		}()
		<-p.asked
		_, err := b.simulate(seller(t.Context()), req)
		declined(t, "a second simulation", err, codes.ResourceExhausted)
		cancel()
		if err := <-ended; err == nil {
			t.Error("a cancelled simulation had a result")
		}
		<-p.left
		p.goOn <- struct{}{}
		for { // the server hears of it a moment later
			got, err := b.simulate(seller(t.Context()), req)
			if err == nil && got.GetLeadCount() == 7 {
				return
			}
			if t.Context().Err() != nil {
				t.Fatal("no room was made")
			}
		}
	})
}

func TestAPeriodIsRefusedThatCannotBeSimulated(t *testing.T) {
	eachWith(t, func(t *testing.T, b bench, _ *past) {
		now := timestamppb.New(b.Clock.Now())
		later := timestamppb.New(b.Clock.Now().Add(time.Microsecond))
		for what, req := range map[string]*playbookv1.SimulatePlaybookRequest{
			"the future": {EndTime: later}, "an empty period": {StartTime: now}, "three years": {StartTime: timestamppb.New(b.Clock.Now().AddDate(-3, 0, 0))},
			"two lengths": {StartTime: timestamppb.New(b.Clock.Now().AddDate(0, -1, 0)), Period: durationpb.New(time.Hour)},
		} {
			req.Yaml = minimal(t)
			_, err := b.simulate(marketer(t.Context()), req)
			declined(t, what, err, codes.InvalidArgument)
		}
		_, err := b.simulate(marketer(t.Context()), &playbookv1.SimulatePlaybookRequest{Name: "playbooks/7"})
		declined(t, "a version that does not exist", err, codes.NotFound)
	})
}

package playbook

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/hindsight"
)

// began is a handoff that would begin: what routing needs of it, and nothing else, because there may be very many.
type began struct {
	at, closes       time.Time
	lead             string
	firstMatch       int32 // -1 for none
	target           bool
	intent           playbookv1.IntentLevel
	owner, dealOwner string
	source, sourceID string
	requirements     []int32
}

func beganAt(lead string, q *scoringv1.ReplayedQualification) began {
	b := began{at: q.GetMqlTime().AsTime(), lead: lead, firstMatch: -1, target: q.GetTarget(), intent: q.GetIntent(), owner: q.GetOwner(),
		dealOwner: q.GetOpportunityOwner(), source: q.GetSource(), sourceID: q.GetSourceId(),
		requirements: q.GetRequirements()}
	if q.FirstMatch != nil {
		b.firstMatch = q.GetFirstMatch()
	}
	if q.GetCloseTime() != nil {
		b.closes = q.GetCloseTime().AsTime()
	}
	return b
}

// wouldBe is the handoff as routing is asked about it.
func (b *began) wouldBe(number int) *routingv1.WouldBeHandoff {
	h := &routingv1.WouldBeHandoff{Number: int64(number), MqlTime: timestamppb.New(b.at), Target: b.target, Intent: b.intent, Owner: b.owner,
		OpportunityOwner: b.dealOwner, Source: b.source, SourceId: b.sourceID, Lead: b.lead,
		Requirements: b.requirements}
	if b.firstMatch >= 0 {
		h.FirstMatch = &b.firstMatch
	}
	if !b.closes.IsZero() {
		h.CloseTime = timestamppb.New(b.closes)
	}
	return h
}

// trial is handoffs that are given to reps by one version.
type trial struct {
	*candidate
	handoffs []began // in the order in which they would begin
	asItIs   bool
	end      time.Time
	each     func(of *began, a *routingv1.WouldBeAssignment) error // told of each that is settled
	told     func(done int64) error                                // told how far it is
}

// perPart is how many handoffs are told in one message.
const perPart = 1000

// assign gives the handoffs of a trial to reps.
func (s *simulation) assign(ctx context.Context, t *trial) (*hindsight.Load, error) {
	load := hindsight.NewLoad()
	if len(t.handoffs) == 0 {
		return load, nil
	}
	slices.SortFunc(t.handoffs, func(a, b began) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.lead, b.lead)) })
	group, ctx := errgroup.WithContext(ctx)
	stream, err := s.cfg.Routing.SimulateHandoffs(ctx)
	if err != nil {
		return nil, err
	}
	group.Go(func() error {
		for from := 0; from < len(t.handoffs); from += perPart {
			part := &routingv1.SimulateHandoffsRequest{}
			if from == 0 {
				part.Document, part.AsThingsStand, part.EndTime = t.document, t.asItIs, timestamppb.New(t.end)
			}
			for i := from; i < min(from+perPart, len(t.handoffs)); i++ {
				part.Handoffs = append(part.Handoffs, t.handoffs[i].wouldBe(i))
			}
			if err := stream.Send(part); err != nil {
				return ended(err)
			}
		}
		return stream.CloseSend()
	})
	group.Go(func() error {
		for done := int64(0); ; {
			part, err := stream.Recv()
			if errors.Is(err, io.EOF) {
				return nil
			}
			if err != nil {
				return err
			}
			for _, a := range part.GetAssignments() {
				load.Add(counted(a))
				if err := t.each(&t.handoffs[a.GetNumber()], a); err != nil {
					return err
				}
			}
			done += int64(len(part.GetAssignments()))
			if err := t.told(done); err != nil {
				return err
			}
		}
	})
	return load, group.Wait()
}

// ended hides that a stream is over from its sender: its receiver hears why.
func ended(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

func counted(a *routingv1.WouldBeAssignment) hindsight.Assignment {
	out := hindsight.Assignment{Rep: a.GetRep(), Pool: a.GetPool(), Held: a.GetHeld(), Queued: a.GetQueued(), Nurtured: a.GetNurture(),
		Disqualified: a.GetDisqualified()}
	if d := a.GetAssignDate(); d != nil {
		out.Day = time.Date(int(d.GetYear()), time.Month(d.GetMonth()), int(d.GetDay()), 0, 0, 0, 0, time.UTC)
	}
	return out
}

// clocks has the clocks of handoffs counted as they are given to reps.
type clocks struct {
	stream grpc.ClientStreamingClient[slav1.SimulateClocksRequest, slav1.SimulateClocksResponse]
	part   *slav1.SimulateClocksRequest
}

func (s *simulation) clocks(ctx context.Context, document *playbookv1.Document) (*clocks, error) {
	stream, err := s.cfg.SLA.SimulateClocks(ctx)
	return &clocks{stream: stream, part: &slav1.SimulateClocksRequest{Document: document}}, err
}

// add counts the clocks of a handoff.
func (c *clocks) add(of *began, a *routingv1.WouldBeAssignment) error {
	c.part.Handoffs = append(c.part.Handoffs, &slav1.WouldBeClocked{MqlTime: timestamppb.New(of.at), Tier: a.GetTier(), AssignTime: a.GetAssignTime(),
		Calendar: a.GetCalendar(), Nurture: a.GetNurture(), Disqualified: a.GetDisqualified()})
	if len(c.part.GetHandoffs()) < perPart {
		return nil
	}
	return c.flush()
}

func (c *clocks) flush() error {
	err := ended(c.stream.Send(c.part))
	c.part = &slav1.SimulateClocksRequest{}
	return err
}

// close gives the load.
func (c *clocks) close() (*slav1.SimulateClocksResponse, error) {
	if err := c.flush(); err != nil {
		return nil, err
	}
	return c.stream.CloseAndRecv()
}

package playbook

import (
	"context"
	"errors"
	"io"

	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/rehearsal"
)

// simulation is one rehearsal.
//
//	outcomes ──▶ leads ──▶ routing ──▶ clocks ──▶ result
type simulation struct {
	*Service
	period     rehearsal.Period
	candidates [2]candidate // by rehearsal.Baseline and rehearsal.Draft
	tally      *rehearsal.Tally
	examples   int
	replayed   *scoringv1.ReplayProgress
	activated  []*playbookv1.ActivatedLead // the first that would qualify now
	send       func(*playbookv1.SimulatePlaybookResponse) error
}

// simulation prepares a rehearsal.
func (s *Service) simulation(ctx context.Context, req *playbookv1.SimulatePlaybookRequest, period rehearsal.Period,
	send func(*playbookv1.SimulatePlaybookResponse) error,
) (*simulation, error) {
	sim := &simulation{Service: s, period: period, send: send, examples: usualExamples, replayed: &scoringv1.ReplayProgress{}}
	if n := int(req.GetExampleLimit()); n > 0 {
		sim.examples = min(n, mostExamples)
	}
	var err error
	if sim.candidates[rehearsal.Draft], err = s.draftOf(ctx, req); err != nil {
		return nil, err
	}
	if sim.candidates[rehearsal.Baseline], err = s.baselineOf(ctx, req); err != nil {
		return nil, err
	}
	for v := range sim.candidates {
		c := &sim.candidates[v]
		if c.document == nil {
			continue
		}
		described, err := s.cfg.Routing.DescribeRoutes(ctx, &routingv1.DescribeRoutesRequest{Document: c.document})
		if err != nil {
			return nil, err
		}
		c.routes = routes{described}
	}
	return sim, nil
}

// run rehearses.
func (s *simulation) run(ctx context.Context) (*playbookv1.Simulation, error) {
	deals, err := s.outcomes(ctx)
	if err != nil {
		return nil, err
	}
	s.tally = rehearsal.New(s.period, deals, s.examples)
	if err := s.replay(ctx); err != nil {
		return nil, err
	}
	return s.result(), nil
}

// tell says how far the rehearsal is.
func (s *simulation) tell(phase playbookv1.SimulationProgress_Phase, done, total int64) error {
	return s.send(&playbookv1.SimulatePlaybookResponse{Part: &playbookv1.SimulatePlaybookResponse_Progress{
		Progress: &playbookv1.SimulationProgress{Phase: phase, DoneCount: done, TotalCount: total}}})
}

// replay has the leads judged again, and adds them up as they come.
func (s *simulation) replay(ctx context.Context) error {
	leads, err := s.cfg.Scoring.ReplayLeads(ctx, &scoringv1.ReplayLeadsRequest{Baseline: s.candidates[rehearsal.Baseline].replayed(),
		Draft: s.candidates[rehearsal.Draft].replayed(), StartTime: timestamppb.New(s.period.Start), EndTime: timestamppb.New(s.period.End)})
	if err != nil {
		return err
	}
	for {
		part, err := leads.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, lead := range part.GetLeads() {
			s.add(lead)
		}
		s.replayed = part.GetProgress()
		if err := s.tell(playbookv1.SimulationProgress_PHASE_LEADS, s.replayed.GetLeadCount(), s.replayed.GetTotalLeadCount()); err != nil {
			return err
		}
	}
}

// add adds a lead to everything that is counted.
func (s *simulation) add(lead *scoringv1.ReplayedLead) {
	l := &rehearsal.Lead{ID: lead.GetLead(), Members: lead.GetMembers(), Account: lead.GetAccount(), Handoffs: lead.GetHandoffs(),
		Reason: reasonOf(lead.GetDisagreement()), Disqualifies: lead.GetDisqualifiedNow()}
	for v, all := range [][]*scoringv1.ReplayedQualification{rehearsal.Baseline: lead.GetBaseline(), rehearsal.Draft: lead.GetDraft()} {
		for _, q := range all {
			l.Found[v] = append(l.Found[v], s.candidates[v].qualification(q))
		}
	}
	if q := lead.GetActivation(); q != nil {
		now := s.candidates[rehearsal.Draft].qualification(q)
		l.Activates = &now
		s.activate(lead.GetLead(), now)
	}
	s.tally.Add(l)
}

// activate notes a lead that would qualify at once.
func (s *simulation) activate(lead string, q rehearsal.Qualification) {
	if len(s.activated) < s.examples {
		s.activated = append(s.activated, &playbookv1.ActivatedLead{Lead: lead, Cycle: q.Cycle, Tier: q.Tier})
	}
}

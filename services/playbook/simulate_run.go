package playbook

import (
	"context"
	"errors"
	"io"

	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/hindsight"
)

// simulation is one of a draft, from end to end.
//
//	outcomes ──▶ leads ──▶ routing ──▶ clocks ──▶ result
type simulation struct {
	*Service
	period     hindsight.Period
	candidates [2]candidate // by hindsight.Baseline and hindsight.Draft
	tally      *hindsight.Tally
	examples   int
	replayed   *scoringv1.ReplayProgress
	cautions   []string
	began      [2][]began // in the period, by version
	now        []began    // if the draft came into force now
	activated  []*playbookv1.ActivatedLead
	loads      [2]*hindsight.Load
	clocked    [2]*slav1.SimulateClocksResponse
	nowLoad    *hindsight.Load
	send       func(*playbookv1.SimulatePlaybookResponse) error
}

// simulation prepares one.
func (s *Service) simulation(ctx context.Context, req *playbookv1.SimulatePlaybookRequest, period hindsight.Period,
	send func(*playbookv1.SimulatePlaybookResponse) error,
) (*simulation, error) {
	sim := &simulation{Service: s, period: period, send: send, examples: usualExamples, replayed: &scoringv1.ReplayProgress{}}
	if n := int(req.GetExampleLimit()); n > 0 {
		sim.examples = min(n, mostExamples)
	}
	var err error
	if sim.candidates[hindsight.Draft], err = s.draftOf(ctx, req); err != nil {
		return nil, err
	}
	if sim.candidates[hindsight.Baseline], err = s.baselineOf(ctx, req); err != nil {
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

// run simulates.
func (s *simulation) run(ctx context.Context) (*playbookv1.Simulation, error) {
	deals, err := s.outcomes(ctx)
	if err != nil {
		return nil, err
	}
	s.tally = hindsight.New(s.period, deals, s.examples)
	if err := s.replay(ctx); err != nil {
		return nil, err
	}
	for v := range s.candidates {
		if err := s.load(ctx, v); err != nil {
			return nil, err
		}
	}
	if err := s.activate(ctx); err != nil {
		return nil, err
	}
	return s.result(), nil
}

// load gives the handoffs of a version to reps, and counts their clocks.
func (s *simulation) load(ctx context.Context, version int) error {
	c := &s.candidates[version]
	s.loads[version], s.clocked[version] = hindsight.NewLoad(), &slav1.SimulateClocksResponse{}
	if c.document == nil {
		return nil
	}
	counting, err := s.clocks(ctx, c.document)
	if err != nil {
		return err
	}
	trial := &trial{candidate: c, handoffs: s.began[version], end: s.period.End, each: counting.add, told: func(done int64) error {
		return s.tell(playbookv1.SimulationProgress_PHASE_ROUTING, done, int64(len(s.began[version])))
	}}
	if s.loads[version], err = s.assign(ctx, trial); err != nil {
		return err
	}
	handoffs := int64(len(s.began[version]))
	if err := s.tell(playbookv1.SimulationProgress_PHASE_CLOCKS, 0, handoffs); err != nil {
		return err
	}
	if s.clocked[version], err = counting.close(); err != nil {
		return err
	}
	return s.tell(playbookv1.SimulationProgress_PHASE_CLOCKS, handoffs, handoffs)
}

// activate gives the leads that would qualify now to the reps of now.
func (s *simulation) activate(ctx context.Context) (err error) {
	trial := &trial{candidate: &s.candidates[hindsight.Draft], handoffs: s.now, asItIs: true, end: s.period.AsOf,
		told: func(int64) error { return nil }}
	named := map[string]*playbookv1.ActivatedLead{}
	for _, lead := range s.activated {
		named[lead.GetLead()] = lead
	}
	trial.each = func(of *began, a *routingv1.WouldBeAssignment) error {
		if lead := named[of.lead]; lead != nil {
			lead.Rep = a.GetRep()
		}
		return nil
	}
	s.nowLoad, err = s.assign(ctx, trial)
	return err
}

// tell says how far the simulation is.
func (s *simulation) tell(phase playbookv1.SimulationProgress_Phase, done, total int64) error {
	return s.send(&playbookv1.SimulatePlaybookResponse{Part: &playbookv1.SimulatePlaybookResponse_Progress{
		Progress: &playbookv1.SimulationProgress{Phase: phase, DoneCount: done, TotalCount: total}}})
}

// replay has the leads judged again, and adds them up as they come.
func (s *simulation) replay(ctx context.Context) error {
	leads, err := s.cfg.Scoring.ReplayLeads(ctx, &scoringv1.ReplayLeadsRequest{Baseline: s.candidates[hindsight.Baseline].replayed(),
		Draft: s.candidates[hindsight.Draft].replayed(), StartTime: timestamppb.New(s.period.Start), EndTime: timestamppb.New(s.period.End)})
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
		s.replayed, s.cautions = part.GetProgress(), part.GetCautions()
		if err := s.tell(playbookv1.SimulationProgress_PHASE_LEADS, s.replayed.GetLeadCount(), s.replayed.GetTotalLeadCount()); err != nil {
			return err
		}
	}
}

// add adds a lead to everything that is counted.
func (s *simulation) add(lead *scoringv1.ReplayedLead) {
	l := &hindsight.Lead{ID: lead.GetLead(), Members: lead.GetMembers(), Account: lead.GetAccount(), Handoffs: lead.GetHandoffs(),
		Reason: reasonOf(lead.GetDisagreement()), Disqualifies: lead.GetDisqualifiedNow()}
	for v, all := range [][]*scoringv1.ReplayedQualification{hindsight.Baseline: lead.GetBaseline(), hindsight.Draft: lead.GetDraft()} {
		for _, q := range all {
			found := s.candidates[v].qualification(q)
			l.Found[v] = append(l.Found[v], found)
			if s.period.Holds(found.At) {
				s.began[v] = append(s.began[v], beganAt(lead.GetLead(), q))
			}
		}
	}
	if q := lead.GetActivation(); q != nil {
		now := s.candidates[hindsight.Draft].qualification(q)
		l.Activates = &now
		s.now = append(s.now, beganAt(lead.GetLead(), q))
		if len(s.activated) < s.examples {
			s.activated = append(s.activated, &playbookv1.ActivatedLead{Lead: lead.GetLead(), Cycle: now.Cycle, Tier: now.Tier})
		}
	}
	s.tally.Add(l)
}

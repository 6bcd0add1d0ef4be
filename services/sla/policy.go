package sla

import (
	"context"
	"fmt"
	"strings"
	"time"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/policy"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/burst"
	"github.com/handoffhq/handoff/services/sla/internal/compliance"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// agreement is what the service makes of a playbook.
type agreement struct {
	clocks   deadline.Policy
	promises compliance.Promises
	haste    haste
	ladders  map[deadline.Kind][]*playbookv1.EscalationStep // whom to tell and what to do, where clocks say when
}

// policy is a version of the playbook. Whoever causes it to be fetched, it is the suite that needs it.
func (s *Service) policy(ctx context.Context, q sqldb.Querier, number int64) (agreement, error) {
	version, err := s.shelf.Get(auth.WithActor(ctx, auth.Service(eventlog.SLA)), q, number)
	return version.Policy, err
}

// active is the version in force at an instant, and its name; not ok before the first.
func (s *Service) active(ctx context.Context, q sqldb.Querier, asOf time.Time) (a agreement, name string, ok bool, err error) {
	version, err := s.shelf.Active(auth.WithActor(ctx, auth.Service(eventlog.SLA)), q, asOf)
	if f := fault.As(err); f != nil && f.Reason == errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_NOT_ACTIVE {
		return agreement{}, "", false, nil
	}
	return version.Policy, version.Name(), err == nil, err
}

// compile reads a playbook.
func compile(signed *playbookv1.Document) (agreement, error) {
	sla := policy.WithDefaults(signed).GetSla()
	a := agreement{promises: promises(sla.GetCommitments()), haste: bursts(sla), ladders: map[deadline.Kind][]*playbookv1.EscalationStep{}, clocks: deadline.Policy{Calendar: sla.GetCalendar(),
		Trusted: sla.GetTrustedSources(), Pauses: pauses(sla.GetPauses()),
		LateLogging: sla.GetLateLogging().AsDuration(), Rules: map[deadline.Kind]deadline.Rule{}}}
	for name, clock := range sla.GetClocks() {
		kind := deadline.Kind(name)
		if kind == deadline.Attempted {
			return agreement{}, fmt.Errorf("the clock %q is that of a plan of attempts", name)
		}
		if kind.Own() && len(clock.GetMetBy()) == 0 {
			return agreement{}, fmt.Errorf("nothing meets the clock %q", name)
		}
		steps := sla.GetEscalate()[name].GetSteps()
		if len(steps) > deadline.MaxSteps {
			return agreement{}, fmt.Errorf("the ladder of %s has more than %d steps", name, deadline.MaxSteps)
		}
		a.ladders[kind], a.clocks.Rules[kind] = steps, rule(clock, steps)
	}
	if plan := sla.GetAttempts(); plan != nil {
		steps := sla.GetEscalate()[deadline.Attempted.String()].GetSteps()
		if len(steps) > deadline.MaxSteps {
			return agreement{}, fmt.Errorf("the ladder of attempts has more than %d steps", deadline.MaxSteps)
		}
		a.ladders[deadline.Attempted], a.clocks.Rules[deadline.Attempted] = steps, attempts(plan, steps)
	}
	return a, nil
}

// attempts is the rule of a plan of attempts.
func attempts(plan *playbookv1.AttemptPlan, ladder []*playbookv1.EscalationStep) deadline.Rule {
	r := rule(&playbookv1.ClockPolicy{Unit: plan.GetUnit(), From: plan.GetFrom(), AtRisk: plan.GetAtRisk(), Only: plan.GetOnly()}, ladder)
	for _, step := range plan.GetPlan() {
		r.Plan = append(r.Plan, deadline.Planned{Channel: channels()[step.GetChannel()], Within: budget(step.GetWithin()), After: budget(step.GetAfterPrevious())})
	}
	return r
}

// channels are what attempts are made by.
func channels() map[playbookv1.AttemptChannel]deadline.Deed {
	return map[playbookv1.AttemptChannel]deadline.Deed{
		playbookv1.AttemptChannel_ATTEMPT_CHANNEL_CALL:    deadline.CallAttempt,
		playbookv1.AttemptChannel_ATTEMPT_CHANNEL_EMAIL:   deadline.Email,
		playbookv1.AttemptChannel_ATTEMPT_CHANNEL_MESSAGE: deadline.Message,
		playbookv1.AttemptChannel_ATTEMPT_CHANNEL_ANY:     deadline.Touch,
	}
}

func rule(clock *playbookv1.ClockPolicy, ladder []*playbookv1.EscalationStep) deadline.Rule {
	r := deadline.Rule{Terms: terms(clock), Only: clock.GetOnly(), Strict: clock.GetStrict(),
		Business: clock.GetUnit() == playbookv1.TimeUnit_TIME_UNIT_BUSINESS, From: deadline.Anchor(clock.GetFrom()), OnReassign: deadline.OnReassign(clock.GetOnReassign()),
		Tiers: make(map[string]deadline.Terms, len(clock.GetTiers()))}
	for _, asked := range clock.GetMetBy() {
		r.MetBy = append(r.MetBy, deadline.Deed(asked)) // numbered alike, and so are the ends
	}
	for _, end := range clock.GetCancelledBy() {
		r.CancelledBy = append(r.CancelledBy, deadline.End(end))
	}
	for tier, special := range clock.GetTiers() {
		r.Tiers[tier] = terms(special)
	}
	for _, step := range ladder {
		r.Ladder = append(r.Ladder, step.GetAt())
	}
	return r
}

func pauses(p *playbookv1.PausePolicy) deadline.Pauses {
	rules := deadline.Pauses{AtMost: map[deadline.PauseReason]deadline.Budget{}, PerHandoff: int(p.GetPerHandoff())}
	for name, t := range p.GetReasons() {
		rules.AtMost[deadline.PauseReason(strings.ToUpper(name))] = budget(t.GetAtMost())
	}
	return rules
}

func bursts(sla *playbookv1.SlaPolicy) haste {
	b := sla.GetBursts()
	return haste{rule: burst.Rule{Count: int(b.GetCount()), Within: b.GetWithin().AsDuration()}, counts: b.GetCountThem(), trusted: sla.GetTrustedSources()}
}

// terms are what a clock, or one of its tiers, allows.
func terms(agreed interface {
	GetWithin() *playbookv1.Budget
	GetAtRisk() *playbookv1.AtRisk
	GetGoal() *playbookv1.Budget
}) deadline.Terms {
	risk := agreed.GetAtRisk()
	return deadline.Terms{Within: budget(agreed.GetWithin()), Warn: deadline.Warning{Share: risk.GetShare(), After: budget(risk.GetAfter())},
		Goal: budget(agreed.GetGoal())}
}

func budget(b *playbookv1.Budget) deadline.Budget {
	return deadline.Budget{Time: b.GetTime().AsDuration(), Days: int(b.GetDays())}
}

func promises(c *playbookv1.Commitments) compliance.Promises {
	var p compliance.Promises
	if m := c.GetMarketing(); m != nil {
		p.CriteriaMet, p.ContextComplete = promise(m.GetCriteriaMet()), promise(m.GetContextComplete())
		p.AssignedInTime = promise(m.GetAssignedInTime())
		if m.GetMqlVolume() != nil {
			p.MQLVolume = &m.MqlVolume.PerMonth
		}
	}
	if s := c.GetSales(); s != nil {
		p.FirstTouchInTime, p.DispositionComplete = promise(s.GetFirstTouchInTime()), promise(s.GetDispositionComplete())
		p.AcceptedInTime, p.DispositionInTime, p.Contacted = promise(s.GetAcceptedInTime()), promise(s.GetDispositionInTime()), promise(s.GetContacted())
	}
	return p
}

func promise(p *playbookv1.Promise) *compliance.Promise {
	if p == nil {
		return nil
	}
	return &compliance.Promise{Share: p.GetShare(), Strict: p.GetStrict()}
}

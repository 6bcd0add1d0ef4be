package apisuite

import (
	"context"
	"maps"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	testclockv1 "github.com/handoffhq/handoff/gen/go/handoff/testclock/v1"
)

// Transcript is what a suite answered, in order: to the steps that each transport can take.
type Transcript []Entry

// Entry is one answer.
type Entry struct {
	Scenario, Step string // the step's position
	Answer         string // as JSON
}

// telling tells scenarios to a suite, one after another.
type telling struct {
	suite     *Suite
	transport Transport
	run       string
	captured  map[string]map[string]any // by scenario
	entries   Transcript
}

// Tell tells the scenarios to a suite over one transport, each as a subtest; run tells this telling from others to the
// same suite. A suite that runs by itself is told those alone that hold there.
func (s *Suite) Tell(t *testing.T, transport Transport, run string, scenarios []*Scenario) Transcript {
	t.Helper()
	w := &telling{suite: s, transport: transport, run: run, captured: map[string]map[string]any{}}
	for _, scenario := range scenarios {
		if s.Lockstep || scenario.Split {
			t.Run(scenario.Name, func(t *testing.T) { w.tell(t, scenario) })
		}
	}
	return w.entries
}

// tell tells one scenario. What it captured before it failed is kept, so that others show their own failures.
func (w *telling) tell(t *testing.T, scenario *Scenario) {
	a := &act{telling: w, t: t, scenario: scenario, vars: map[string]any{}, tokens: map[string]string{}}
	w.captured[scenario.Name] = a.vars
	for _, other := range scenario.Needs {
		maps.Copy(a.vars, w.captured[other])
	}
	for name, is := range scenario.people {
		subject, err := a.scope().text(is.Subject)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		a.vars[name] = subject
	}
	for _, s := range scenario.steps {
		switch {
		case s.advance != 0:
			a.advance(s)
		case s.over(w.transport):
			a.take(s)
		}
	}
}

// act is one scenario being told.
type act struct {
	*telling
	t        *testing.T
	scenario *Scenario
	vars     map[string]any
	tokens   map[string]string // by subject
}

func (a *act) scope() scope {
	return scope{scenario: a.scenario.Name, run: a.run, vars: a.vars,
		now: func() (time.Time, error) { return a.suite.time(a.t.Context()) }}
}

// advance moves the test clock.
func (a *act) advance(s *step) {
	a.t.Helper()
	now, err := a.suite.time(a.t.Context())
	if err != nil {
		a.t.Fatalf("%s: %v", s.at, err)
	}
	ctx, clock, err := a.suite.clock(a.t.Context())
	if err != nil {
		a.t.Fatalf("%s: %v", s.at, err)
	}
	to := timestamppb.New(now.Add(s.advance))
	if _, err := clock.AdvanceTestClock(ctx, &testclockv1.AdvanceTestClockRequest{To: to}); err != nil {
		a.t.Fatalf("%s: advance: %v", s.at, err)
	}
}

// pollEvery is how long to wait before a step that holds eventually is taken again, patience how long to go on with it.
const (
	pollEvery = 20 * time.Millisecond
	patience  = 10 * time.Minute
)

// until gives a context for going on with a step, which ends before the test does.
func (a *act) until() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(a.t.Context(), patience)
	if end, ok := a.t.Deadline(); ok {
		ctx, last := context.WithDeadline(ctx, end.Add(-pollEvery))
		return ctx, func() { last(); cancel() }
	}
	return ctx, cancel
}

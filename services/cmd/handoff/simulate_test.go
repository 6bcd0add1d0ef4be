package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

func TestASimulationThatCannotBeAskedForIsRefusedAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "draft.yaml", "playbook: acme\n")
	draft := filepath.Join(dir, "draft.yaml")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{draft, "--period=90"}, `--period: "90" is not a number of days or weeks`},
		{[]string{draft, "--period=0d"}, "--period"},
		{[]string{draft, "--period=9000d"}, "--period"},
		{[]string{draft, "--to=yesterday"}, "yesterday"},
		{[]string{draft, "--to=2026-02-30"}, "2026-02-30"},
		{[]string{filepath.Join(dir, "none.yaml")}, "none.yaml"},
		{[]string{draft, "--against=" + draft}, "draft.yaml\" is not a version"},
		{[]string{draft, "--against="}, "--against"},
		{nil, "arg"},
	} {
		out, problems, status := handoff(t, append([]string{"playbook", "simulate"}, c.args...)...)
		if status != 1 || out != "" || !strings.Contains(problems, c.want) {
			t.Errorf("%v: got status %d, output %q and %q; want status 1 and a word of %q", c.args, status, out, problems, c.want)
		}
	}
}

func TestASimulationTakesVersionsByTheirShortNames(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ draft, against, name, baseline string }{
		{"4", "2", "playbooks/4", "playbooks/2"},
		{"active", "active", "playbooks/active", "playbooks/active"},
		{"playbooks/4", "playbooks/2", "playbooks/4", "playbooks/2"},
		{"4", "", "playbooks/4", ""},
	} {
		s := simulateFlags{period: "90d", against: c.against}
		req, err := s.request(&cobra.Command{}, c.draft)
		if err != nil || req.GetName() != c.name || req.GetBaseline() != c.baseline || req.GetYaml() != "" {
			t.Errorf("%s against %q: got %v and %v", c.draft, c.against, req, err)
		}
	}
}

func TestOutcomesAreCountedWhileNobodyKnowsHowManyThereAre(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := newBar(&out, "")
	b.out = &out
	follow(b, &playbookv1.SimulationProgress{Phase: playbookv1.SimulationProgress_PHASE_OUTCOMES, DoneCount: 1000})
	follow(b, &playbookv1.SimulationProgress{Phase: playbookv1.SimulationProgress_PHASE_OUTCOMES, DoneCount: 1200})
	follow(b, &playbookv1.SimulationProgress{Phase: playbookv1.SimulationProgress_PHASE_LEADS, DoneCount: 1, TotalCount: 2})
	lines := strings.Split(out.String(), "\n")
	if len(lines) != 2 || !strings.HasPrefix(lines[0], "\rreading outcomes 1,000\rreading outcomes 1,200\rreading outcomes [====") || !strings.Contains(lines[1], "judging leads [====") {
		t.Errorf("it showed %q", lines)
	}
}

func TestABarThatShowedNothingEndsSilently(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := newBar(&out, "")
	b.out = &out
	b.done()
	if out.Len() > 0 {
		t.Errorf("it showed %q", out.String())
	}
}

func TestABarShowsEachPhaseOnALineOfItsOwn(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := newBar(&out, "")
	b.turn("judging leads")
	b.show(1)
	if out.Len() > 0 {
		t.Errorf("%q was shown to somebody who is no terminal", out.String())
	}
	b.out = &out
	for _, what := range []string{"judging leads", "giving them to reps"} {
		b.turn(what)
		b.show(0.5)
		b.show(0.5)
		b.show(1)
	}
	b.done()
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 2 || strings.Count(lines[0], "\r") != 3 || !strings.Contains(lines[0], "judging leads [") || !strings.Contains(lines[1], "giving them to reps [====================   ") {
		t.Errorf("the bar was %q", lines)
	}
}

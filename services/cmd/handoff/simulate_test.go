package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
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
		{nil, "arg"},
	} {
		out, problems, status := handoff(t, append([]string{"playbook", "simulate"}, c.args...)...)
		if status != 1 || out != "" || !strings.Contains(problems, c.want) {
			t.Errorf("%v: got status %d, output %q and %q; want status 1 and a word of %q", c.args, status, out, problems, c.want)
		}
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

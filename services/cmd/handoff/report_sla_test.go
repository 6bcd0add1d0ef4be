package main

import (
	"strings"
	"testing"
	_ "time/tzdata"

	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

func TestTheReportOfBothTeamsInEachFormat(t *testing.T) {
	t.Parallel()
	r := &slav1.ComplianceReport{Period: "2026-W10", TimeZone: "UTC"}
	for format, want := range map[string]string{"text": "\nPromises of both teams:", "markdown": "# Promises of both teams:", "html": "<!doctype html>", "csv": "period,start_time,"} {
		var out strings.Builder
		if err := writeSLA(&out, r, format, nil); err != nil || !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s: got %v and\n%s", format, err, out.String())
		}
		if full := strings.Contains(out.String(), "By rep"); full != (format == "html") {
			t.Errorf("%s: shows every slice: %v", format, full)
		}
	}
}

func TestTheReportOfBothTeamsRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ args, want string }{
		{"--by=mood", "--by is one of rep, team, tier, source"},
		{"-o=pdf", "--output is text, json, markdown, html or csv"},
	} {
		cmd := slaReportCommand()
		cmd.SetArgs(strings.Fields(test.args))
		cmd.SilenceUsage, cmd.SilenceErrors = true, true
		if err := cmd.Execute(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.args, err, test.want)
		}
	}
}

func TestAPeriodIsNamedInShort(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"2026-05", "slaPeriods/2026-05"} {
		if got := slaPeriodName(name); got != "slaPeriods/2026-05" {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

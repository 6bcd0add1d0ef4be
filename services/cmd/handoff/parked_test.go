package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	journeyv1 "github.com/handoffhq/handoff/gen/go/handoff/journey/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing"
)

// park puts events into routing's lines: one of a lead that cannot be read, with one behind it, and one of another lead
// whose cause is gone.
func park(t *testing.T, where []string) {
	t.Helper()
	migrations, err := routing.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	cfg := sqldb.Config{Service: eventlog.Routing, Dir: where[1], Migrations: migrations}
	if len(where) > 2 {
		cfg.Dir, cfg.URL = "", where[3]
	}
	db, err := sqldb.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	err = db.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		for i, e := range []struct {
			key      string
			body     []byte
			attempts int64
		}{{"leads/a", []byte{0xff}, 5}, {"leads/a", []byte{}, 0}, {"leads/b", []byte{}, 5}} {
			if _, err := tx.Exec(ctx, `INSERT INTO parked (source, pos, key, seq, event, attempts, error, parked_at, changes)
				VALUES ('scoring', $1, $2, 1, $3, $4, 'is broken', 0, 0)`, int64(i+17), e.key, e.body, e.attempts); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestParkedEventsAreTreatedFromTheTerminal(t *testing.T) {
	t.Parallel()
	for name, where := range databases(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := where(t)
			park(t, args)
			in := install(t, args)

			const event = "services/routing/parkedEvents/scoring-17"
			for _, step := range []struct {
				args   []string
				want   []string
				status int
			}{
				{[]string{"list"}, []string{event, "STUCK", "leads/a", "is broken", "scoring-18", "QUEUED"}, 0},
				{[]string{"list", "routing", "-o=json"}, []string{`"STATE_STUCK"`, `"17"`}, 0},
				{[]string{"list", "sla"}, []string{"nothing is parked"}, 0},
				{[]string{"list", "billing"}, []string{"services/billing does not exist (RESOURCE_NOT_FOUND)"}, 1},
				{[]string{"replay", event}, []string{event, "RETRYING", "cannot parse"}, 1},
				{[]string{"replay", "services/routing/parkedEvents/scoring-19"}, []string{"scoring-19 is applied"}, 0},
				{[]string{"skip", event}, []string{"--reason says why"}, 1},
				{[]string{"skip", event, "--reason=cannot be read"}, []string{event + " is skipped"}, 0},
				{[]string{"replay", event}, []string{event + " does not exist (RESOURCE_NOT_FOUND)"}, 1},
				{[]string{"list"}, []string{"nothing is parked"}, 0},
			} {
				out, problems, status := handoff(t, append(append([]string{"parked"}, step.args...), "--address="+in.address, "--data="+in.data)...)
				for _, want := range step.want {
					if !strings.Contains(out+problems, want) {
						t.Errorf("%v: no %q in\n%s%s", step.args, want, out, problems)
					}
				}
				if status != step.status {
					t.Errorf("%v: got status %d, want %d:\n%s%s", step.args, status, step.status, out, problems)
				}
			}
		})
	}
}

func TestAListSaysOfWhichServicesItKnowsNothing(t *testing.T) {
	t.Parallel()
	cmd, f := &cobra.Command{}, clientFlags{output: "text"}
	var out, problems bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&problems)
	err := f.printParked(cmd, &journeyv1.ListParkedEventsResponse{Unreachable: []string{"services/routing", "services/sla"}})
	var status exitError
	if !errors.As(err, &status) || status != 1 || out.Len() != 0 || !strings.Contains(problems.String(), "services/routing, services/sla") {
		t.Errorf("got %v, %q and %q", err, &out, &problems)
	}
}

package app_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/app/apptest"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/demo"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/internal/telemetry"
)

// month is a suite after a month of a made-up company.
type month struct {
	ctx       context.Context
	conn      func(subject string, roles ...accessv1.Role) grpc.ClientConnInterface
	playbooks playbookv1.PlaybookServiceClient
}

func eachMonth(t *testing.T, leads int, test func(t *testing.T, m *month)) {
	t.Helper()
	t.Parallel()
	for name, database := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return sqldbtest.Postgres(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, playMonth(t, database(), leads))
		})
	}
}

func playMonth(t *testing.T, database string, leads int) *month {
	t.Helper()
	a := apptest.Run(t, app.Config{DataDir: t.TempDir(), DatabaseURL: database, GRPCAddr: "-", HTTPAddr: "-", TestClock: true, Start: demo.Start,
		Telemetry: telemetry.Config{SampleRatio: -1}})
	connect := func(subject string, kind accessv1.ActorKind, roles ...accessv1.Role) (grpc.ClientConnInterface, error) {
		return a.Connect(auth.Grant{Subject: subject, Kind: kind, Roles: roles, TTL: time.Hour})
	}
	if _, err := demo.Play(t.Context(), demo.Config{Seed: "simulate", Leads: leads, Connect: connect}); err != nil {
		t.Fatal(err)
	}
	m := &month{ctx: t.Context(), conn: func(subject string, roles ...accessv1.Role) grpc.ClientConnInterface {
		conn, err := connect(subject, accessv1.ActorKind_ACTOR_KIND_PERSON, roles...)
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}}
	m.playbooks = playbookv1.NewPlaybookServiceClient(m.conn("mia", accessv1.Role_ROLE_MARKETING_LEAD))
	return m
}

// simulate rehearses a version and gives the result.
func (m *month) simulate(t *testing.T, req *playbookv1.SimulatePlaybookRequest) *playbookv1.Simulation {
	t.Helper()
	parts, err := m.playbooks.SimulatePlaybook(m.ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	var result *playbookv1.Simulation
	for {
		part, err := parts.Recv()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		result = part.GetSimulation()
	}
	if result == nil {
		t.Fatal("the stream ended without a result")
	}
	return result
}

func TestTheReplayOfTheActiveVersionIsWhatReallyHappened(t *testing.T) {
	eachMonth(t, 300, func(t *testing.T, m *month) {
		got := m.simulate(t, &playbookv1.SimulatePlaybookRequest{Name: "playbooks/active"})
		t.Log(strings.ReplaceAll(got.String(), "  ", " "))
		recorded := got.GetAgreement().GetRecordedCount()
		if recorded == 0 || got.GetAgreement().GetReproducedCount() != recorded || got.GetBaselineFigures().GetMqlCount() != recorded {
			t.Errorf("%d handoffs were recorded; the replay has %d, and %d at the same instants", recorded,
				got.GetBaselineFigures().GetMqlCount(), got.GetAgreement().GetReproducedCount())
		}
	})
}

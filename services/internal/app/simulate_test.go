package app_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	testclockv1 "github.com/handoffhq/handoff/gen/go/handoff/testclock/v1"
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
	play      func() error // plays it again, or what is left of it
	conn      func(subject string, roles ...accessv1.Role) grpc.ClientConnInterface
	playbooks playbookv1.PlaybookServiceClient
}

func eachMonth(t *testing.T, leads int, test func(t *testing.T, m *month)) {
	t.Helper()
	t.Parallel()
	for name, database := range map[string]func() string{"sqlite": func() string { return "" }, "postgres": func() string { return sqldbtest.Postgres(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, playMonth(t, database(), "simulate", leads))
		})
	}
}

func playMonth(t *testing.T, database, seed string, leads int) *month {
	t.Helper()
	a := apptest.Run(t, app.Config{DataDir: t.TempDir(), DatabaseURL: database, GRPCAddr: "-", HTTPAddr: "-", TestClock: true, Start: demo.Start,
		Telemetry: telemetry.Config{SampleRatio: -1}})
	connect := func(subject string, kind accessv1.ActorKind, roles ...accessv1.Role) (grpc.ClientConnInterface, error) {
		return a.Connect(auth.Grant{Subject: subject, Kind: kind, Roles: roles, TTL: time.Hour})
	}
	play := func() error {
		_, err := demo.Play(t.Context(), demo.Config{Seed: seed, Leads: leads, Connect: connect})
		return err
	}
	if err := play(); err != nil {
		t.Fatal(err)
	}
	m := &month{ctx: t.Context(), play: play, conn: func(subject string, roles ...accessv1.Role) grpc.ClientConnInterface {
		conn, err := connect(subject, accessv1.ActorKind_ACTOR_KIND_PERSON, roles...)
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}}
	m.playbooks = playbookv1.NewPlaybookServiceClient(m.conn("mia", accessv1.Role_ROLE_MARKETING_LEAD))
	return m
}

// simulate simulates a version and gives the result.
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

// TestAMonthIsSimulatedAsItHappens simulates two versions after a month: the one in force, which must begin what really
// began, and a lower one, which is then brought into force.
func TestAMonthIsSimulatedAsItHappens(t *testing.T) {
	eachMonth(t, 150, func(t *testing.T, m *month) {
		t.Run("the replay of the active version is what really happened", m.replayed)
		t.Run("what is said of an activation is what it does", m.foretold)
		if err := m.play(); err != nil { // the clock stands in the month after
			t.Errorf("the month is not shown again: %v", err)
		}
	})
}

func (m *month) replayed(t *testing.T) {
	got := m.simulate(t, &playbookv1.SimulatePlaybookRequest{Name: "playbooks/active"})
	recorded := got.GetFidelity().GetRecordedCount()
	if recorded == 0 || got.GetFidelity().GetReproducedCount() != recorded || got.GetBaselineFigures().GetMqlCount() != recorded {
		t.Errorf("%d handoffs were recorded; the replay has %d, and %d at the same instants in\n%v", recorded,
			got.GetBaselineFigures().GetMqlCount(), got.GetFidelity().GetReproducedCount(), got)
	}
}

// lowered is the active playbook with a lower line, and with tiers that take more.
func (m *month) lowered(t *testing.T) string {
	t.Helper()
	active, err := m.playbooks.GetPlaybook(m.ctx, &playbookv1.GetPlaybookRequest{Name: "playbooks/active"})
	if err != nil {
		t.Fatal(err)
	}
	yaml := active.GetYaml()
	for _, change := range [][2]string{
		{"mql: fit > 70 && (engagement > 50 || high_intent || webinar)", "mql: fit > 40 && engagement > 5"},
		{"T3: {target: false, intent: high,", "T3: {target: false, intent: [high, medium],"},
	} {
		if !strings.Contains(yaml, change[0]) {
			t.Fatalf("the playbook of the company has no %q", change[0])
		}
		yaml = strings.Replace(yaml, change[0], change[1], 1)
	}
	return yaml
}

// activate has both teams sign a document, brings it into force, and lets everything happen that happens at once.
func (m *month) activate(t *testing.T, yaml string) (name string) {
	t.Helper()
	draft, err := m.playbooks.CreatePlaybook(m.ctx, &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: yaml}})
	if err != nil {
		t.Fatal(err)
	}
	sales := playbookv1.NewPlaybookServiceClient(m.conn("sven", accessv1.Role_ROLE_SALES_MANAGER))
	for team, client := range map[playbookv1.Team]playbookv1.PlaybookServiceClient{playbookv1.Team_TEAM_MARKETING: m.playbooks, playbookv1.Team_TEAM_SALES: sales} {
		if _, err := client.SignPlaybook(m.ctx, &playbookv1.SignPlaybookRequest{Name: draft.GetName(), Team: team}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := sales.ActivatePlaybook(m.ctx, &playbookv1.ActivatePlaybookRequest{Name: draft.GetName()}); err != nil {
		t.Fatal(err)
	}
	m.pass(t, time.Microsecond)
	return draft.GetName()
}

// pass moves the clock on.
func (m *month) pass(t *testing.T, d time.Duration) {
	t.Helper()
	clock := testclockv1.NewTestClockServiceClient(m.conn("ops", accessv1.Role_ROLE_REVOPS))
	stands, err := clock.GetTestClock(m.ctx, &testclockv1.GetTestClockRequest{})
	if err != nil {
		t.Fatal(err)
	}
	patient, cancel := context.WithTimeout(m.ctx, time.Minute) // everything that is due happens within the call
	defer cancel()
	if _, err := clock.AdvanceTestClock(patient, &testclockv1.AdvanceTestClockRequest{To: timestamppb.New(stands.GetNow().AsTime().Add(d))}); err != nil {
		t.Fatal(err)
	}
}

// handoffs are those that a version began, by lead.
func (m *month) handoffs(t *testing.T, playbook string) map[string]*playbookv1.ActivatedLead {
	t.Helper()
	client := routingv1.NewRoutingServiceClient(m.conn("ops", accessv1.Role_ROLE_REVOPS))
	all, token := map[string]*playbookv1.ActivatedLead{}, ""
	for {
		page, err := client.ListHandoffs(m.ctx, &routingv1.ListHandoffsRequest{PageSize: 1000, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range page.GetHandoffs() {
			if h.GetPlaybook() == playbook {
				all[h.GetLead()] = &playbookv1.ActivatedLead{Lead: h.GetLead(), Cycle: h.GetCycle(), Tier: h.GetTier(), Rep: h.GetRep()}
			}
		}
		if token = page.GetNextPageToken(); token == "" {
			return all
		}
	}
}

func (m *month) foretold(t *testing.T) {
	m.pass(t, 15*time.Hour) // from midnight of a Monday on to when most reps are at work
	yaml := m.lowered(t)
	said := m.simulate(t, &playbookv1.SimulatePlaybookRequest{Yaml: yaml, ExampleLimit: 1000}).GetActivation()
	want := map[string]*playbookv1.ActivatedLead{}
	given := int64(0)
	for _, lead := range said.GetLeads() {
		want[lead.GetLead()] = lead
	}
	got := m.handoffs(t, m.activate(t, yaml))
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("what was said (-) and what happened (+) differ:\n%s", diff)
	}
	for _, rep := range said.GetLoad().GetReps() {
		given += rep.GetHandoffCount()
	}
	if len(want) < 20 || given == 0 {
		t.Errorf("%d leads qualify and %d get a rep: too few to say much", len(want), given)
	}
}

package playbook_test

import (
	"context"
	"os"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/playbook"
)

// bench is a playbook service on a test's own database.
type bench struct {
	*roomtest.Room
	client  playbookv1.PlaybookServiceClient
	service *playbook.Service
	models  models
}

// models is scoring, which knows models by their names. It has no answer about one that is nil.
type models map[string]*scoringv1.Model

func (m models) GetModel(_ context.Context, req *scoringv1.GetModelRequest, _ ...grpc.CallOption) (*scoringv1.Model, error) {
	switch model, known := m[req.GetName()]; {
	case !known:
		return nil, fault.Missing(req.GetName())
	case model == nil:
		return nil, status.Error(codes.Unavailable, "not there")
	default:
		return model, nil
	}
}

func each(t *testing.T, test func(t *testing.T, b bench)) {
	t.Helper()
	eachWith(t, func(t *testing.T, b bench, _ *past) { test(t, b) })
}

// eachWith also gives the test who stands in the place of the other services.
func eachWith(t *testing.T, test func(t *testing.T, b bench, p *past)) {
	t.Helper()
	migrations, err := playbook.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) {
		room, p := roomtest.New(t, db), newPast()
		service, err := playbook.New(t.Context(), playbook.Config{Host: room.Host, Peers: p.peers(t)})
		if err != nil {
			t.Fatal(err)
		}
		room.Serve(t, service)
		test(t, bench{room, playbookv1.NewPlaybookServiceClient(room.Conn), service, p.models}, p)
	})
}

// peers are the services in whose place it stands.
func (p *past) peers(t testing.TB) playbook.Peers {
	conn := roomtest.Connect(t, func(r grpc.ServiceRegistrar) {
		scoringv1.RegisterScoringServiceServer(r, p)
		routingv1.RegisterRoutingServiceServer(r, p)
		slav1.RegisterSlaServiceServer(r, p)
		attributionv1.RegisterAttributionServiceServer(r, p)
	})
	return playbook.Peers{Scoring: scoringv1.NewScoringServiceClient(conn), Routing: routingv1.NewRoutingServiceClient(conn),
		SLA: slav1.NewSlaServiceClient(conn), Attribution: attributionv1.NewAttributionServiceClient(conn)}
}

// The people of the tests.
func marketer(ctx context.Context) context.Context {
	return roomtest.As(ctx, "mia", accessv1.Role_ROLE_MARKETING_LEAD)
}

func seller(ctx context.Context) context.Context {
	return roomtest.As(ctx, "sven", accessv1.Role_ROLE_SALES_MANAGER)
}

func ops(ctx context.Context) context.Context {
	return roomtest.As(ctx, "ops", accessv1.Role_ROLE_REVOPS)
}

// minimal is the least that a playbook needs, as the repository shows it.
func minimal(t *testing.T) string {
	t.Helper()
	source, err := os.ReadFile("../../deploy/playbooks/minimal.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}

// draft stores a new version.
func (b bench) draft(t *testing.T) *playbookv1.Playbook {
	t.Helper()
	p, err := b.client.CreatePlaybook(ops(t.Context()), &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: minimal(t)}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// signed stores a new version that both teams have signed.
func (b bench) signed(t *testing.T) *playbookv1.Playbook {
	t.Helper()
	return b.sign(t, b.draft(t))
}

// active puts a new version in force.
func (b bench) active(t *testing.T) *playbookv1.Playbook {
	t.Helper()
	p, err := b.client.ActivatePlaybook(ops(t.Context()), &playbookv1.ActivatePlaybookRequest{Name: b.signed(t).GetName()})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// get reads a version.
func (b bench) get(t *testing.T, name string) *playbookv1.Playbook {
	t.Helper()
	p, err := b.client.GetPlaybook(ops(t.Context()), &playbookv1.GetPlaybookRequest{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// sign has both teams sign a version.
func (b bench) sign(t *testing.T, p *playbookv1.Playbook) *playbookv1.Playbook {
	t.Helper()
	if _, err := b.client.SignPlaybook(marketer(t.Context()), &playbookv1.SignPlaybookRequest{Name: p.GetName(), Team: playbookv1.Team_TEAM_MARKETING, Hash: p.GetHash()}); err != nil {
		t.Fatal(err)
	}
	p, err := b.client.SignPlaybook(seller(t.Context()), &playbookv1.SignPlaybookRequest{Name: p.GetName(), Team: playbookv1.Team_TEAM_SALES})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// refused fails the test unless a call was refused with a code and a reason.
func refused(t *testing.T, what string, err error, code codes.Code, reason errorsv1.ErrorReason) {
	t.Helper()
	f := fault.As(err)
	if f == nil || f.Reason != reason || status.Code(f.Cause) != code {
		t.Errorf("%s: got %v, want %v with %v", what, err, code, reason)
	}
}

// invalid fails the test unless a call was refused for what it asks. To a service that is its own mistake, so the reason
// is not handed on.
func invalid(t *testing.T, what string, err error) {
	t.Helper()
	if f := fault.As(err); f == nil || status.Code(f.Cause) != codes.InvalidArgument {
		t.Errorf("%s: got %v, want %v", what, err, codes.InvalidArgument)
	}
}

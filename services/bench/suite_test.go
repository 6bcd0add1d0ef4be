package main

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/app/apptest"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// where gives the places in which a suite can keep its data: a directory for SQLite, or a database of a server that
// writes durably.
func where(b *testing.B) map[string]func() app.Config {
	b.Helper()
	return map[string]func() app.Config{
		"sqlite":   func() app.Config { return app.Config{DataDir: b.TempDir()} },
		"postgres": func() app.Config { return app.Config{DataDir: b.TempDir(), DatabaseURL: sqldbtest.Durable(b)} },
	}
}

// serve runs a suite until the benchmark ends, with telemetry as it is by default.
func serve(b *testing.B, cfg app.Config) *app.App {
	b.Helper()
	cfg.GRPCAddr, cfg.HTTPAddr, cfg.MetricsAddr = "127.0.0.1:0", "-", metricsAddr
	return apptest.Run(b, cfg)
}

// dial connects to a suite over TCP as somebody of the given roles.
func dial(b *testing.B, address string, key *auth.Key, subject string, roles ...accessv1.Role) *grpc.ClientConn {
	b.Helper()
	token, err := key.Mint(auth.Grant{Subject: subject, Roles: roles, TTL: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithPerRPCCredentials(bearer(token)))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = conn.Close() })
	return conn
}

// bearer is a token that goes over the loopback interface.
type bearer string

func (t bearer) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(t)}, nil
}

func (bearer) RequireTransportSecurity() bool { return false }

// furnish brings a company into a suite: the example playbook, signed; a calendar that is always open; ten equal reps in
// each of its pools; and a company whose people qualify.
func furnish(b *testing.B, address string, key *auth.Key) {
	b.Helper()
	staff(b, address, key)
	sign(b, address, key)
	ops := dial(b, address, key, "rita", accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_MARKETING)
	employees := int64(900)
	try(b, scoringv1.NewScoringServiceClient(ops).CreateAccount, &scoringv1.CreateAccountRequest{Account: &scoringv1.Account{Source: "crm", SourceId: "1",
		DisplayName: "Northwind", Domains: []string{domain}, Industry: "software", Country: "US", Employees: &employees, Technologies: []string{"salesforce"}}})
}

// staff brings the calendar and the pools of the example playbook into a suite.
func staff(b *testing.B, address string, key *auth.Key) {
	b.Helper()
	ops := dial(b, address, key, "rita", accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_MARKETING)
	always := &slav1.Calendar{TimeZone: "UTC", Hours: map[string]*slav1.DayHours{}}
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} {
		always.Hours[day] = &slav1.DayHours{Intervals: []*slav1.Interval{{Open: "00:00", Close: "24:00"}}}
	}
	try(b, slav1.NewSlaServiceClient(ops).CreateCalendar, &slav1.CreateCalendarRequest{CalendarId: "us-east-business", Calendar: always})
	routing := routingv1.NewRoutingServiceClient(ops)
	for _, id := range []string{"overflow", "enterprise", "velocity"} {
		pool := &routingv1.Pool{DisplayName: id}
		for i := range 10 {
			rep := fmt.Sprintf("%s-%d", id, i)
			try(b, routing.CreateRep, &routingv1.CreateRepRequest{RepId: rep, Rep: &routingv1.Rep{DisplayName: rep, Subject: rep, Calendar: "calendars/us-east-business"}})
			pool.Members = append(pool.Members, &routingv1.PoolMember{Rep: "reps/" + rep, Weight: 1})
		}
		try(b, routing.CreatePool, &routingv1.CreatePoolRequest{PoolId: id, Pool: pool})
	}
}

// domain is that of the company whose people qualify.
const domain = "northwind.example"

// sign has both teams sign the example playbook and brings it into force.
func sign(b *testing.B, address string, key *auth.Key) {
	b.Helper()
	text, err := os.ReadFile("../../deploy/playbooks/acme.yaml")
	if err != nil {
		b.Fatal(err)
	}
	manager := playbookv1.NewPlaybookServiceClient(dial(b, address, key, "sal", accessv1.Role_ROLE_SALES_MANAGER))
	marketer := playbookv1.NewPlaybookServiceClient(dial(b, address, key, "mara", accessv1.Role_ROLE_MARKETING_LEAD, accessv1.Role_ROLE_REVOPS))
	made := try(b, marketer.CreatePlaybook, &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: string(text)}})
	try(b, marketer.SignPlaybook, &playbookv1.SignPlaybookRequest{Name: made.GetName(), Team: playbookv1.Team_TEAM_MARKETING})
	try(b, manager.SignPlaybook, &playbookv1.SignPlaybookRequest{Name: made.GetName(), Team: playbookv1.Team_TEAM_SALES})
	try(b, manager.ActivatePlaybook, &playbookv1.ActivatePlaybookRequest{Name: made.GetName()})
}

// try makes a call that must succeed.
func try[Req, Resp any](b *testing.B, call func(context.Context, Req, ...grpc.CallOption) (Resp, error), req Req) Resp {
	b.Helper()
	resp, err := call(b.Context(), req)
	if err != nil {
		b.Fatal(err)
	}
	return resp
}

// newcomer is a person who qualifies at once: a VP of the company who asked for a demo.
func newcomer(id string) *scoringv1.CreateLeadRequest {
	return &scoringv1.CreateLeadRequest{
		Lead: &scoringv1.Lead{Source: "website", SourceId: id, Email: id + "@" + domain, GivenName: "Ann", FamilyName: "Example",
			Title: "VP Sales", Company: "Northwind", Country: "US"},
		Engagements: []*scoringv1.Engagement{{Source: "website", SourceEventId: id, Type: "form_submit", Form: "demo_request", Page: "/demo", Channel: "paid_search", OccurTime: timestamppb.Now()}},
	}
}

// colleagues is how many people of a company come.
const colleagues = 5

// companies brings companies into a suite whose people qualify.
func companies(b *testing.B, address string, key *auth.Key, count int) {
	b.Helper()
	ops := scoringv1.NewScoringServiceClient(dial(b, address, key, "rita", accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_MARKETING))
	employees := int64(900)
	var all errgroup.Group
	all.SetLimit(64)
	for i := range count {
		all.Go(func() error {
			_, err := ops.CreateAccount(b.Context(), &scoringv1.CreateAccountRequest{Account: &scoringv1.Account{Source: "crm", SourceId: host(i),
				DisplayName: fmt.Sprintf("Northwind %d", i), Domains: []string{host(i)}, Industry: "software", Country: "US", Employees: &employees,
				Technologies: []string{"salesforce"}}})
			return err
		})
	}
	if err := all.Wait(); err != nil {
		b.Fatal(err)
	}
}

// host is the domain of a company.
func host(i int) string { return fmt.Sprintf("c%06d.example", i) }

// employee is a newcomer of one of the companies, with a name of their own.
func employee(i int) *scoringv1.CreateLeadRequest {
	id := fmt.Sprintf("p%07d", i)
	req := newcomer(id)
	req.Lead.FamilyName = surname(i)
	req.Lead.Email, req.Lead.Company = id+"@"+host(i/colleagues), fmt.Sprintf("Northwind %d", i/colleagues)
	return req
}

// surname is another for each person, and pronounceable. The multiplier (Knuth's) keeps names apart of people who come one
// after another.
func surname(i int) string {
	var name []byte
	for n := uint64(i)*2654435761%(1<<32) + 1; n > 0; n /= 105 {
		name = append(name, "bcdfghjklmnprstvwxyzq"[n%21], "aeiou"[n/21%5])
	}
	return string(name)
}

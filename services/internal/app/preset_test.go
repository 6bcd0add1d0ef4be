package app_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	moneypb "google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/app"
	"github.com/handoffhq/handoff/services/internal/app/apptest"
	"github.com/handoffhq/handoff/services/internal/auth"

	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/internal/telemetry"
	"github.com/handoffhq/handoff/services/playbook"
)

// afternoon is a Monday, two hours before people in New York go home.
var afternoon = time.Date(2026, 5, 4, 19, 0, 0, 0, time.UTC)

// TestLeadsPassByEachPreset lives an evening by each preset, with nothing changed in it but the accounts to win: two people
// qualify, one of a target account, a third does not; each is with the rep of its tier, and clocks run as the preset says.
func TestLeadsPassByEachPreset(t *testing.T) {
	t.Parallel()
	business, wall := time.Date(2026, 5, 5, 15, 0, 0, 0, time.UTC), afternoon.Add(4*time.Hour)
	const none = slav1.Clock_STATE_UNSPECIFIED
	early := []playbookv1.Milestone{playbookv1.Milestone_MILESTONE_SAL, playbookv1.Milestone_MILESTONE_SQL}
	late := []playbookv1.Milestone{playbookv1.Milestone_MILESTONE_SQL, playbookv1.Milestone_MILESTONE_SAL}
	for name, c := range map[string]struct {
		presets []string
		due     time.Time         // of the acceptance
		next    slav1.Clock_State // of the disposition of what nobody accepted
		order   []playbookv1.Milestone
	}{
		"score_thresholds": {nil, business, none, early},
		"joint_boolean":    {[]string{"joint_boolean", "business", "sal_before_sql"}, business, none, early},
		"literal":          {[]string{"literal"}, wall, slav1.Clock_STATE_RUNNING, early},
		"sql_before_sal":   {[]string{"joint_boolean", "literal", "sql_before_sal"}, wall, slav1.Clock_STATE_RUNNING, late},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := playbook.Preset(c.presets...)
			if err != nil {
				t.Fatal(err)
			}
			yaml := strings.Replace(string(text), "target_accounts: []", "target_accounts: [{domain: initech.example}]", 1)
			for _, problem := range problemsOf(t, yaml, slices.Contains(c.presets, "literal")) {
				t.Errorf("the check says %s", problem)
			}
			database := ""
			if name == "joint_boolean" {
				database = sqldbtest.Postgres(t)
			}
			e := newEvening(t, database)
			e.activate(t, yaml)
			got := e.live(t)
			want := map[string]passage{
				"initech.example": {tier: "T1", rep: "reps/ann", due: c.due, accept: slav1.Clock_STATE_MET, next: slav1.Clock_STATE_RUNNING},
				"globex.example":  {tier: "T3", rep: "reps/vic", due: c.due, accept: slav1.Clock_STATE_OVERDUE, next: c.next},
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(passage{})); diff != "" {
				t.Errorf("who qualified (-want +got):\n%s", diff)
			}
			if order := e.order(t); !cmp.Equal(order, c.order) {
				t.Errorf("the funnel has %v, want %v", order, c.order)
			}
		})
	}
}

// problemsOf is what lint says against a preset, but that its list is short; what is literal counts nights on purpose, and waits
// longer than lint advises.
func problemsOf(t *testing.T, yaml string, literal bool) (problems []string) {
	t.Helper()
	all, ok := playbook.Lint([]byte(yaml))
	for _, p := range all {
		short, slow := strings.Contains(p, "advice: target_accounts: "), strings.Contains(p, "advice: sla.clocks.")
		if !ok || !short && (!slow || !literal) {
			problems = append(problems, p)
		}
	}
	return problems
}

// passage is how far a lead came, with the clocks on accepting and disposing of it.
type passage struct {
	tier, rep    string
	due          time.Time
	accept, next slav1.Clock_State
}

// newEvening is a suite with what a preset names: calendar, pools and queue.
func newEvening(t *testing.T, database string) *month {
	t.Helper()
	a := apptest.Run(t, app.Config{DataDir: t.TempDir(), DatabaseURL: database, GRPCAddr: "-", HTTPAddr: "-", TestClock: true, Start: afternoon,
		Telemetry: telemetry.Config{SampleRatio: -1}})
	m := &month{ctx: t.Context(), conn: func(subject string, roles ...accessv1.Role) grpc.ClientConnInterface {
		conn, err := a.Connect(auth.Grant{Subject: subject, Kind: accessv1.ActorKind_ACTOR_KIND_PERSON, Roles: roles, TTL: time.Hour})
		if err != nil {
			t.Fatal(err)
		}
		return conn
	}}
	m.playbooks = playbookv1.NewPlaybookServiceClient(m.conn("mia", accessv1.Role_ROLE_MARKETING_LEAD))
	ops := m.conn("ops", accessv1.Role_ROLE_REVOPS)
	day := &slav1.DayHours{Intervals: []*slav1.Interval{{Open: "09:00", Close: "17:00"}}}
	hours := map[string]*slav1.DayHours{"mon": day, "tue": day, "wed": day, "thu": day, "fri": day}
	_, err := slav1.NewSlaServiceClient(ops).CreateCalendar(m.ctx, &slav1.CreateCalendarRequest{CalendarId: "business",
		Calendar: &slav1.Calendar{TimeZone: "America/New_York", Hours: hours}})
	if err != nil {
		t.Fatal(err)
	}
	routing := routingv1.NewRoutingServiceClient(ops)
	for pool, rep := range map[string]string{"enterprise": "ann", "velocity": "vic"} {
		if _, err := routing.CreateRep(m.ctx, &routingv1.CreateRepRequest{RepId: rep, Rep: &routingv1.Rep{DisplayName: rep, Subject: rep, Calendar: "calendars/business"}}); err != nil {
			t.Fatal(err)
		}
		_, err := routing.CreatePool(m.ctx, &routingv1.CreatePoolRequest{PoolId: pool, Pool: &routingv1.Pool{DisplayName: pool, Members: []*routingv1.PoolMember{{Rep: "reps/" + rep}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// live lets people of three companies ask for a demo; the rep of the first accepts, and the night goes by.
func (m *month) live(t *testing.T) map[string]passage {
	t.Helper()
	domains := map[string]string{}
	for domain, employees := range map[string]int64{"initech.example": 1000, "globex.example": 1000, "tiny.example": 3} {
		domains[m.ask(t, domain, employees)] = domain
	}
	m.pass(t, 30*time.Minute)
	page, err := routingv1.NewRoutingServiceClient(m.conn("ops", accessv1.Role_ROLE_REVOPS)).ListHandoffs(m.ctx, &routingv1.ListHandoffsRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range page.GetHandoffs() {
		if domains[h.GetLead()] != "initech.example" {
			continue
		}
		rep := feedbackv1.NewFeedbackServiceClient(m.conn(strings.TrimPrefix(h.GetRep(), "reps/"), accessv1.Role_ROLE_SALES_REP))
		if _, err := rep.AcceptHandoff(m.ctx, &feedbackv1.AcceptHandoffRequest{Name: h.GetName(), Assignment: h.GetAssignment()}); err != nil {
			t.Fatal(err)
		}
	}
	m.pass(t, 20*time.Hour) // to 11:30 of the next morning in New York
	got := map[string]passage{}
	for _, h := range page.GetHandoffs() {
		got[domains[h.GetLead()]] = m.passage(t, h)
	}
	return got
}

// ask takes in a company and somebody of it who asks for a demo and reads on.
func (m *month) ask(t *testing.T, domain string, employees int64) (lead string) {
	t.Helper()
	scoring := scoringv1.NewScoringServiceClient(m.conn("ops", accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_SERVICE))
	_, err := scoring.CreateAccount(m.ctx, &scoringv1.CreateAccountRequest{Account: &scoringv1.Account{Source: "crm", SourceId: domain, DisplayName: domain,
		Domains: []string{domain}, Employees: &employees, Industry: "software", Country: "US", Technologies: []string{"salesforce"},
		AnnualRevenue: &moneypb.Money{CurrencyCode: "USD", Units: 50_000_000}}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := scoring.CreateLead(m.ctx, &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "website", SourceId: domain, Email: "vera@" + domain, Title: "VP of Sales"}})
	if err != nil {
		t.Fatal(err)
	}
	var deeds []*scoringv1.Engagement
	for kind, form := range map[string]string{"form_submit": "demo_request", "content_download": ""} {
		deeds = append(deeds, &scoringv1.Engagement{Source: "website", SourceEventId: domain + kind, Who: &scoringv1.Engagement_Lead{Lead: l.GetName()},
			Type: kind, Form: form, OccurTime: timestamppb.New(afternoon)})
	}
	if _, err := scoring.BatchRecordEngagements(m.ctx, &scoringv1.BatchRecordEngagementsRequest{Engagements: deeds}); err != nil {
		t.Fatal(err)
	}
	return l.GetName()
}

// passage reads how far a handoff came.
func (m *month) passage(t *testing.T, h *routingv1.Handoff) passage {
	t.Helper()
	clocks, err := slav1.NewSlaServiceClient(m.conn("ops", accessv1.Role_ROLE_REVOPS)).ListClocks(m.ctx, &slav1.ListClocksRequest{Parent: h.GetName()})
	if err != nil {
		t.Fatal(err)
	}
	p := passage{tier: h.GetTier(), rep: h.GetRep()}
	for _, c := range clocks.GetClocks() {
		switch c.GetKind() {
		case "accept":
			p.due, p.accept = c.GetDueTime().AsTime().Truncate(time.Second), c.GetState()
		case "disposition":
			p.next = c.GetState()
		}
	}
	return p
}

// order is in which order the funnel has what sales accepts and what it qualifies.
func (m *month) order(t *testing.T) (order []playbookv1.Milestone) {
	t.Helper()
	ctx, cancel := context.WithTimeout(m.ctx, time.Minute)
	defer cancel()
	funnel, err := attributionv1.NewAttributionServiceClient(m.conn("ops", accessv1.Role_ROLE_REVOPS)).GetFunnelReport(ctx, &attributionv1.GetFunnelReportRequest{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range funnel.GetStages() {
		if at := s.GetMilestone(); at == playbookv1.Milestone_MILESTONE_SAL || at == playbookv1.Milestone_MILESTONE_SQL {
			order = append(order, at)
		}
	}
	return order
}

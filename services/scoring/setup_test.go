package scoring_test

import (
	"context"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/scoring"
)

const day = 24 * time.Hour

// bundle is the scoring service in a room, and a marketer as its caller.
type bundle struct {
	*roomtest.Room
	scoringv1.ScoringServiceClient
	service *scoring.Service
	routing *desk
	book    *book
	ctx     context.Context

	playbooks, routed *grpc.ClientConn
}

// desk is routing, which knows whose each handoff is.
type desk struct {
	routingv1.UnimplementedRoutingServiceServer
	mine map[string]bool // the handoffs that whoever asks may see
}

func (d *desk) GetHandoff(_ context.Context, req *routingv1.GetHandoffRequest) (*routingv1.Handoff, error) {
	if !d.mine[req.GetName()] {
		return nil, fault.Missing(req.GetName())
	}
	return &routingv1.Handoff{Name: req.GetName()}, nil
}

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, b *bundle)) {
	t.Helper()
	t.Parallel()
	migrations, err := scoring.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) { test(t, setup(t, db)) })
}

func setup(t testing.TB, db *sqldb.DB) *bundle {
	t.Helper()
	return setupWith(t, db, ident.Seeded("test"))
}

func setupWith(t testing.TB, db *sqldb.DB, ids ident.Source) *bundle {
	t.Helper()
	b := &bundle{Room: roomtest.New(t, db), routing: &desk{mine: map[string]bool{}}, book: &book{}}
	b.Host.IDs = ids
	b.routed = roomtest.Connect(t, func(r grpc.ServiceRegistrar) { routingv1.RegisterRoutingServiceServer(r, b.routing) })
	b.playbooks = roomtest.Connect(t, func(r grpc.ServiceRegistrar) {
		playbookv1.RegisterPlaybookServiceServer(r, b.book)
	})
	b.service = b.restart(t)
	b.Serve(t, b.service)
	b.ScoringServiceClient = scoringv1.NewScoringServiceClient(b.Conn)
	b.ctx = roomtest.As(t.Context(), "mara", accessv1.Role_ROLE_MARKETING)
	return b
}

// restart makes the service anew on the same database.
func (b *bundle) restart(t testing.TB) *scoring.Service {
	t.Helper()
	service, err := scoring.New(t.Context(), scoring.Config{Host: b.Host, Playbooks: playbookv1.NewPlaybookServiceClient(b.playbooks),
		Routing: routingv1.NewRoutingServiceClient(b.routed)})
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// document is a playbook as teams sign it: 100 points of fit, engagement with decay and caps, and the strict 70/50 gate
// with a way round it for high intent.
func document() *playbookv1.Document {
	return &playbookv1.Document{
		Playbook: "acme",
		Criteria: map[string]string{
			"size_fit":     `account.employees >= 200 && account.employees <= 5000`,
			"industry_fit": `account.industry in ["software", "fintech"]`,
			"tech_fit":     `account.technologies.exists(t, t in ["salesforce", "hubspot"])`,
			"geo_fit":      `account.country in ["US", "GB", "DE"]`,
			"buyer_role":   `lead.seniority in ["director", "vp", "c_level"]`,
			"high_intent":  `engagement.count("form_submit", {"form": ["demo_request"]}) >= 1`,
			"webinar":      `engagement.count("webinar_attend") >= 1`,
		},
		Disqualify: map[string]string{
			"competitor": `account.domain in lists.competitors`,
			"student":    `lead.email_domain_kind == "education"`,
		},
		Scoring: &playbookv1.ScoringPolicy{
			Fit: map[string]*playbookv1.FitRule{
				"size":      {Points: 25, When: "size_fit"},
				"industry":  {Points: 25, When: "industry_fit"},
				"tech":      {Points: 20, When: "tech_fit"},
				"geography": {Points: 15, When: "geo_fit"},
				"role":      {Points: 15, When: "buyer_role"},
			},
			Engagement: map[string]*playbookv1.EngagementGroup{
				"events": {Cap: proto.Float64(40), Events: map[string]*playbookv1.EngagementRule{
					"form_submit":    {Points: 40, HalfLife: durationpb.New(14 * day)},
					"webinar_attend": {Points: 25, HalfLife: durationpb.New(60 * day)},
				}},
				"website": {Cap: proto.Float64(30), Events: map[string]*playbookv1.EngagementRule{
					"page_view": {Points: 2, HalfLife: durationpb.New(14 * day), Cap: proto.Float64(20), Bonus: map[string]float64{"/pricing": 8}},
				}},
				"content": {Events: map[string]*playbookv1.EngagementRule{"content_download": {Points: 10}}},
			},
		},
		Stages:         &playbookv1.StagePolicy{Mql: `fit > 70 && (engagement > 50 || high_intent)`},
		TargetAccounts: []*playbookv1.TargetAccount{{Domain: "initech.example", Owner: "jane-doe"}},
		Intent:         &playbookv1.IntentPolicy{High: "high_intent", Medium: "webinar"},
		Routing: &playbookv1.RoutingPolicy{
			FirstMatch: []*playbookv1.RoutingRule{
				{When: "account.has_open_opportunity", To: &playbookv1.Destination{To: &playbookv1.Destination_OpportunityOwner{OpportunityOwner: true}}},
				{When: "account.is_customer", To: &playbookv1.Destination{To: &playbookv1.Destination_Queue{Queue: "success"}}},
			},
			Requirements: []*playbookv1.RoutingRequirement{{When: `account.country == "DE"`, Needs: &playbookv1.Coverage{Languages: []string{"de"}}}},
			RequiredContext: []playbookv1.ContextField{playbookv1.ContextField_CONTEXT_FIELD_SOURCE, playbookv1.ContextField_CONTEXT_FIELD_CAMPAIGN,
				playbookv1.ContextField_CONTEXT_FIELD_ENGAGEMENT_HISTORY, playbookv1.ContextField_CONTEXT_FIELD_ACCOUNT},
		},
	}
}

// activate brings a version into force now. The job that judges everybody is left to do.
func (b *bundle) activate(t testing.TB, version string, doc *playbookv1.Document) {
	t.Helper()
	b.Tell(t, eventlog.Playbook, &eventv1.Event{Subject: "playbooks/" + version, Playbook: "playbooks/" + version,
		Payload: &eventv1.Event_PlaybookActivated{PlaybookActivated: &eventv1.PlaybookActivated{
			Playbook: "playbooks/" + version, Hash: "hash-" + version, Document: doc}}})
}

// start brings the usual playbook into force and does what follows.
func (b *bundle) start(t testing.TB) {
	t.Helper()
	b.activate(t, "1", document())
	b.drain(t)
}

// drain does all jobs that are due.
func (b *bundle) drain(t testing.TB) {
	t.Helper()
	for range 1000 {
		at, due, err := b.service.NextDue(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !due || at.After(b.Clock.Now()) {
			return
		}
		if err := b.service.Fire(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	t.Fatal("the jobs do not end")
}

// pass moves the clock on.
func (b *bundle) pass(d time.Duration) { b.Clock.Set(b.Clock.Now().Add(d)) }

// account makes an account that fits the playbook: 85 points without the role of the person.
func (b *bundle) account(t testing.TB, sourceID string, change func(*scoringv1.Account)) *scoringv1.Account {
	t.Helper()
	a := &scoringv1.Account{Source: "crm", SourceId: sourceID, DisplayName: "Initech", Domains: []string{"initech.example"}, Industry: "software",
		Employees: proto.Int64(900), Country: "US", Technologies: []string{"hubspot"}}
	if change != nil {
		change(a)
	}
	created, err := b.CreateAccount(b.ctx, &scoringv1.CreateAccountRequest{Account: a})
	if err != nil {
		t.Fatal(err)
	}
	return created
}

// lead takes in a lead of the website.
func (b *bundle) lead(t testing.TB, email string, engagements ...*scoringv1.Engagement) *scoringv1.Lead {
	t.Helper()
	return b.create(t, &scoringv1.Lead{Source: "website", Email: email, Title: "VP Sales", Campaign: "campaigns/abm-q4"}, engagements...)
}

func (b *bundle) create(t testing.TB, lead *scoringv1.Lead, engagements ...*scoringv1.Engagement) *scoringv1.Lead {
	t.Helper()
	created, err := b.CreateLead(b.ctx, &scoringv1.CreateLeadRequest{Lead: lead, Engagements: engagements})
	if err != nil {
		t.Fatal(err)
	}
	return created
}

func (b *bundle) get(t testing.TB, name string) *scoringv1.Lead {
	t.Helper()
	lead, err := b.GetLead(b.ctx, &scoringv1.GetLeadRequest{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	return lead
}

// engagement is something that happened now.
func (b *bundle) engagement(id, kind string) *scoringv1.Engagement {
	return &scoringv1.Engagement{Source: "website", SourceEventId: id, Type: kind, OccurTime: timestamppb.New(b.Clock.Now())}
}

// demo is a request for a demo, the high intent of the playbook.
func (b *bundle) demo(id string) *scoringv1.Engagement {
	e := b.engagement(id, "form_submit")
	e.Form = "demo_request"
	return e
}

// by says who did it.
func by(lead *scoringv1.Lead, e *scoringv1.Engagement) *scoringv1.Engagement {
	e.Who = &scoringv1.Engagement_Lead{Lead: lead.GetName()}
	return e
}

func byEmail(email string, e *scoringv1.Engagement) *scoringv1.Engagement {
	e.Who = &scoringv1.Engagement_Email{Email: email}
	return e
}

func (b *bundle) record(t testing.TB, engagements ...*scoringv1.Engagement) *scoringv1.BatchRecordEngagementsResponse {
	t.Helper()
	resp, err := b.BatchRecordEngagements(b.patient(t), &scoringv1.BatchRecordEngagementsRequest{Engagements: engagements})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// close is what routing tells when a handoff is over.
func (b *bundle) close(t testing.TB, lead *scoringv1.Lead, outcome routingv1.Handoff_Outcome, step routingv1.Step) {
	t.Helper()
	b.Tell(t, eventlog.Routing, &eventv1.Event{Handoff: lead.GetHandoff(), Lead: lead.GetName(),
		Payload: &eventv1.Event_HandoffClosed{HandoffClosed: &eventv1.HandoffClosed{Handoff: lead.GetHandoff(), Lead: lead.GetName(),
			Outcome: outcome, Step: step, CloseTime: timestamppb.New(b.Clock.Now())}}})
}

// rule tells that the teams decided, of how the handoff of a lead ended, that another reason counts; 0 for none.
func (b *bundle) rule(t testing.TB, lead *scoringv1.Lead, reason playbookv1.RejectionReason) {
	t.Helper()
	ruling := feedbackv1.Dispute_RULING_OVERTURNED
	if reason != 0 {
		ruling = feedbackv1.Dispute_RULING_RECLASSIFIED
	}
	b.Tell(t, eventlog.Feedback, &eventv1.Event{Handoff: lead.GetHandoff(), Lead: lead.GetName(),
		Payload: &eventv1.Event_DisputeResolved{DisputeResolved: &eventv1.DisputeResolved{Handoff: lead.GetHandoff(), Lead: lead.GetName(),
			Ruling: ruling, ReasonAfter: reason, ResolveTime: timestamppb.New(b.Clock.Now())}}})
}

// told are the payloads of one kind that the service has told so far.
func told[T any](t testing.TB, b *bundle, pick func(*eventv1.Event) T, is func(T) bool) []T {
	t.Helper()
	var all []T
	for _, e := range b.Told(t) {
		if payload := pick(e); is(payload) {
			all = append(all, payload)
		}
	}
	return all
}

func (b *bundle) qualified(t testing.TB) []*eventv1.LeadQualified {
	t.Helper()
	return told(t, b, (*eventv1.Event).GetLeadQualified, func(q *eventv1.LeadQualified) bool { return q != nil })
}

func (b *bundle) contextChanges(t testing.TB) []*eventv1.LeadContextChanged {
	t.Helper()
	return told(t, b, (*eventv1.Event).GetLeadContextChanged, func(c *eventv1.LeadContextChanged) bool { return c != nil })
}

func (b *bundle) merges(t testing.TB) []*eventv1.LeadMerged {
	t.Helper()
	return told(t, b, (*eventv1.Event).GetLeadMerged, func(m *eventv1.LeadMerged) bool { return m != nil })
}

// exec changes the database behind the service's back.
func (b *bundle) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	err := b.Host.DB.InTx(t.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// number asks the database for a number.
func (b *bundle) number(t testing.TB, query string) int {
	t.Helper()
	n := 0
	if err := b.Host.DB.QueryRow(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// patient is a caller who waits as long as the service lets anybody wait: large batches take their time under the race
// detector.
func (b *bundle) patient(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 55*time.Second)
	t.Cleanup(cancel)
	return ctx
}

package feedback_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/testing/protocmp"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/feedback"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

const (
	jane   = "reps/jane"
	joe    = "reps/joe"
	strict = "playbooks/1"
	loose  = "playbooks/2"
	acme   = "playbooks/3" // is in force
	agreed = "playbooks/4" // what proves what
	paid   = "playbooks/5"
)

// handoff is the name of the n-th handoff of a test.
func handoff(n int) string { return fmt.Sprintf("handoffs/0195568e62d870008000%012d", n) }

// requestID is the n-th request id of a test.
func requestID(n int) string { return fmt.Sprintf("0195568e-62d8-4000-8000-%012d", n) }

// library stands in for Playbook.
type library struct {
	playbookv1.UnimplementedPlaybookServiceServer
	away   bool
	drafts drafts
}

var documents = map[string]string{
	strict: `{"criteria": {"size_fit": "account.employees >= 200"}, "disqualify": {"competitor": "account.domain in lists.competitors"},
		"stages": {"sql": {"checklist": ["need", "timing"]}}, "feedback": {
		"reasons": ["REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC", "REJECTION_REASON_NOT_READY", "REJECTION_REASON_BAD_DATA", "REJECTION_REASON_COMPETITOR"],
		"details": {"wrong_persona": "REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC", "poor_timing": "REJECTION_REASON_NOT_READY"},
		"evidenceRequiredFor": ["REJECTION_REASON_BAD_DATA"]}}`,
	acme: sized,
	agreed: `{"criteria": {"size_fit": "account.employees >= 200", "geo_fit": "account.country == 'US'", "buyer_role": "lead.seniority == 'vp'"},
		"feedback": {"grounds": {"size_fit": "REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC", "geo_fit": "REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC"},
		"contradicted": "CONTRADICTION_REFUSE"}}`,
	loose: `{"stages": {"sql": {"checklist": ["bant"]}}, "feedback": {"rating": "REQUIREMENT_OPTIONAL"}}`,
	paid:  `{"criteria": {"size_fit": "account.employees >= 200"}, "meetings": {"fee": "250 USD"}, "feedback": {"rating": "REQUIREMENT_OPTIONAL"}}`,
}

// GetPlaybook implements PlaybookService.
func (l *library) GetPlaybook(_ context.Context, req *playbookv1.GetPlaybookRequest) (*playbookv1.Playbook, error) {
	name := req.GetName()
	if name == "playbooks/active" {
		name = acme
	}
	text, ok := documents[name]
	if !ok || l.away {
		return nil, gone()
	}
	doc := &playbookv1.Document{}
	return &playbookv1.Playbook{Name: name, Document: doc}, protojson.Unmarshal([]byte(text), doc)
}

// office is the service in its room, with Routing and Playbook beside it.
type office struct {
	*roomtest.Room
	service *feedback.Service
	client  feedbackv1.FeedbackServiceClient
	desk    *desk
	library *library
	judge   *judge
	heard   int // of Routing's events
	cfg     feedback.Config
}

// each runs a test with an office on both databases.
func each(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	migrations, err := feedback.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	sqldbtest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) {
		t.Helper()
		test(t, newOffice(t, db))
	})
}

func newOffice(t *testing.T, db *sqldb.DB) *office {
	t.Helper()
	o := &office{Room: roomtest.New(t, db), library: &library{}, judge: newJudge()}
	o.desk = newDesk(o.Clock.Now)
	conn := roomtest.Connect(t, func(r grpc.ServiceRegistrar) {
		routingv1.RegisterRoutingServiceServer(r, o.desk)
		playbookv1.RegisterPlaybookServiceServer(r, o.library)
		scoringv1.RegisterScoringServiceServer(r, o.judge)
	})
	o.cfg = feedback.Config{Host: o.Host, Playbooks: playbookv1.NewPlaybookServiceClient(conn), Routing: routingv1.NewRoutingServiceClient(conn),
		Scoring: scoringv1.NewScoringServiceClient(conn)}
	o.service = o.replica(t)
	o.Serve(t, o.service)
	o.client = feedbackv1.NewFeedbackServiceClient(o.Conn)
	return o
}

// replica is the service once more, on the same database.
func (o *office) replica(t *testing.T) *feedback.Service {
	t.Helper()
	service, err := feedback.New(t.Context(), o.cfg)
	if err != nil {
		t.Fatal(err)
	}
	return service
}

// hear delivers what Routing has told since the last time: up to n events, or all for -1.
func (o *office) hear(t *testing.T, n int) {
	t.Helper()
	events := o.desk.since(o.heard)
	if n >= 0 && n < len(events) {
		events = events[:n]
	}
	if len(events) > 0 {
		o.heard += len(events)
		o.Tell(t, eventlog.Routing, events...)
	}
}

// pass lets time pass.
func (o *office) pass(d time.Duration) { o.Clock.Set(o.Clock.Now().Add(d)) }

// verdicts are the answers to a handoff, as a manager sees them.
func (o *office) verdicts(t *testing.T, name string) []*feedbackv1.Verdict {
	t.Helper()
	resp, err := o.client.ListVerdicts(asManager(t), &feedbackv1.ListVerdictsRequest{Parent: name})
	if err != nil {
		t.Fatal(err)
	}
	return resp.GetVerdicts()
}

func asRep(t *testing.T, subject string) context.Context {
	t.Helper()
	return roomtest.As(t.Context(), subject, accessv1.Role_ROLE_SALES_REP)
}

func asManager(t *testing.T) context.Context {
	t.Helper()
	return roomtest.As(t.Context(), "sam", accessv1.Role_ROLE_SALES_MANAGER)
}

// same fails the test unless got is what was wanted.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got, protocmp.Transform()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// wantFault fails the test unless err has a code, a reason and a piece of metadata.
func wantFault(t *testing.T, what string, err error, code codes.Code, reason, key, value string) {
	t.Helper()
	info := detail[*errdetails.ErrorInfo](err)
	if status.Code(err) != code || info.GetReason() != reason || info.GetMetadata()[key] != value {
		t.Errorf("%s: got %v, want %v for %s with %s=%q", what, err, code, reason, key, value)
	}
}

// wantFields fails the test unless err is about the named fields.
func wantFields(t *testing.T, what string, err error, want ...string) {
	t.Helper()
	var got []string
	for _, v := range detail[*errdetails.BadRequest](err).GetFieldViolations() {
		got = append(got, v.GetField())
	}
	same(t, what, want, got)
}

// detail is the detail of a type in an error; nil without one.
func detail[T any](err error) (found T) {
	st, _ := status.FromError(err)
	for _, d := range st.Details() {
		if d, ok := d.(T); ok {
			found = d
		}
	}
	return found
}

// set sets a text field of a message.
func set(m proto.Message, field protoreflect.Name, value string) {
	m.ProtoReflect().Set(m.ProtoReflect().Descriptor().Fields().ByName(field), protoreflect.ValueOfString(value))
}

// assignmentOf is the assignment that an answer names.
func assignmentOf(req proto.Message) int32 {
	answer, _ := req.(interface{ GetAssignment() int32 })
	return answer.GetAssignment()
}

// word is the last part of a verdict's name.
func word(step routingv1.Step, assignment int32) string {
	return fmt.Sprintf("%s-%d", strings.ToLower(strings.TrimPrefix(step.String(), "STEP_")), assignment)
}

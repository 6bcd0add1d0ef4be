package attribution_test

import (
	"context"
	"fmt"
	"io/fs"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	moneypb "google.golang.org/genproto/googleapis/type/money"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/attribution"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// bundle is the service under test, in a room of its own.
type bundle struct {
	*roomtest.Room
	api attributionv1.AttributionServiceClient
	ctx context.Context // of RevOps

	service *attribution.Service
}

// each runs a test on both databases.
func each(t *testing.T, test func(t *testing.T, b *bundle)) {
	t.Helper()
	t.Parallel()
	sqldbtest.Each(t, migrations(t), func(t *testing.T, db *sqldb.DB) { test(t, newBundle(t, db)) })
}

func migrations(t *testing.T) fs.FS {
	t.Helper()
	all, err := attribution.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func newBundle(t *testing.T, db *sqldb.DB) *bundle {
	t.Helper()
	room := roomtest.New(t, db)
	service, err := attribution.New(t.Context(), attribution.Config{Host: room.Host})
	if err != nil {
		t.Fatal(err)
	}
	room.Serve(t, service)
	return &bundle{Room: room, api: attributionv1.NewAttributionServiceClient(room.Conn),
		ctx: roomtest.As(t.Context(), "rae", accessv1.Role_ROLE_REVOPS), service: service}
}

// day is noon of the n-th day of January; the clock of a room stands at March 2nd.
func day(n int) time.Time { return time.Date(2026, 1, n, 12, 0, 0, 0, time.UTC) }

func ts(at time.Time) *timestamppb.Timestamp { return timestamppb.New(at) }

func usd(cents int64) *moneypb.Money { return cash("USD", cents) }

// cash is an amount in hundredths.
func cash(currency string, cents int64) *moneypb.Money {
	return &moneypb.Money{CurrencyCode: currency, Units: cents / 100, Nanos: int32(cents % 100 * 10_000_000)}
}

func lead(n int) string { return fmt.Sprintf("leads/%032x", n) }

// contacts are people with no particular part in a deal.
func contacts(leads ...string) []*attributionv1.Contact {
	all := make([]*attributionv1.Contact, len(leads))
	for i, lead := range leads {
		all[i] = &attributionv1.Contact{Lead: lead}
	}
	return all
}
func account(n int) string    { return fmt.Sprintf("accounts/%032x", n) }
func handoff(n int) string    { return fmt.Sprintf("handoffs/%032x", n) }
func engagement(n int) string { return fmt.Sprintf("engagements/%032x", n) }

// created is the event that a lead was taken in.
func created(n, accountNumber int, at time.Time) *eventv1.Event {
	p := &eventv1.LeadCreated{Lead: lead(n), Source: "web", OccurTime: ts(at)}
	if accountNumber > 0 {
		p.Account = account(accountNumber)
	}
	return &eventv1.Event{Lead: lead(n), Payload: &eventv1.Event_LeadCreated{LeadCreated: p}}
}

// touched is the event that a lead did something; change may say more.
func touched(n, leadNumber int, at time.Time, change ...func(*eventv1.EngagementRecorded)) *eventv1.Event {
	p := &eventv1.EngagementRecorded{Engagement: engagement(n), Lead: lead(leadNumber), Type: "form_submit", OccurTime: ts(at),
		Source: "web", SourceEventId: fmt.Sprint(n)}
	for _, c := range change {
		c(p)
	}
	return &eventv1.Event{Lead: lead(leadNumber), Payload: &eventv1.Event_EngagementRecorded{EngagementRecorded: p}}
}

// by says through which channel and campaign a touch came.
func by(channel, campaign string) func(*eventv1.EngagementRecorded) {
	return func(p *eventv1.EngagementRecorded) {
		p.Channel = channel
		if campaign != "" {
			p.Campaign = "campaigns/" + campaign
		}
	}
}

func merged(survivor, gone int) *eventv1.Event {
	return &eventv1.Event{Lead: lead(survivor), Payload: &eventv1.Event_LeadMerged{
		LeadMerged: &eventv1.LeadMerged{Survivor: lead(survivor), Merged: lead(gone)}}}
}

func unmerged(survivor, restored int) *eventv1.Event {
	return &eventv1.Event{Lead: lead(survivor), Payload: &eventv1.Event_LeadUnmerged{
		LeadUnmerged: &eventv1.LeadUnmerged{Survivor: lead(survivor), Restored: lead(restored)}}}
}

func matched(n, to int) *eventv1.Event {
	p := &eventv1.MatchChanged{Lead: lead(n)}
	if to > 0 {
		p.ToAccount = account(to)
	}
	return &eventv1.Event{Lead: lead(n), Payload: &eventv1.Event_MatchChanged{MatchChanged: p}}
}

// activate brings a playbook into force.
func (b *bundle) activate(t *testing.T, version int, doc *playbookv1.Document) {
	t.Helper()
	name := fmt.Sprintf("playbooks/%d", version)
	b.Tell(t, eventlog.Playbook, &eventv1.Event{Key: "playbooks", Payload: &eventv1.Event_PlaybookActivated{
		PlaybookActivated: &eventv1.PlaybookActivated{Playbook: name, Document: doc}}})
}

// agreed is a playbook that says something of attribution.
func agreed(p *playbookv1.AttributionPolicy) *playbookv1.Document {
	return &playbookv1.Document{Attribution: p}
}

// open records an opportunity of 100.00 dollars that was opened on a day, with an account; change may say more.
func (b *bundle) open(t *testing.T, id string, at time.Time, change ...func(*attributionv1.Opportunity)) *attributionv1.Opportunity {
	t.Helper()
	o := &attributionv1.Opportunity{Source: "crm", SourceId: id, Account: account(1), Amount: usd(100_00), OpenTime: ts(at)}
	for _, c := range change {
		c(o)
	}
	got, err := b.api.CreateOpportunity(b.ctx, &attributionv1.CreateOpportunityRequest{Opportunity: o})
	if err != nil {
		t.Fatalf("CreateOpportunity(%s) error: %v", id, err)
	}
	return got
}

// wantRefused checks that a call was refused with a code and a reason, and names the fields at fault.
func wantRefused(t *testing.T, err error, code codes.Code, reason string, fields ...string) {
	t.Helper()
	st := status.Convert(err)
	var gotReason string
	var gotFields []string
	for _, detail := range st.Details() {
		switch d := detail.(type) {
		case *errdetails.ErrorInfo:
			gotReason = d.GetReason()
		case *errdetails.BadRequest:
			for _, v := range d.GetFieldViolations() {
				gotFields = append(gotFields, v.GetField())
			}
		}
	}
	if st.Code() != code || gotReason != reason {
		t.Errorf("got %v with reason %q (%s), want %v with reason %q", st.Code(), gotReason, st.Message(), code, reason)
	}
	if diff := cmp.Diff(fields, gotFields); fields != nil && diff != "" {
		t.Errorf("fields at fault (-want +got):\n%s", diff)
	}
}

// wantProto compares messages.
func wantProto(t *testing.T, what string, want, got proto.Message, options ...cmp.Option) {
	t.Helper()
	if diff := cmp.Diff(want, got, append(options, protocmp.Transform())...); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// news are the types of the events told so far, without those for the audit.
func (b *bundle) news(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, e := range b.Told(t) {
		if e.GetResourceChanged() == nil {
			all = append(all, e.GetType())
		}
	}
	return all
}

package scoring_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// proves says what is found of a piece of evidence.
func (b *bundle) proves(t *testing.T, lead *scoringv1.Lead, playbook string, at time.Time, criterion, field, observed string) string {
	t.Helper()
	resp, err := b.CheckEvidence(roomtest.AsService(t.Context(), eventlog.Feedback), &scoringv1.CheckEvidenceRequest{Lead: lead.GetName(), Playbook: playbook,
		AsOfTime: timestamppb.New(at), Items: []*scoringv1.EvidenceItem{{Criterion: criterion, Field: field, ObservedValue: observed}}})
	if err != nil || len(resp.GetChecks()) != 1 {
		t.Fatalf("%v, %v", resp, err)
	}
	c := resp.GetChecks()[0]
	return strings.TrimPrefix(c.GetCause().String(), "CAUSE_") + " " + c.GetRecordedValue() + strings.Join(c.GetMissingFacts(), ",")
}

// TestEvidenceGoesByTheVersionAndTheRecordOfItsInstant changes the playbook, the account and a list after the answer.
func TestEvidenceGoesByTheVersionAndTheRecordOfItsInstant(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		account := b.account(t, "1", nil)
		lead := b.lead(t, "ann@initech.example", b.demo("1"))
		answered := b.Clock.Now()
		b.pass(day)
		stricter := document()
		stricter.Criteria["size_fit"] = `account.employees >= 1000`
		b.activate(t, "2", stricter)
		b.drain(t)
		if _, err := b.UpdateAccount(b.ctx, &scoringv1.UpdateAccountRequest{Account: &scoringv1.Account{Name: account.GetName(), Employees: proto.Int64(40)}}); err != nil {
			t.Fatal(err)
		}
		b.list(t, "competitors", "initech.example")
		for _, test := range []struct {
			playbook, criterion, field, observed string
			at                                   time.Time
			want                                 string
		}{
			{"playbooks/1", "size_fit", "account.employees", "40", answered, "RECORD_DIFFERS 900"},
			{"playbooks/1", "size_fit", "account.employees", "40", b.Clock.Now(), "CRITERION_FAILS "},
			{"playbooks/1", "size_fit", "account.employees", "400", answered, "WOULD_PASS "},
			{"playbooks/2", "size_fit", "account.employees", "400", answered, "CRITERION_FAILS "},
			{"playbooks/1", "competitor", "account.domain", "initech.example", answered, "FACTS_MISSING lists.competitors"},
			{"playbooks/1", "competitor", "account.domain", "initech.example", b.Clock.Now(), "CRITERION_FAILS "},
			{"playbooks/1", "", "lead.title", "an intern", answered, "RECORD_DIFFERS "},
			{"playbooks/1", "", "lead.email", "bounced", answered, "FIELD_UNKNOWN "},
			{"playbooks/1", "size_fit", "account.employees", "900", answered.Add(-time.Hour), "WOULD_PASS "}, // by a clock that is slow
		} {
			if got := b.proves(t, lead, test.playbook, test.at, test.criterion, test.field, test.observed); got != test.want {
				t.Errorf("%s by %s, %s = %s at %v: got %q, want %q", test.criterion, test.playbook, test.field, test.observed, test.at, got, test.want)
			}
		}
	})
}

func TestOnlyServicesHaveEvidenceChecked(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		lead := b.lead(t, "ann@initech.example")
		req := &scoringv1.CheckEvidenceRequest{Lead: lead.GetName(), Playbook: "playbooks/1", AsOfTime: timestamppb.New(b.Clock.Now()),
			Items: []*scoringv1.EvidenceItem{{Field: "account.employees", ObservedValue: "12"}}}
		_, err := b.CheckEvidence(b.ctx, req)
		wantFault(t, err, codes.PermissionDenied, "ROLE_MISSING")
		req.Lead = "leads/" + strings.Repeat("0", 32)
		_, err = b.CheckEvidence(roomtest.AsService(t.Context(), eventlog.Feedback), req)
		wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
	})
}

package scoring_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/anypb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// queue is the review queue, page by page.
func (b *bundle) queue(t testing.TB, parent string, size int32) []string {
	t.Helper()
	var names []string
	req := &scoringv1.ListMatchDecisionsRequest{Parent: parent, UnderReview: true, PageSize: size}
	for {
		page, err := b.ListMatchDecisions(b.ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page.GetMatchDecisions() {
			names = append(names, d.GetName())
		}
		if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" {
			return names
		}
	}
}

func (b *bundle) resolve(t testing.TB, d *scoringv1.MatchDecision, account string) *scoringv1.MatchDecision {
	t.Helper()
	resolved, err := b.ResolveMatchDecision(b.ctx, &scoringv1.ResolveMatchDecisionRequest{Name: d.GetName(), Account: account})
	if err != nil {
		t.Fatal(err)
	}
	return resolved
}

func TestTheReviewQueueHoldsWhatWaitsForAPerson(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		a := b.account(t, "a", nil)
		b.account(t, "b", func(a *scoringv1.Account) { a.DisplayName = "Initech Two" })
		var want []string
		var leads []*scoringv1.Lead
		for i := range 5 {
			lead := b.lead(t, fmt.Sprintf("p%d@initech.example", i))
			leads, want = append(leads, lead), append(want, b.decision(t, lead).GetName())
			b.pass(day)
		}
		b.lead(t, "eve@gmail.com") // nothing to decide
		for _, size := range []int32{0, 1, 2} {
			if diff := cmp.Diff(want, b.queue(t, "leads/-", size)); diff != "" {
				t.Errorf("in pages of %d (-want +got):\n%s", size, diff)
			}
		}
		if diff := cmp.Diff(want[1:2], b.queue(t, leads[1].GetName(), 0)); diff != "" {
			t.Errorf("of one lead (-want +got):\n%s", diff)
		}
		b.resolve(t, b.decision(t, leads[0]), a.GetName())
		b.resolve(t, b.decision(t, leads[1]), "")
		if diff := cmp.Diff(want[2:], b.queue(t, "leads/-", 0)); diff != "" {
			t.Errorf("after two were resolved (-want +got):\n%s", diff)
		}
		_, err := b.ListMatchDecisions(b.ctx, &scoringv1.ListMatchDecisionsRequest{Parent: "leads/-"})
		wantFault(t, err, codes.InvalidArgument, "FIELD_INVALID", "under_review")
	})
}

func TestAPersonDecidesAndNoRuleChangesIt(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "a", nil)
		other := b.named(t, "z", "Zorg", "FR")
		twin := b.account(t, "b", func(a *scoringv1.Account) { a.DisplayName = "Initech Two" })
		lead := b.lead(t, "ann@initech.example", b.demo("1"))
		first := b.decision(t, lead)
		resolved := b.resolve(t, first, twin.GetName())
		if resolved.GetRule() != "MANUAL_LOCK" || resolved.GetAccount() != twin.GetName() || resolved.GetReview() || !strings.HasSuffix(resolved.GetDecider(), "|mara") {
			t.Errorf("resolved as %v", resolved)
		}
		if got := b.get(t, lead.GetName()); got.GetAccount() != twin.GetName() || got.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL {
			t.Errorf("the lead belongs to %q and is %v", got.GetAccount(), got.GetQualification())
		}
		moves := told(t, b, (*eventv1.Event).GetMatchChanged, func(m *eventv1.MatchChanged) bool { return m != nil })
		if len(moves) != 1 || moves[0].GetToAccount() != twin.GetName() || moves[0].GetRule() != "MANUAL_LOCK" {
			t.Errorf("told %v", moves)
		}
		b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "x", Email: "ann@initech.example", AccountSourceId: "z"})
		b.named(t, "new", "Initech", "US")
		b.drain(t)
		if d := b.decision(t, lead); d.GetName() != resolved.GetName() {
			t.Errorf("a rule decided over a person: %v", d)
		}
		for name, c := range map[string]struct {
			req    *scoringv1.ResolveMatchDecisionRequest
			code   codes.Code
			reason string
		}{
			"a decision that was replaced":     {&scoringv1.ResolveMatchDecisionRequest{Name: first.GetName(), Account: other}, codes.Aborted, "ETAG_MISMATCH"},
			"a decision that there never was":  {&scoringv1.ResolveMatchDecisionRequest{Name: lead.GetName() + "/matchDecisions/9"}, codes.NotFound, "RESOURCE_NOT_FOUND"},
			"a lead that there never was":      {&scoringv1.ResolveMatchDecisionRequest{Name: "leads/0123456789abcdef0123456789abcdef/matchDecisions/1"}, codes.NotFound, "RESOURCE_NOT_FOUND"},
			"an account that there never was":  {&scoringv1.ResolveMatchDecisionRequest{Name: resolved.GetName(), Account: "accounts/0123456789abcdef0123456789abcdef"}, codes.InvalidArgument, "REFERENCE_NOT_FOUND"},
			"what is not a name of a decision": {&scoringv1.ResolveMatchDecisionRequest{Name: lead.GetName()}, codes.InvalidArgument, "FIELD_INVALID"},
		} {
			_, err := b.ResolveMatchDecision(b.ctx, c.req)
			if status.Code(err) != c.code {
				t.Errorf("%s: %v, want %v", name, err, c.code)
				continue
			}
			wantFault(t, err, c.code, c.reason)
		}
		released, err := b.ReleaseMatchDecision(b.ctx, &scoringv1.ReleaseMatchDecisionRequest{Name: resolved.GetName()})
		if err != nil || released.GetRule() != "EXTERNAL_ID" && released.GetRule() != "REVIEW_DOMAIN_MULTI" {
			t.Errorf("released as %v, %v", released, err)
		}
		_, err = b.ReleaseMatchDecision(b.ctx, &scoringv1.ReleaseMatchDecisionRequest{Name: released.GetName()})
		wantFault(t, err, codes.FailedPrecondition, "STATE_CONFLICT")
	})
}

func TestWhoDecidesAMatchIsAudited(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		account := b.account(t, "a", nil)
		lead := b.lead(t, "ann@gmail.com")
		before := b.decision(t, lead)
		after := b.resolve(t, before, account.GetName())
		changes := told(t, b, (*eventv1.Event).GetResourceChanged, func(c *eventv1.ResourceChanged) bool { return c.GetMethod() == "ResolveMatchDecision" })
		if len(changes) != 1 {
			t.Fatalf("audited %v", changes)
		}
		for side, c := range map[string]struct {
			got  *anypb.Any
			want *scoringv1.MatchDecision
		}{"before": {changes[0].GetBefore(), before}, "after": {changes[0].GetAfter(), after}} {
			got := &scoringv1.MatchDecision{}
			if err := c.got.UnmarshalTo(got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got, protocmp.Transform()); diff != "" {
				t.Errorf("%s (-want +audited):\n%s", side, diff)
			}
		}
	})
}

func TestOfTwoWhoDecideAtOnceOneDoes(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		accounts := []string{b.account(t, "a", nil).GetName(), b.account(t, "b", func(a *scoringv1.Account) { a.DisplayName = "Initech Two" }).GetName()}
		lead := b.lead(t, "ann@initech.example")
		decision := b.decision(t, lead)
		errs := make([]error, 8)
		var wg sync.WaitGroup
		for i := range errs {
			wg.Go(func() {
				_, errs[i] = b.ResolveMatchDecision(b.ctx, &scoringv1.ResolveMatchDecisionRequest{Name: decision.GetName(), Account: accounts[i%2]})
			})
		}
		wg.Wait()
		won := 0
		for i, err := range errs {
			if err == nil {
				won++
				if got := b.get(t, lead.GetName()).GetAccount(); got != accounts[i%2] {
					t.Errorf("the lead belongs to %q, and %q was confirmed", got, accounts[i%2])
				}
			} else if status.Code(err) != codes.Aborted {
				t.Error(err)
			}
		}
		if won != 1 {
			t.Errorf("%d decided, want one", won)
		}
	})
}

func TestAPinOfEitherRecordIsKeptByTheirMerge(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		older := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "1"})
		b.pass(day)
		younger := b.lead(t, "ann@initech.example")
		account := b.named(t, "z", "Zorg", "FR")
		b.resolve(t, b.decision(t, younger), account)
		merged := b.create(t, &scoringv1.Lead{Source: "crm", SourceId: "1", Email: "ann@initech.example"})
		if d := b.decision(t, older); merged.GetName() != older.GetName() || d.GetRule() != "MANUAL_LOCK" || merged.GetAccount() != account {
			t.Errorf("the person belongs to %q by %s", merged.GetAccount(), d.GetRule())
		}
	})
}

func TestOnlyThoseWhoMayDecide(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		account := b.account(t, "a", nil)
		lead := b.lead(t, "ann@gmail.com")
		for _, role := range []accessv1.Role{accessv1.Role_ROLE_SALES_REP, accessv1.Role_ROLE_EXEC, accessv1.Role_ROLE_SERVICE, accessv1.Role_ROLE_SRE} {
			_, err := b.ResolveMatchDecision(roomtest.As(t.Context(), "joe", role), &scoringv1.ResolveMatchDecisionRequest{Name: b.decision(t, lead).GetName(), Account: account.GetName()})
			wantFault(t, err, codes.PermissionDenied, "ROLE_MISSING")
		}
		boss := roomtest.As(t.Context(), "boss", accessv1.Role_ROLE_SALES_MANAGER)
		if _, err := b.ResolveMatchDecision(boss, &scoringv1.ResolveMatchDecisionRequest{Name: b.decision(t, lead).GetName(), Account: account.GetName()}); err != nil {
			t.Error(err)
		}
	})
}

package scoring_test

import (
	"fmt"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// crowd takes in many leads of one company.
func (b *bundle) crowd(t *testing.T, n int, engagement func(i int) *scoringv1.Engagement) {
	t.Helper()
	for from := 0; from < n; from += 1000 {
		req := &scoringv1.BatchCreateLeadsRequest{}
		for i := from; i < min(n, from+1000); i++ {
			one := &scoringv1.CreateLeadRequest{Lead: &scoringv1.Lead{Source: "website", SourceId: fmt.Sprint(i), Email: fmt.Sprintf("lead%d@initech.example", i)}}
			if engagement != nil {
				one.Engagements = append(one.Engagements, engagement(i))
			}
			req.Requests = append(req.Requests, one)
		}
		if _, err := b.BatchCreateLeads(b.patient(t), req); err != nil {
			t.Fatal(err)
		}
	}
}

func (b *bundle) count(t *testing.T, qualification scoringv1.Lead_Qualification) int {
	t.Helper()
	n, token := 0, ""
	for {
		resp, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{Qualification: qualification, PageSize: 1000, PageToken: token})
		if err != nil {
			t.Fatal(err)
		}
		n += len(resp.GetLeads())
		if token = resp.GetNextPageToken(); token == "" {
			return n
		}
	}
}

func TestEverybodyIsJudgedInPiecesEachByWhoeverIsAlive(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		const leads = 1250
		b.account(t, "1", nil)
		b.crowd(t, leads, func(i int) *scoringv1.Engagement { return b.demo(fmt.Sprint(i)) })
		if n := b.count(t, scoringv1.Lead_QUALIFICATION_UNSCORED); n != leads {
			t.Fatalf("%d leads are unscored before the first playbook, want %d", n, leads)
		}
		b.activate(t, "1", document())
		for pieces := 0; ; {
			restarted := b.restart(t) // knows nothing but what is stored
			_, due, err := restarted.NextDue(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !due || pieces > 10 {
				break
			}
			if err := restarted.Fire(t.Context()); err != nil {
				t.Fatal(err)
			}
			if pieces++; pieces == 1 && b.count(t, scoringv1.Lead_QUALIFICATION_UNSCORED) == 0 {
				t.Error("everybody was judged in one piece")
			}
		}
		if n := len(b.qualified(t)); n != leads {
			t.Errorf("%d leads qualified, want %d", n, leads)
		}
		if n := b.count(t, scoringv1.Lead_QUALIFICATION_MQL); n != leads {
			t.Errorf("%d leads are MQL, want %d", n, leads)
		}
	})
}

// TestAPieceHasNoMorePeopleThanAreReadAtOnce: twelve people who did 60,000 things are judged in two pieces, and all of them are.
func TestAPieceHasNoMorePeopleThanAreReadAtOnce(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		const leads = 12
		b.account(t, "1", nil)
		b.crowd(t, leads, func(i int) *scoringv1.Engagement { return b.demo(fmt.Sprint(i)) })
		b.downloads(t, 5000)
		b.activate(t, "1", document())
		pieces := 0
		for ; pieces < 10; pieces++ {
			_, due, err := b.service.NextDue(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !due {
				break
			}
			before := len(b.qualified(t))
			if err := b.service.Fire(t.Context()); err != nil {
				t.Fatal(err)
			}
			if n := len(b.qualified(t)) - before; n > 10 {
				t.Errorf("%d people who did 5,000 things each were judged in one piece", n)
			}
		}
		if n := b.count(t, scoringv1.Lead_QUALIFICATION_MQL); n != leads {
			t.Errorf("%d leads are MQL, want %d", n, leads)
		}
	})
}

func TestAPieceThatCannotBeStoredIsDoneAgain(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.account(t, "1", nil)
		lead := b.lead(t, "ann@initech.example", b.demo("1"))
		b.activate(t, "1", document())
		told := len(b.Told(t))
		b.exec(t, `UPDATE log_head SET pos = 0`) // the place of the next event is taken, which shows last of all
		b.drain(t)
		if got := b.get(t, lead.GetName()); got.GetQualification() != scoringv1.Lead_QUALIFICATION_UNSCORED || len(b.qualified(t)) != 0 {
			t.Errorf("a piece that failed left the lead %v", got.GetQualification())
		}
		b.exec(t, `UPDATE log_head SET pos = $1`, int64(told))
		b.pass(time.Second)
		b.drain(t)
		if len(b.qualified(t)) != 1 {
			t.Errorf("told %v", b.qualified(t))
		}
	})
}

// An account of many people about which something is heard all the time has its people judged all the time. Each of them has
// a turn, and so has everything else.
func TestAnAccountThatIsNeverQuietReachesAllItsPeopleAndKeepsNothingElseWaiting(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.buy(t, func(doc *playbookv1.Document) { doc.Criteria["hires"] = `"hiring" in account.triggers` })
		busy := b.account(t, "1", nil)
		other := b.account(t, "2", func(a *scoringv1.Account) { a.DisplayName, a.Domains = "Globex", []string{"globex.example"} })
		b.record(t, b.happens("other", "job_ad", other))
		b.crowd(t, 1200, nil)
		b.drain(t)
		b.pass(time.Second)
		start := b.Clock.Now()
		b.exec(t, `UPDATE momentum SET due_at = $1 WHERE account_id = $2`, start.UnixMicro()+1, ident.ID(other.GetName(), "accounts"))
		for i := range 8 {
			b.record(t, b.happens(fmt.Sprint(i), "job_ad", busy))
			b.pass(time.Second)
			if err := b.service.Fire(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var late, due int64
		if err := b.Host.DB.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE scored_at <= $1), (SELECT max(due_at) FROM momentum WHERE account_id = $2) FROM lead`,
			start.UnixMicro(), ident.ID(other.GetName(), "accounts")).Scan(&late, &due); err != nil {
			t.Fatal(err)
		}
		if late > 0 {
			t.Errorf("%d people had no turn", late)
		}
		if due != 0 {
			t.Error("the other account was not looked at")
		}
	})
}

func TestANewPlaybookJudgesAnewAndUnmakesNoMQL(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.account(t, "1", nil)
		mql, below := b.lead(t, "ann@initech.example", b.demo("1")), b.lead(t, "bob@initech.example", b.engagement("2", "webinar_attend"))
		doc := document()
		doc.Stages.Mql = "fit > 70 && webinar"
		b.activate(t, "2", doc)
		b.drain(t)
		if got := b.get(t, mql.GetName()); got.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL || got.GetScore().GetOverLine() || got.GetScore().GetPlaybook() != "playbooks/2" {
			t.Errorf("the MQL is %v with %v", got.GetQualification(), got.GetScore())
		}
		if got := b.get(t, below.GetName()); got.GetQualification() != scoringv1.Lead_QUALIFICATION_MQL {
			t.Errorf("the other lead is %v, want MQL by the new line", got.GetQualification())
		}
		if n := len(b.qualified(t)); n != 2 {
			t.Errorf("%d leads qualified, want two", n)
		}
	})
}

func TestThePlaybookMayComeAfterEverythingElse(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		account := b.account(t, "1", nil)
		lead := b.lead(t, "ann@initech.example", b.demo("1"))
		b.Tell(t, "routing", &eventv1.Event{Handoff: "handoffs/0123456789abcdef0123456789abcdef", Lead: lead.GetName(),
			Payload: &eventv1.Event_HandoffClosed{HandoffClosed: &eventv1.HandoffClosed{Handoff: "handoffs/0123456789abcdef0123456789abcdef", Lead: lead.GetName(), Outcome: 4}}})
		b.deal(t, "1", account.GetName(), "reps/joe", 1)
		b.start(t)
		q := b.qualified(t)
		if len(q) != 1 || !q[0].GetContext().GetAccount().GetOpenOpportunity() || q[0].GetContext().GetAccount().GetOpportunityOwner() != "reps/joe" {
			t.Errorf("told %v", q)
		}
	})
}

func TestAnAccountOfManyLeadsIsLeftToAJob(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		const leads = 150
		b.crowd(t, leads, nil)
		account := b.account(t, "1", nil)
		if _, due, err := b.service.NextDue(t.Context()); err != nil || !due {
			t.Fatalf("no job was planned: %v", err)
		}
		b.drain(t)
		resp, err := b.ListLeads(b.ctx, &scoringv1.ListLeadsRequest{Account: account.GetName(), PageSize: 1000})
		if err != nil || len(resp.GetLeads()) != leads {
			t.Errorf("%d leads belong to the account, %v; want %d", len(resp.GetLeads()), err, leads)
		}
	})
}

func TestAListThatNoRuleMentionsJudgesNobody(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.start(t)
		b.lead(t, "ann@initech.example")
		revops := roomtest.As(t.Context(), "rita", accessv1.Role_ROLE_REVOPS)
		list := &scoringv1.ReferenceList{Name: "referenceLists/unused", Values: []string{"x"}}
		created, err := b.UpdateReferenceList(revops, &scoringv1.UpdateReferenceListRequest{ReferenceList: list})
		if err != nil {
			t.Fatal(err)
		}
		if _, due, err := b.service.NextDue(t.Context()); due || err != nil {
			t.Errorf("a job is due: %v, %v", due, err)
		}
		list.Etag = `"9"`
		_, err = b.UpdateReferenceList(revops, &scoringv1.UpdateReferenceListRequest{ReferenceList: list})
		wantFault(t, err, codes.Aborted, "ETAG_MISMATCH")
		list.Etag, list.Values = created.GetEtag(), []string{"y", "x", "y"}
		if _, err := b.UpdateReferenceList(revops, &scoringv1.UpdateReferenceListRequest{ReferenceList: list}); err != nil {
			t.Fatal(err)
		}
		got, err := b.GetReferenceList(b.ctx, &scoringv1.GetReferenceListRequest{Name: "referenceLists/unused"})
		if err != nil || fmt.Sprint(got.GetValues()) != "[x y]" || got.GetEtag() != `"2"` {
			t.Errorf("got %v, %v", got, err)
		}
		_, err = b.GetReferenceList(b.ctx, &scoringv1.GetReferenceListRequest{Name: "referenceLists/none"})
		wantFault(t, err, codes.NotFound, "RESOURCE_NOT_FOUND")
		audit := told(t, b, (*eventv1.Event).GetResourceChanged, func(c *eventv1.ResourceChanged) bool { return c != nil })
		if len(audit) != 2 || audit[0].GetBefore() != nil {
			t.Fatalf("audit: %v", audit)
		}
		added := &scoringv1.ReferenceList{}
		if err := audit[1].GetAfter().UnmarshalTo(added); err != nil || fmt.Sprint(added.GetValues()) != "[y]" {
			t.Errorf("the second change added %v, %v; want y", added, err)
		}
	})
}

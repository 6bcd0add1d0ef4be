package playbook_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestTwoSignaturesAndAnActivationPutAVersionInForce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		p := b.signed(t)
		if p.GetState() != playbookv1.Playbook_STATE_SIGNED || len(p.GetSignatures()) != 2 {
			t.Fatalf("got %v with %v", p.GetState(), p.GetSignatures())
		}
		active, err := b.client.ActivatePlaybook(ops(t.Context()), &playbookv1.ActivatePlaybookRequest{Name: p.GetName(), Etag: p.GetEtag()})
		if err != nil {
			t.Fatal(err)
		}
		if want := roomtest.Start.AddDate(0, 0, 90); !active.GetReviewDueTime().AsTime().Equal(want) {
			t.Errorf("got review due %v, want %v", active.GetReviewDueTime().AsTime(), want)
		}
		found, err := b.client.GetPlaybook(ops(t.Context()), &playbookv1.GetPlaybookRequest{Name: "playbooks/active"})
		if err != nil || !proto.Equal(found, active) {
			t.Errorf("got %v (%v), want %v", found, err, active)
		}
		var told int
		for _, e := range b.Told(t) {
			if a := e.GetPlaybookActivated(); a != nil {
				told++
				if a.GetHash() != p.GetHash() || !proto.Equal(a.GetDocument(), p.GetDocument()) || e.GetActor() == "" {
					t.Errorf("told %v", e)
				}
			}
		}
		if told != 1 {
			t.Errorf("the activation was told %d times", told)
		}
	})
}

func TestTheNextActivationRetiresTheOneBefore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		for range 2 {
			if _, err := b.client.ActivatePlaybook(ops(t.Context()), &playbookv1.ActivatePlaybookRequest{Name: b.signed(t).GetName()}); err != nil {
				t.Fatal(err)
			}
		}
		resp, err := b.client.ListPlaybooks(ops(t.Context()), &playbookv1.ListPlaybooksRequest{})
		if err != nil || len(resp.GetPlaybooks()) != 2 {
			t.Fatalf("got %v, %v", resp, err)
		}
		if got := resp.GetPlaybooks(); got[0].GetState() != playbookv1.Playbook_STATE_ACTIVE || got[1].GetState() != playbookv1.Playbook_STATE_RETIRED || got[0].GetName() != "playbooks/2" {
			t.Errorf("got %v", got)
		}
	})
}

func TestWhoMayNotSignAndWhatMayNotComeIntoForce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		p := b.draft(t)
		sign := func(team playbookv1.Team) *playbookv1.SignPlaybookRequest {
			return &playbookv1.SignPlaybookRequest{Name: p.GetName(), Team: team}
		}
		_, err := b.client.SignPlaybook(seller(t.Context()), sign(playbookv1.Team_TEAM_MARKETING))
		refused(t, "sales signs for marketing", err, codes.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_SIGNER_NOT_ALLOWED)
		_, err = b.client.SignPlaybook(ops(t.Context()), sign(playbookv1.Team_TEAM_SALES))
		refused(t, "an administrator signs", err, codes.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_ROLE_MISSING)
		_, err = b.client.ActivatePlaybook(ops(t.Context()), &playbookv1.ActivatePlaybookRequest{Name: p.GetName()})
		refused(t, "a draft comes into force", err, codes.FailedPrecondition, errorsv1.ErrorReason_ERROR_REASON_SIGNATURE_MISSING)
		both := roomtest.As(t.Context(), "bo", accessv1.Role_ROLE_MARKETING_LEAD, accessv1.Role_ROLE_SALES_MANAGER)
		if _, err := b.client.SignPlaybook(both, sign(playbookv1.Team_TEAM_MARKETING)); err != nil {
			t.Fatal(err)
		}
		_, err = b.client.SignPlaybook(both, sign(playbookv1.Team_TEAM_SALES))
		refused(t, "one person signs for both", err, codes.FailedPrecondition, errorsv1.ErrorReason_ERROR_REASON_SIGNER_NOT_DISTINCT)
		_, err = b.client.SignPlaybook(seller(t.Context()), &playbookv1.SignPlaybookRequest{Name: p.GetName(), Team: playbookv1.Team_TEAM_SALES, Hash: "other"})
		refused(t, "another text is signed", err, codes.FailedPrecondition, errorsv1.ErrorReason_ERROR_REASON_STATE_CONFLICT)
		_, err = b.client.SignPlaybook(seller(t.Context()), &playbookv1.SignPlaybookRequest{Name: p.GetName(), Team: playbookv1.Team_TEAM_SALES, Etag: p.GetEtag()})
		refused(t, "with an old etag", err, codes.Aborted, errorsv1.ErrorReason_ERROR_REASON_ETAG_MISMATCH)
		_, err = b.client.SubmitPlaybook(ops(t.Context()), &playbookv1.SubmitPlaybookRequest{Name: "playbooks/9"})
		refused(t, "a version that is not there", err, codes.NotFound, errorsv1.ErrorReason_ERROR_REASON_RESOURCE_NOT_FOUND)
	})
}

func TestAnUnsoundDocumentIsRefusedWithThePlaceOfEachProblem(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		source := strings.Replace(minimal(t), "\nplaybook:", "\nplaybok:", 1)
		resp, err := b.client.LintPlaybook(ops(t.Context()), &playbookv1.LintPlaybookRequest{Yaml: source})
		if err != nil || len(resp.GetProblems()) == 0 || resp.GetProblems()[0].GetLine() == 0 || resp.GetProblems()[0].GetSeverity() != playbookv1.Problem_SEVERITY_ERROR {
			t.Errorf("lint: got %v, %v", resp.GetProblems(), err)
		}
		_, err = b.client.CreatePlaybook(ops(t.Context()), &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: source}})
		if err == nil {
			t.Error("the document was stored")
		}
		_, err = b.client.CreatePlaybook(ops(t.Context()), &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{}})
		if err == nil {
			t.Error("a version without a document was stored")
		}
		if resp, err := b.client.ListPlaybooks(ops(t.Context()), &playbookv1.ListPlaybooksRequest{}); err != nil || len(resp.GetPlaybooks()) != 0 {
			t.Errorf("got %v, %v", resp, err)
		}
	})
}

func TestATypedDocumentIsTheSameAsItsYAML(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		first := b.draft(t)
		second, err := b.client.CreatePlaybook(ops(t.Context()), &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Document: first.GetDocument()}})
		if err != nil {
			t.Fatal(err)
		}
		if second.GetHash() != first.GetHash() || second.GetYaml() == "" || !proto.Equal(second.GetDocument(), first.GetDocument()) {
			t.Errorf("got %v, want the hash and document of %v", second, first)
		}
	})
}

func TestARetryOfACreationMakesNoSecondVersion(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		req := &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: minimal(t)}, RequestId: "0190e1a0-0000-4000-8000-000000000001"}
		first, err := b.client.CreatePlaybook(ops(t.Context()), req)
		if err != nil {
			t.Fatal(err)
		}
		again, err := b.client.CreatePlaybook(ops(t.Context()), req)
		if err != nil || !proto.Equal(first, again) {
			t.Errorf("got %v, %v; want %v", again, err, first)
		}
	})
}

func TestVersionsAreListedPageByPageNewestFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		for range 5 {
			b.draft(t)
		}
		var names []string
		req := &playbookv1.ListPlaybooksRequest{PageSize: 2}
		for {
			resp, err := b.client.ListPlaybooks(ops(t.Context()), req)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range resp.GetPlaybooks() {
				names = append(names, p.GetName())
				if p.GetDocument() != nil || p.GetYaml() != "" {
					t.Error("a list carries documents")
				}
			}
			if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
				break
			}
		}
		if got, want := strings.Join(names, " "), "playbooks/5 playbooks/4 playbooks/3 playbooks/2 playbooks/1"; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		_, err := b.client.ListPlaybooks(seller(t.Context()), &playbookv1.ListPlaybooksRequest{PageToken: "Zm9yZ2Vk"})
		if err == nil {
			t.Error("a forged page token was taken")
		}
	})
}

func TestWhatAnAIWritesIsMarkedAndItCannotSign(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		ctx := roomtest.AsAI(t.Context(), "bot", accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_SALES_MANAGER)
		p, err := b.client.CreatePlaybook(ctx, &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: minimal(t)}})
		if err != nil || p.GetOrigin() != playbookv1.Origin_ORIGIN_AI {
			t.Fatalf("got %v, %v", p.GetOrigin(), err)
		}
		_, err = b.client.SignPlaybook(ctx, &playbookv1.SignPlaybookRequest{Name: p.GetName(), Team: playbookv1.Team_TEAM_SALES})
		refused(t, "an AI signs", err, codes.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_SIGNER_NOT_ALLOWED)
	})
}

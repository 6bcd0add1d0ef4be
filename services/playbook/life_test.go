package playbook_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestARollbackIsANewVersionThatBothTeamsSign(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		first := b.active(t)
		_, err := b.client.RollbackPlaybook(ops(t.Context()), &playbookv1.RollbackPlaybookRequest{Name: first.GetName()})
		refused(t, "back to what is in force", err, codes.FailedPrecondition, errorsv1.ErrorReason_ERROR_REASON_STATE_CONFLICT)
		b.active(t)

		req := &playbookv1.RollbackPlaybookRequest{Name: first.GetName(), RequestId: "0190e1a0-0000-4000-8000-000000000002"}
		back, err := b.client.RollbackPlaybook(ops(t.Context()), req)
		if err != nil {
			t.Fatal(err)
		}
		if back.GetName() != "playbooks/3" || back.GetState() != playbookv1.Playbook_STATE_DRAFT || back.GetRolledBackFrom() != first.GetName() ||
			back.GetHash() != first.GetHash() || back.GetYaml() != first.GetYaml() || len(back.GetSignatures()) != 0 {
			t.Errorf("got %v", back)
		}
		again, err := b.client.RollbackPlaybook(ops(t.Context()), req)
		if err != nil || !proto.Equal(back, again) {
			t.Errorf("a retry gave %v, %v", again, err)
		}
		_, err = b.client.ActivatePlaybook(ops(t.Context()), &playbookv1.ActivatePlaybookRequest{Name: back.GetName()})
		refused(t, "in force without signatures", err, codes.FailedPrecondition, errorsv1.ErrorReason_ERROR_REASON_SIGNATURE_MISSING)
		if _, err := b.client.ActivatePlaybook(ops(t.Context()), &playbookv1.ActivatePlaybookRequest{Name: b.sign(t, back).GetName()}); err != nil {
			t.Fatal(err)
		}
		if got := b.get(t, "playbooks/active"); got.GetRolledBackFrom() != first.GetName() {
			t.Errorf("in force is %v", got)
		}
		if n := b.audited(t, "RollbackPlaybook"); n != 1 {
			t.Errorf("audited %d times, want once", n)
		}
		_, err = b.client.RollbackPlaybook(ops(t.Context()), &playbookv1.RollbackPlaybookRequest{Name: "playbooks/99"})
		refused(t, "back to nothing", err, codes.NotFound, errorsv1.ErrorReason_ERROR_REASON_RESOURCE_NOT_FOUND)
	})
}

// audited counts the audit events of a method.
func (b bench) audited(t *testing.T, method string) int {
	t.Helper()
	n := 0
	for _, e := range b.Told(t) {
		if e.GetResourceChanged().GetMethod() == method {
			n++
		}
	}
	return n
}

func TestWhatATeamRefusesIsSignedNoMoreAndItsCommentIsKept(t *testing.T) {
	t.Parallel()
	const comment = "Rita says that enterprise reps cannot call within 4 hours"
	each(t, func(t *testing.T, b bench) {
		p := b.signed(t)
		refusal := &playbookv1.RefusePlaybookRequest{Name: p.GetName(), Team: playbookv1.Team_TEAM_SALES, Comment: comment, Etag: p.GetEtag()}
		_, err := b.client.RefusePlaybook(marketer(t.Context()), refusal)
		refused(t, "marketing refuses for sales", err, codes.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_SIGNER_NOT_ALLOWED)
		_, err = b.client.RefusePlaybook(ops(t.Context()), refusal)
		refused(t, "an administrator refuses", err, codes.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_ROLE_MISSING)
		_, err = b.client.RefusePlaybook(roomtest.AsAI(t.Context(), "bot", accessv1.Role_ROLE_SALES_MANAGER), refusal)
		refused(t, "an AI refuses", err, codes.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_SIGNER_NOT_ALLOWED)

		got, err := b.client.RefusePlaybook(seller(t.Context()), refusal)
		if err != nil {
			t.Fatal(err)
		}
		if got.GetState() != playbookv1.Playbook_STATE_REFUSED || got.GetRefusal().GetComment() != comment ||
			!strings.HasSuffix(got.GetRefusal().GetRefuser(), "|sven") || got.GetRefusal().GetTeam() != playbookv1.Team_TEAM_SALES {
			t.Errorf("got %v", got)
		}
		if read := b.get(t, p.GetName()); !proto.Equal(read, got) {
			t.Errorf("read %v, want %v", read, got)
		}
		_, err = b.client.ActivatePlaybook(ops(t.Context()), &playbookv1.ActivatePlaybookRequest{Name: p.GetName()})
		refused(t, "it comes into force", err, codes.FailedPrecondition, errorsv1.ErrorReason_ERROR_REASON_STATE_CONFLICT)
		want := &eventv1.PlaybookRefused{Playbook: p.GetName(), Hash: p.GetHash(), Team: playbookv1.Team_TEAM_SALES}
		if told := b.refusals(t); len(told) != 1 || !proto.Equal(told[0], want) {
			t.Errorf("told of %v, want %v", told, want)
		}
		for _, e := range b.Told(t) {
			if raw, err := proto.Marshal(e); err != nil || strings.Contains(string(raw), "Rita") {
				t.Errorf("the comment was told: %v (%v)", e, err)
			}
		}
		if n := b.audited(t, "RefusePlaybook"); n != 1 {
			t.Errorf("audited %d times, want once", n)
		}
	})
}

// refusals are what was told of refusals.
func (b bench) refusals(t *testing.T) (all []*eventv1.PlaybookRefused) {
	t.Helper()
	for _, e := range b.Told(t) {
		if refused := e.GetPlaybookRefused(); refused != nil {
			all = append(all, refused)
		}
	}
	return all
}

// An AI opens a draft for signature, which decides nothing; people sign or refuse it.
func TestAnAIProposesAndPeopleDecide(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		first := b.active(t)
		b.active(t)
		bot := roomtest.AsAI(t.Context(), "bot", accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_SALES_MANAGER, accessv1.Role_ROLE_MARKETING_LEAD)
		p, err := b.client.RollbackPlaybook(bot, &playbookv1.RollbackPlaybookRequest{Name: first.GetName()})
		if err != nil || p.GetOrigin() != playbookv1.Origin_ORIGIN_AI {
			t.Fatalf("got %v, %v", p, err)
		}
		if p, err = b.client.SubmitPlaybook(bot, &playbookv1.SubmitPlaybookRequest{Name: p.GetName()}); err != nil {
			t.Fatal(err)
		}
		for _, team := range []playbookv1.Team{playbookv1.Team_TEAM_MARKETING, playbookv1.Team_TEAM_SALES} {
			_, err := b.client.SignPlaybook(bot, &playbookv1.SignPlaybookRequest{Name: p.GetName(), Team: team})
			refused(t, "an AI signs", err, codes.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_SIGNER_NOT_ALLOWED)
		}
		_, err = b.client.ActivatePlaybook(bot, &playbookv1.ActivatePlaybookRequest{Name: b.sign(t, p).GetName()})
		refused(t, "an AI activates", err, codes.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_SIGNER_NOT_ALLOWED)
		if _, err := b.client.ActivatePlaybook(ops(t.Context()), &playbookv1.ActivatePlaybookRequest{Name: p.GetName()}); err != nil {
			t.Fatal(err)
		}
	})
}

package playbook_test

import (
	"strings"
	"testing"

	"google.golang.org/grpc/codes"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

func TestWhatDiffersIsTheSameForAVersionAndForItsText(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		first := b.active(t)
		changed := strings.Replace(minimal(t), "within: 24h", "within: 4h", 1)
		second, err := b.client.CreatePlaybook(ops(t.Context()), &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: changed}})
		if err != nil {
			t.Fatal(err)
		}
		for name, req := range map[string]*playbookv1.DiffPlaybooksRequest{
			"two versions":       {From: first.GetName(), To: second.GetName()},
			"against the active": {To: second.GetName()},
			"a text":             {From: "playbooks/active", Yaml: changed},
		} {
			got, err := b.client.DiffPlaybooks(seller(t.Context()), req)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			c := got.GetChanges()
			if len(c) != 1 || c[0].GetSentence() != "First touch: 4 hours instead of 24 hours" || c[0].GetEffect() != playbookv1.PlaybookChange_EFFECT_TIMING ||
				c[0].GetOld() != "24h" || c[0].GetNew() != "4h" || c[0].GetPath() != "sla.clocks.first_touch.within" {
				t.Errorf("%s: got %v", name, c)
			}
			if got.GetFrom() != first.GetName() || got.GetTo() != map[bool]string{true: second.GetName()}[req.GetTo() != ""] ||
				got.GetFromHash() != first.GetHash() || got.GetToHash() != second.GetHash() {
				t.Errorf("%s: got %v", name, got)
			}
		}
		if got, err := b.client.DiffPlaybooks(seller(t.Context()), &playbookv1.DiffPlaybooksRequest{To: "playbooks/active"}); err != nil || len(got.GetChanges()) != 0 {
			t.Errorf("the active version and itself: %v, %v", got, err)
		}
	})
}

func TestWhatCannotBeCompared(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		_, err := b.client.DiffPlaybooks(seller(t.Context()), &playbookv1.DiffPlaybooksRequest{From: "playbooks/active", To: "playbooks/1"})
		refused(t, "nothing in force", err, codes.NotFound, errorsv1.ErrorReason_ERROR_REASON_RESOURCE_NOT_FOUND)
		p := b.draft(t)
		for name, req := range map[string]*playbookv1.DiffPlaybooksRequest{
			"with nothing": {From: p.GetName()}, "with two": {From: p.GetName(), To: p.GetName(), Yaml: minimal(t)},
		} {
			_, err := b.client.DiffPlaybooks(seller(t.Context()), req)
			invalid(t, name, err)
		}
		_, err = b.client.DiffPlaybooks(seller(t.Context()), &playbookv1.DiffPlaybooksRequest{From: p.GetName(), Yaml: "playbook: acme"})
		invalid(t, "an unsound text", err)
		_, err = b.client.DiffPlaybooks(seller(t.Context()), &playbookv1.DiffPlaybooksRequest{From: p.GetName(), To: "playbooks/9"})
		refused(t, "a version that is not there", err, codes.NotFound, errorsv1.ErrorReason_ERROR_REASON_RESOURCE_NOT_FOUND)
	})
}

func TestBeforeTheFirstIsInForceEverythingIsAdded(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		for name, req := range map[string]*playbookv1.DiffPlaybooksRequest{"a version": {To: b.draft(t).GetName()}, "a text": {Yaml: minimal(t)}} {
			got, err := b.client.DiffPlaybooks(seller(t.Context()), req)
			if err != nil || got.GetFrom() != "" || got.GetFromHash() != "" || got.GetToHash() == "" {
				t.Fatalf("%s: got %v, %v", name, got, err)
			}
			var gate string
			for _, c := range got.GetChanges() {
				if c.GetKind() != playbookv1.PlaybookChange_KIND_ADDED {
					t.Errorf("%s: %v is not added", name, c)
				}
				if c.GetPath() == "stages.mql" {
					gate = c.GetSentence()
				}
			}
			if !strings.HasPrefix(gate, "A lead is an MQL when ") {
				t.Errorf("%s: the gate reads %q", name, gate)
			}
		}
	})
}

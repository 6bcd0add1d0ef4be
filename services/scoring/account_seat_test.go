package scoring_test

import (
	"testing"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

func TestAListThatOnlyAPersonaMentionsSeatsPeople(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.list(t, "partners", "other.example")
		b.buy(t, func(doc *playbookv1.Document) {
			doc.Personas["ally"] = &playbookv1.Persona{When: `account.domain in lists.partners`, Role: playbookv1.Persona_ROLE_USER}
			doc.Stages.Mql = `"ally" in account.committee`
		})
		b.account(t, "1", nil)
		lead := b.create(t, &scoringv1.Lead{Source: "website", Email: "ops@initech.example"})
		if got := b.qualified(t); len(got) != 0 {
			t.Fatalf("before it is on the list: %v", got)
		}
		b.list(t, "partners", "initech.example")
		b.drain(t)
		if got := b.qualified(t); len(got) != 1 || got[0].GetLead() != lead.GetName() {
			t.Errorf("once it is on the list: %v", got)
		}
	})
}

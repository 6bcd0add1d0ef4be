package auth_test

import (
	"testing"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
)

func TestEveryRoleAndKindHasOneName(t *testing.T) {
	t.Parallel()
	names := map[string]accessv1.Role{
		"marketing": accessv1.Role_ROLE_MARKETING, "marketing_lead": accessv1.Role_ROLE_MARKETING_LEAD,
		"sales_rep": accessv1.Role_ROLE_SALES_REP, "sales_manager": accessv1.Role_ROLE_SALES_MANAGER,
		"revops": accessv1.Role_ROLE_REVOPS, "exec": accessv1.Role_ROLE_EXEC, "partner": accessv1.Role_ROLE_PARTNER,
		"sre": accessv1.Role_ROLE_SRE, "service": accessv1.Role_ROLE_SERVICE,
	}
	if got, want := len(accessv1.Role_name), len(names)+1; got != want {
		t.Errorf("there are %d roles, the table has %d", got, want)
	}
	for name, role := range names {
		if got, err := auth.ParseRole(name); got != role || err != nil {
			t.Errorf("ParseRole(%q): got %v, %v", name, got, err)
		}
		if got := auth.RoleName(role); got != name {
			t.Errorf("RoleName(%v): got %q, want %q", role, got, name)
		}
	}
	for name, kind := range map[string]accessv1.ActorKind{
		"person": accessv1.ActorKind_ACTOR_KIND_PERSON, "platform": accessv1.ActorKind_ACTOR_KIND_PLATFORM,
		"ai": accessv1.ActorKind_ACTOR_KIND_AI,
	} {
		if got, err := auth.ParseKind(name); got != kind || err != nil || auth.KindName(kind) != name {
			t.Errorf("kind %q: got %v, %v, %q", name, got, err, auth.KindName(kind))
		}
	}
}

func TestNobodyHasNoNameAndNoRole(t *testing.T) {
	t.Parallel()
	nobody := auth.ActorFrom(t.Context())
	if nobody != nil || auth.Principal(nobody) != "" || auth.Has(nobody, accessv1.Role_ROLE_UNSPECIFIED, accessv1.Role_ROLE_EXEC) {
		t.Errorf("got %v, named %q", nobody, auth.Principal(nobody))
	}
}

func TestAServiceActsUnderItsOwnName(t *testing.T) {
	t.Parallel()
	actor := auth.ActorFrom(auth.WithActor(t.Context(), auth.Service("sla")))
	if got, want := auth.Principal(actor), "handoff|sla"; got != want {
		t.Errorf("got principal %q, want %q", got, want)
	}
	if !auth.Has(actor, accessv1.Role_ROLE_EXEC, accessv1.Role_ROLE_SERVICE) || auth.Has(actor, accessv1.Role_ROLE_REVOPS) || auth.Has(actor) {
		t.Errorf("got roles %v", actor.GetRoles())
	}
	if actor.GetKind() != accessv1.ActorKind_ACTOR_KIND_PLATFORM {
		t.Errorf("got kind %v", actor.GetKind())
	}
}

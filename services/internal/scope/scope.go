// Package scope keeps callers to what is theirs.
//
// Most callers see everything that both teams see. A caller who is nothing but a sales rep sees only their own handoffs,
// one who is nothing but a partner only those that the partner brought. Routing knows whose a handoff is: other services
// ask it, in the caller's name, and a foreign handoff answers exactly like a missing one.
package scope

import (
	"context"

	"google.golang.org/protobuf/proto"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
)

// Wide reports whether an actor sees everything that both teams see.
func Wide(actor *auth.Actor) bool {
	return auth.Has(actor, accessv1.Role_ROLE_MARKETING, accessv1.Role_ROLE_MARKETING_LEAD, accessv1.Role_ROLE_SALES_MANAGER,
		accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_EXEC, accessv1.Role_ROLE_SRE, accessv1.Role_ROLE_SERVICE)
}

// Partner is the partner that an actor is kept to; empty if the actor is not kept to one.
func Partner(actor *auth.Actor) string {
	if Wide(actor) || !auth.Has(actor, accessv1.Role_ROLE_PARTNER) {
		return ""
	}
	return actor.GetPartner()
}

// Handoff makes sure that the caller may see a handoff: it asks routing, in the caller's name, unless the caller sees
// everything anyway.
func Handoff(ctx context.Context, routing routingv1.RoutingServiceClient, name string) error {
	if Wide(auth.ActorFrom(ctx)) {
		return nil
	}
	_, err := routing.GetHandoff(ctx, &routingv1.GetHandoffRequest{Name: name})
	return err
}

// Rubric is how a meeting does, as far as whoever is kept to a partner may know: not what is in its way at the account. The
// partner is empty for everybody else.
func Rubric(partner string, r *scoringv1.Rubric) *scoringv1.Rubric {
	if partner == "" || r == nil {
		return r
	}
	told := proto.CloneOf(r)
	for _, c := range told.GetChecks() {
		if c.GetKind() == scoringv1.RubricCheck_KIND_NO_ACTIVE_MOTION {
			c.Because = ""
		}
	}
	return told
}

package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
)

// Actor is a verified caller. It is shared between calls: nobody changes it.
type Actor = accessv1.Actor

// ServiceIssuer is the issuer of a service that acts by itself. No token can have it.
const ServiceIssuer = "handoff"

// maxNameBytes bounds issuers, subjects and partners.
const maxNameBytes = 255

type actorKey struct{}

// WithActor says on whose behalf the work under the returned context is done.
func WithActor(ctx context.Context, actor *Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// ActorFrom says on whose behalf the work under ctx is done; nil if nobody's.
func ActorFrom(ctx context.Context) *Actor {
	actor, _ := ctx.Value(actorKey{}).(*Actor)
	return actor
}

// Service is the actor of a service that acts by itself, such as a timer that fires.
func Service(name string) *Actor {
	return &Actor{
		Issuer:  ServiceIssuer,
		Subject: name,
		Kind:    accessv1.ActorKind_ACTOR_KIND_PLATFORM,
		Roles:   []accessv1.Role{accessv1.Role_ROLE_SERVICE},
	}
}

// Principal names an actor for ever: issuer and subject, joined by a bar. An issuer holds no bar, so two actors never
// share a name. It is empty for nobody.
func Principal(actor *Actor) string {
	if actor == nil {
		return ""
	}
	return actor.GetIssuer() + "|" + actor.GetSubject()
}

// Has says whether the actor has at least one of the roles.
func Has(actor *Actor, roles ...accessv1.Role) bool {
	return slices.ContainsFunc(actor.GetRoles(), func(r accessv1.Role) bool { return slices.Contains(roles, r) })
}

// check refuses an actor that is not complete. A partner without a name would see whatever has no partner.
func check(actor *Actor) error {
	switch {
	case !printable(actor.GetIssuer()):
		return errors.New("the issuer is empty, too long or not printable")
	case !printable(actor.GetSubject()):
		return errors.New("the subject is empty, too long or not printable")
	case actor.GetPartner() != "" && !printable(actor.GetPartner()):
		return errors.New("the partner is too long or not printable")
	case KindName(actor.GetKind()) == "":
		return fmt.Errorf("kind %d is unknown", actor.GetKind())
	case len(actor.GetRoles()) == 0:
		return errors.New("there is no role")
	case Has(actor, accessv1.Role_ROLE_PARTNER) && actor.GetPartner() == "":
		return errors.New("the role partner is without a partner")
	}
	for _, role := range actor.GetRoles() {
		if RoleName(role) == "" {
			return fmt.Errorf("role %d is unknown", role)
		}
	}
	return nil
}

func printable(name string) bool {
	return name != "" && len(name) <= maxNameBytes && utf8.ValidString(name) &&
		!slices.ContainsFunc([]rune(name), unicode.IsControl)
}

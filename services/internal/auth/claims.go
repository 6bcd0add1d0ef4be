package auth

import (
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
)

// Leeway is how far the clocks of an issuer and of this process may differ.
const Leeway = 30 * time.Second

// claims is what a token says. Roles, kind and partner are Handoff's own; the issuer must be set up to give them.
type claims struct {
	jwt.RegisteredClaims
	Roles   []string `json:"roles"`
	Kind    string   `json:"kind,omitempty"` // default person
	Partner string   `json:"partner,omitempty"`
}

// actor is the caller that the claims name.
func (c *claims) actor() (*Actor, error) {
	actor := &Actor{Issuer: c.Issuer, Subject: c.Subject, Partner: c.Partner, Kind: accessv1.ActorKind_ACTOR_KIND_PERSON}
	if c.Kind != "" {
		kind, err := ParseKind(c.Kind)
		if err != nil {
			return nil, err
		}
		actor.Kind = kind
	}
	for _, name := range c.Roles {
		role, err := ParseRole(name)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(actor.GetRoles(), role) {
			actor.Roles = append(actor.Roles, role)
		}
	}
	if err := check(actor); err != nil {
		return nil, fmt.Errorf("claims: %w", err)
	}
	return actor, nil
}

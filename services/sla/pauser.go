package sla

import (
	"context"
	"slices"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// prospectDate is the one reason that reps give themselves.
const prospectDate deadline.PauseReason = "WAITING_ON_PROSPECT_DATE"

// pauser is who wants clocks to stand still, or to go on.
type pauser struct {
	caller *auth.Actor
	rep    string // who they are, if a rep
}

// pauser looks at who calls about a handoff, and makes sure that they see it.
func (s *Service) pauser(ctx context.Context, handoff string) (pauser, error) {
	playbook, err := s.known(ctx, ident.ID(handoff, "handoffs"))
	if err != nil {
		return pauser{}, err
	}
	if playbook != 0 { // it is in memory from here on: the transaction must not wait for another service
		if _, err := s.policy(ctx, s.cfg.DB, playbook); err != nil {
			return pauser{}, err
		}
	}
	rep, err := s.ownRep(ctx)
	return pauser{caller: auth.ActorFrom(ctx), rep: rep}, err
}

// as is the role in which the caller may pause for a reason.
func (p pauser) as(reason deadline.PauseReason) (accessv1.Role, bool) {
	roles := []accessv1.Role{accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_SERVICE}
	switch reason {
	case deadline.SystemIncident:
		roles = append(roles, accessv1.Role_ROLE_SRE)
	case prospectDate:
		roles = append(roles, accessv1.Role_ROLE_SALES_MANAGER, accessv1.Role_ROLE_SALES_REP)
	default:
		roles = append(roles, accessv1.Role_ROLE_SALES_MANAGER)
	}
	i := slices.IndexFunc(roles, func(r accessv1.Role) bool { return auth.Has(p.caller, r) })
	if i < 0 {
		return accessv1.Role_ROLE_UNSPECIFIED, false
	}
	return roles[i], true
}

// denied refuses what other callers may do.
func denied(format string, args ...any) error {
	return fault.New(fault.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_ROLE_MISSING, format, args...)
}

package sla

import (
	"context"
	"errors"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// everything is the roles that see every handoff. Who has none of them is a rep, and sees their own.
var everything = []accessv1.Role{accessv1.Role_ROLE_MARKETING, accessv1.Role_ROLE_MARKETING_LEAD, accessv1.Role_ROLE_SALES_MANAGER,
	accessv1.Role_ROLE_REVOPS, accessv1.Role_ROLE_EXEC, accessv1.Role_ROLE_SRE, accessv1.Role_ROLE_SERVICE}

// restricted says whether the caller sees their own handoffs alone.
func restricted(ctx context.Context) bool { return !auth.Has(auth.ActorFrom(ctx), everything...) }

// admit refuses a rep to whom Routing does not show the handoff.
func (s *Service) admit(ctx context.Context, handoff, resource string) error {
	if !restricted(ctx) {
		return nil
	}
	return s.shown(ctx, handoff, resource)
}

// shown asks Routing whether the caller may see a handoff. If not, it looks as if the resource did not exist.
func (s *Service) shown(ctx context.Context, handoff, resource string) error {
	_, err := s.cfg.Routing.GetHandoff(ctx, &routingv1.GetHandoffRequest{Name: handoff})
	if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
		return fault.Missing(resource)
	}
	return err
}

// known makes sure that a handoff exists for the caller: in the facts, or else in Routing, whose events may be on their way.
// It gives the number of the playbook that the handoff follows; 0 if that is not known yet.
func (s *Service) known(ctx context.Context, id string) (playbook int64, err error) {
	playbook, found, err := store.Pinned(ctx, s.cfg.DB, id)
	if err != nil || found && !restricted(ctx) {
		return playbook, err
	}
	return playbook, s.shown(ctx, handoffName(id), handoffName(id))
}

// ownRep is the rep that the caller is; empty if none. The reps know their callers, not the other way round, so Routing is
// asked for all of them, in the name of the suite: what a caller may see of other reps does not matter here.
func (s *Service) ownRep(ctx context.Context) (string, error) {
	caller := auth.ActorFrom(ctx)
	if !auth.Has(caller, accessv1.Role_ROLE_SALES_REP) {
		return "", nil
	}
	ctx = auth.WithActor(ctx, auth.Service(eventlog.SLA))
	req := &routingv1.ListRepsRequest{PageSize: paging.MaxSize}
	for {
		page, err := s.cfg.Routing.ListReps(ctx, req)
		if err != nil {
			return "", err
		}
		for _, r := range page.GetReps() {
			if is(r, caller) {
				return r.GetName(), nil
			}
		}
		if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" {
			return "", nil
		}
	}
}

// is says whether a caller acts as a rep. A rep without an issuer has the suite's own.
func is(rep *routingv1.Rep, caller *auth.Actor) bool {
	issuer := rep.GetIssuer()
	if issuer == "" {
		issuer = auth.LocalIssuer
	}
	return rep.GetSubject() != "" && rep.GetSubject() == caller.GetSubject() && issuer == caller.GetIssuer()
}

// missing turns an unknown row into its fault.
func missing(err error, resource string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.Missing(resource)
	}
	return err
}

package scope

import (
	"cmp"
	"context"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/paging"
)

// Rep is the rep to whose figures the caller is kept; kept is false for a caller who sees those of all. A caller who is
// kept to a rep and is none has an empty name, and sees nothing. Routing knows which rep has which token.
func Rep(ctx context.Context, routing routingv1.RoutingServiceClient) (name string, kept bool, err error) {
	actor := auth.ActorFrom(ctx)
	if Wide(actor) {
		return "", false, nil
	}
	req := &routingv1.ListRepsRequest{PageSize: paging.MaxSize}
	for {
		resp, err := routing.ListReps(ctx, req)
		if err != nil {
			return "", true, err
		}
		for _, rep := range resp.GetReps() {
			if rep.GetSubject() == actor.GetSubject() && cmp.Or(rep.GetIssuer(), auth.LocalIssuer) == actor.GetIssuer() {
				return rep.GetName(), true, nil
			}
		}
		if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
			return "", true, nil
		}
	}
}

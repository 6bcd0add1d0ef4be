package main

import (
	"cmp"
	"context"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// namesAtOnce is how many leads are asked for at a time.
const namesAtOnce = 16

// leadNames are the names of leads, as far as they can be read. A lead that is gone has none; whoever may not read leads is
// told none, and that is no error. After another error there are those that were read before it.
func leadNames(ctx context.Context, client scoringv1.ScoringServiceClient, leads []string) (map[string]string, error) {
	var mu sync.Mutex
	names := map[string]string{}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(namesAtOnce)
	for _, lead := range leads {
		group.Go(func() error {
			if ctx.Err() != nil {
				return nil // another one failed
			}
			l, err := client.GetLead(ctx, &scoringv1.GetLeadRequest{Name: lead})
			if f := fault.As(err); f != nil && f.Kind == fault.NotFound {
				return nil
			}
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			names[lead] = cmp.Or(strings.TrimSpace(l.GetGivenName()+" "+l.GetFamilyName()), l.GetEmail())
			return nil
		})
	}
	err := group.Wait()
	if f := fault.As(err); f != nil && f.Kind == fault.PermissionDenied {
		return nil, nil
	}
	return names, err
}

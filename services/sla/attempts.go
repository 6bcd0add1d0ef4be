package sla

import (
	"context"
	"strings"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

// GetAttemptProgress implements SlaService.
func (s *Service) GetAttemptProgress(ctx context.Context, req *slav1.GetAttemptProgressRequest) (*slav1.AttemptProgress, error) {
	id := ident.ID(strings.TrimSuffix(req.GetName(), "/attemptProgress"), "handoffs")
	if _, err := s.known(ctx, id); err != nil {
		return nil, err
	}
	progress, err := s.tries(ctx, id)
	if err != nil {
		return nil, err
	}
	out := &slav1.AttemptProgress{Name: req.GetName(), PlannedCount: int32(progress.Planned), MadeCount: int32(progress.Made),
		Reached: progress.Reached, Exhausted: progress.Exhausted}
	for _, a := range progress.Attempts {
		out.Steps = append(out.Steps, &slav1.AttemptStep{Channel: channelOf(a.Channel), Clock: clockName(id, a.Clock.Kind, a.Clock.Run),
			EarliestTime: stamp(a.Earliest), DueTime: stamp(a.Clock.Due), MakeTime: stamp(a.Made)})
	}
	return out, nil
}

// tries works out how far the plan of a handoff is now. One of which nothing is known has none.
func (s *Service) tries(ctx context.Context, id string) (p deadline.Progress, err error) {
	now := s.cfg.Now()
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		found, err := store.Get(ctx, tx, id)
		if err != nil || found[id] == nil || found[id].Playbook == 0 {
			return err
		}
		agreed, err := s.policy(ctx, tx, found[id].Playbook)
		if err != nil {
			return err
		}
		almanac, err := s.almanac(ctx, tx, agreed.clocks.Calendars(found[id].Facts), store.Peruse)
		if err != nil {
			return err
		}
		p = deadline.Attempts(found[id].Facts, agreed.clocks, almanac, now)
		return nil
	})
	return p, err
}

// channelOf is by what means an attempt is made, as the playbook names it.
func channelOf(asked deadline.Deed) playbookv1.AttemptChannel {
	for channel, deed := range channels() {
		if deed == asked {
			return channel
		}
	}
	return playbookv1.AttemptChannel_ATTEMPT_CHANNEL_UNSPECIFIED
}

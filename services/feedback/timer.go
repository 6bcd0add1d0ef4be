package feedback

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/alarm"
)

// duty is something that the service does by itself, at instants that it knows in advance. Each is watched on its own, so
// that one that fails holds up none of the others.
type duty struct {
	alarm.Timed
	alarm  alarm.Alarm // wakes its watch; rings when something was planned that may be due sooner
	undone string      // what the log says is not done while it fails
}

// watch sees to a duty until the context ends.
func (s *Service) watch(ctx context.Context, d duty) error {
	return d.alarm.Watch(ctx, alarm.Duty{Timed: d.Timed, Now: s.cfg.Now, Logger: s.cfg.Logger, Undone: d.undone})
}

// together are all duties in their order, as the test clock sees to them.
func (s *Service) together() alarm.Together {
	all := alarm.Together{Now: s.cfg.Now}
	for _, d := range s.duties {
		all.Duties = append(all.Duties, d.Timed)
	}
	return all
}

// NextDue is the earliest instant at which the service has something to do by itself; not ok if there is nothing.
func (s *Service) NextDue(ctx context.Context) (time.Time, bool, error) {
	return s.together().NextDue(ctx)
}

// Fire does everything that is due.
func (s *Service) Fire(ctx context.Context) error { return s.together().Fire(ctx) }

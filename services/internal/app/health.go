package app

import (
	"context"
	"log/slog"
	"time"
)

// How often each database is asked whether it takes writes, and how long it may take to answer.
const (
	lookEvery = 5 * time.Second
	lookTime  = 2 * time.Second
)

// tellHealth has the health of the public door follow that of the databases: the process is well when all of its services
// can write.
func (a *App) tellHealth(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		all := true
		for _, r := range a.rooms {
			well := a.lookAt(ctx, r)
			a.public.SetServing(string(parts()[r.name].api.FullName()), well)
			all = all && well
		}
		a.public.SetServing("", all)
	}
}

// lookAt reports whether a service can write.
func (a *App) lookAt(ctx context.Context, r *room) bool {
	within, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	err := r.db.Healthy(within)
	if err != nil && ctx.Err() == nil { // else nobody wants to know any more
		a.logger.WarnContext(ctx, "a database takes no writes", slog.String("service", r.name), slog.String("cause", err.Error()))
	}
	return err == nil
}

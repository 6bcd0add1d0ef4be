package scoring

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/handoffhq/handoff/services/scoring/internal/replay"
)

// convene finds out who was in the buying committees of accounts at any time, if a version asks for that: for everybody it
// must be known before anybody can be judged.
func (r *rerun) convene(ctx context.Context) error {
	if !r.world.AsksForCommittees() {
		return nil
	}
	roll, read := replay.NewRoll(), make(chan *reading)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(read)
		return r.read(ctx, read)
	})
	for range workers() {
		group.Go(func() error { return r.call(roll, read) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	r.world.Committees = roll.Committees()
	return nil
}

// call calls the people of chapters as they come.
func (r *rerun) call(roll *replay.Roll, chapters <-chan *reading) error {
	for next := range chapters {
		world := r.world
		world.Companies = next.companies
		for _, past := range next.pasts {
			if err := roll.Call(&world, past); err != nil {
				return err
			}
		}
	}
	return nil
}

package scoring

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
	"github.com/handoffhq/handoff/services/scoring/internal/surge"
)

// convene finds out who was in the buying committees of accounts at any time, and when accounts surged, if a version asks for
// that: of everybody it must be known before anybody can be judged.
func (r *rerun) convene(ctx context.Context) error {
	roll := replay.NewRoll(&r.world)
	if !roll.AsksForCommittees() && !roll.AsksForSurges() {
		return nil
	}
	if err := r.callAll(ctx, roll); err != nil {
		return err
	}
	if roll.AsksForSurges() {
		if err := r.watchAll(ctx, roll); err != nil {
			return err
		}
	}
	r.world.Surroundings = roll.Surroundings()
	return nil
}

// callAll calls everybody.
func (r *rerun) callAll(ctx context.Context, roll *replay.Roll) error {
	read := make(chan *reading)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(read)
		return r.read(ctx, read)
	})
	for range workers() {
		group.Go(func() error { return r.call(roll, read) })
	}
	return group.Wait()
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

// watchAll watches the accounts at which anybody is or was, a few at a time.
func (r *rerun) watchAll(ctx context.Context, roll *replay.Roll) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(1 + workers())
	curtailed := 0
	group.Go(func() error {
		for accounts := range slices.Chunk(roll.Accounts(), fewAccounts) {
			next, err := r.scene(ctx, accounts)
			if err != nil {
				return err
			}
			curtailed += next.curtailed
			group.Go(func() error {
				roll.Watch(&next.World, accounts, next.really)
				return nil
			})
		}
		return nil
	})
	err := group.Wait()
	if curtailed > 0 {
		r.cautions = append(r.cautions, fmt.Sprintf("a version asks whether accounts surge: of what happened at %d of them and nobody in particular did "+
			"only the newest %d things are replayed, so when they surged before is less sure", curtailed, maxOwn))
	}
	return err
}

// scene is the history of a few accounts.
type scene struct {
	replay.World
	really    map[string]surge.State // how they stand at its end
	curtailed int                    // of how many not all that happened is read
}

// scene reads what happened at accounts, and how they stand.
func (r *rerun) scene(ctx context.Context, accounts []string) (next *scene, err error) {
	err = r.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		next = &scene{World: r.world}
		if next.Companies, err = r.companies.read(ctx, tx, accounts); err != nil {
			return err
		}
		happened, err := happenedAt(ctx, tx, accounts, nil, r.world.Cut)
		if err != nil {
			return err
		}
		for _, all := range happened {
			if len(all) == maxOwn {
				next.curtailed++
			}
		}
		next.Companies.Stir(happened)
		next.really, err = store.SurgesAt(ctx, tx, accounts, r.world.Cut)
		return err
	})
	return next, err
}

package testclock

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	testclockv1 "github.com/handoffhq/handoff/gen/go/handoff/testclock/v1"
	"github.com/handoffhq/handoff/services/internal/clock"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Migrations makes the clock's table.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil { // the directory is embedded above
		return embedded
	}
	return sub
}

// Relay delivers one event log to one service.
type Relay interface {
	Step(ctx context.Context) (delivered bool, err error)
}

// Timers is a service that plans things.
type Timers interface {
	// NextDue is the earliest instant for which something is planned; ok is false when nothing is.
	NextDue(ctx context.Context) (at time.Time, ok bool, err error)
	// Fire does what is planned for now and before.
	Fire(ctx context.Context) error
}

// Config is what the clock moves.
type Config struct {
	DB     *sqldb.DB
	Clock  *clock.Test
	Relays []Relay  // in the fixed order in which logs are drained
	Timers []Timers // in the fixed order in which timers of one instant fire
}

// Service implements TestClockService, and keeps the suite in lockstep.
type Service struct {
	testclockv1.UnimplementedTestClockServiceServer
	cfg Config
	mu  sync.Mutex // one change, or one advance, at a time
}

// New makes the service. Load must have set the clock.
func New(cfg Config) *Service { return &Service{cfg: cfg} }

// Load reads the stored instant and the seed of ids; a new rehearsal begins with those given.
func Load(ctx context.Context, db *sqldb.DB, start time.Time, seed string) (now time.Time, storedSeed string, err error) {
	var micros int64
	err = db.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO test_clock (id, now, seed) VALUES (0, $1, $2) ON CONFLICT DO NOTHING`, start.UnixMicro(), seed); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `SELECT now, seed FROM test_clock WHERE id = 0`).Scan(&micros, &storedSeed)
	})
	if err != nil {
		return time.Time{}, "", fmt.Errorf("load test clock: %w", err)
	}
	return time.UnixMicro(micros).UTC(), storedSeed, nil
}

// Register serves the API.
func (s *Service) Register(r grpc.ServiceRegistrar) { testclockv1.RegisterTestClockServiceServer(r, s) }

// GetTestClock implements TestClockService.
func (s *Service) GetTestClock(context.Context, *testclockv1.GetTestClockRequest) (*testclockv1.TestClock, error) {
	return &testclockv1.TestClock{Now: timestamppb.New(s.cfg.Clock.Now())}, nil
}

// AdvanceTestClock implements TestClockService.
func (s *Service) AdvanceTestClock(ctx context.Context, req *testclockv1.AdvanceTestClockRequest) (*testclockv1.TestClock, error) {
	to := req.GetTo().AsTime().Truncate(time.Microsecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	if to.Before(s.cfg.Clock.Now()) {
		return nil, fault.New(fault.Conflict, errorsv1.ErrorReason_ERROR_REASON_TEST_CLOCK, "the clock stands at %s already",
			s.cfg.Clock.Now().Format(time.RFC3339Nano))
	}
	if err := s.advance(ctx, to); err != nil {
		return nil, err
	}
	return &testclockv1.TestClock{Now: timestamppb.New(s.cfg.Clock.Now())}, nil
}

// Resume brings a rehearsal that was interrupted to rest at the instant at which it stopped.
func (s *Service) Resume(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.advance(ctx, s.cfg.Clock.Now())
}

// Exclusive runs a change from outside alone, and drains the event logs after it, whether it succeeded or not.
func (s *Service) Exclusive(ctx context.Context, change func(ctx context.Context) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return errors.Join(change(ctx), s.drain(context.WithoutCancel(ctx)))
}

func (s *Service) advance(ctx context.Context, to time.Time) error {
	for {
		if err := s.drain(ctx); err != nil {
			return err
		}
		at, timers, err := s.next(ctx)
		if err != nil {
			return err
		}
		if len(timers) == 0 || at.After(to) {
			return s.set(ctx, to)
		}
		if at.After(s.cfg.Clock.Now()) {
			if err := s.set(ctx, at); err != nil {
				return err
			}
		}
		for _, t := range timers {
			if err := t.Fire(ctx); err != nil {
				return err
			}
		}
	}
}

// next is the earliest instant for which any service has something planned, and the services that have, in their order.
// What lies before now, after downtime, is due now.
func (s *Service) next(ctx context.Context) (earliest time.Time, planned []Timers, err error) {
	now := s.cfg.Clock.Now()
	for _, t := range s.cfg.Timers {
		at, ok, err := t.NextDue(ctx)
		if err != nil {
			return time.Time{}, nil, err
		}
		if !ok {
			continue
		}
		if at.Before(now) {
			at = now
		}
		switch {
		case len(planned) == 0 || at.Before(earliest):
			earliest, planned = at, []Timers{t}
		case at.Equal(earliest):
			planned = append(planned, t)
		}
	}
	return earliest, planned, nil
}

// drain delivers events until all is quiet. After each delivery it begins anew with the first log, so that what comes
// next depends on what is stored alone.
func (s *Service) drain(ctx context.Context) error {
	for i := 0; i < len(s.cfg.Relays); i++ {
		delivered, err := s.cfg.Relays[i].Step(ctx)
		if err != nil {
			return fmt.Errorf("drain event logs: %w", err)
		}
		if delivered {
			i = -1
		}
	}
	return nil
}

// set stores an instant and moves the clock to it.
func (s *Service) set(ctx context.Context, to time.Time) error {
	err := s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE test_clock SET now = $1 WHERE id = 0`, to.UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("store test clock: %w", err)
	}
	s.cfg.Clock.Set(to)
	return nil
}

package main

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
)

// The references of the clocks that run out: as many timers become due within a second while a million wait, and each
// leaves a row when it fires.
const (
	timersDue  = 20_000
	timersOpen = 1_000_000
	lead       = 5 * time.Second // until the first is due
)

// fired notes how late timers fire.
type fired struct {
	mu   sync.Mutex
	late []time.Duration
	all  chan struct{}
}

func newFired() *fired { return &fired{all: make(chan struct{})} }

func (f *fired) add(late ...time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.late = append(f.late, late...); len(f.late) == timersDue {
		close(f.all)
	}
}

func (f *fired) report(b *testing.B) {
	b.Helper()
	<-f.all
	slices.Sort(f.late)
	b.ReportMetric(float64(f.late[len(f.late)/2])/1e6, "p50-ms")
	b.ReportMetric(float64(f.late[len(f.late)*99/100])/1e6, "p99-ms")
}

// dueAt spreads the timers over a second.
func dueAt(first time.Time, i int) time.Time {
	return first.Add(time.Duration(i) * time.Second / timersDue)
}

func pool(b *testing.B, statements ...string) *pgxpool.Pool {
	b.Helper()
	cfg, err := pgxpool.ParseConfig(sqldbtest.Durable(b))
	if err != nil {
		b.Fatal(err)
	}
	cfg.MaxConns = 20
	p, err := pgxpool.NewWithConfig(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(p.Close)
	for _, s := range statements {
		if _, err := p.Exec(b.Context(), s); err != nil {
			b.Fatal(err)
		}
	}
	return p
}

// BenchmarkSweep fires timers by looking for due rows every 100 ms, and taking 500 of them at a time while there are any.
func BenchmarkSweep(b *testing.B) {
	p := pool(b, `CREATE TABLE fired (id bigint PRIMARY KEY)`, `CREATE TABLE timer (id bigint PRIMARY KEY, due timestamptz NOT NULL, done boolean NOT NULL DEFAULT false)`,
		`INSERT INTO timer SELECT -i, now() + interval '1 year' FROM generate_series(1, 1000000) i`,
		`CREATE INDEX timer_due ON timer (due) WHERE NOT done`, `ANALYZE timer`)
	first := time.Now().Add(lead)
	rows := make([][]any, timersDue)
	for i := range rows {
		rows[i] = []any{int64(i), dueAt(first, i)}
	}
	if _, err := p.CopyFrom(b.Context(), pgx.Identifier{"timer"}, []string{"id", "due"}, pgx.CopyFromRows(rows)); err != nil {
		b.Fatal(err)
	}
	f := newFired()
	for n := 0; n < timersDue; {
		due, err := sweep(b.Context(), p)
		if err != nil {
			b.Fatal(err)
		}
		now := time.Now()
		for _, at := range due {
			f.add(now.Sub(at))
		}
		if n += len(due); len(due) == 0 {
			time.Sleep(100 * time.Millisecond)
		}
	}
	f.report(b)
}

// sweep fires up to 500 timers in a transaction.
func sweep(ctx context.Context, p *pgxpool.Pool) (due []time.Time, err error) {
	err = pgx.BeginFunc(ctx, p, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `WITH taken AS (
				UPDATE timer SET done = true WHERE id IN (
					SELECT id FROM timer WHERE NOT done AND due <= now() ORDER BY due LIMIT 500 FOR UPDATE SKIP LOCKED)
				RETURNING id, due
			), rung AS (INSERT INTO fired SELECT id FROM taken)
			SELECT due FROM taken`)
		if err != nil {
			return err
		}
		due, err = pgx.CollectRows(rows, pgx.RowTo[time.Time])
		return err
	})
	return due, err
}

// timer is a job of River.
type timer struct {
	Number int64     `json:"number"`
	Due    time.Time `json:"due"`
}

// Kind implements river.JobArgs.
func (timer) Kind() string { return "timer" }

// ringer works jobs. Its row is the job itself, which River marks as done soon after.
type ringer struct {
	river.WorkerDefaults[timer]
	fired *fired
}

// Work implements river.Worker.
func (r *ringer) Work(_ context.Context, job *river.Job[timer]) error {
	r.fired.add(time.Since(job.Args.Due))
	return nil
}

// BenchmarkRiver fires timers as jobs of River: scheduled ones with the defaults; and tuned, where they pass by the
// scheduler, which runs every five seconds, and are fetched every ten milliseconds.
func BenchmarkRiver(b *testing.B) {
	b.Run("default", func(b *testing.B) { riverTimers(b, river.Config{}, "") })
	b.Run("tuned", func(b *testing.B) {
		riverTimers(b, river.Config{FetchCooldown: time.Millisecond, FetchPollInterval: 10 * time.Millisecond},
			`UPDATE river_job SET state = 'available' WHERE state = 'scheduled'`)
	})
}

func riverTimers(b *testing.B, cfg river.Config, shortcut string) {
	p := pool(b)
	migrator, err := rivermigrate.New(riverpgxv5.New(p), &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	if _, err := migrator.Migrate(b.Context(), rivermigrate.DirectionUp, nil); err != nil {
		b.Fatal(err)
	}
	f := newFired()
	cfg.Logger, cfg.Queues, cfg.Workers = slog.New(slog.DiscardHandler), map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 1000}}, river.NewWorkers()
	river.AddWorker(cfg.Workers, &ringer{fired: f})
	client, err := river.NewClient(riverpgxv5.New(p), &cfg)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := p.Exec(b.Context(), `INSERT INTO river_job (state, scheduled_at, args, kind, max_attempts)
		SELECT 'scheduled', now() + interval '1 year', '{}', 'timer', 25 FROM generate_series(1, $1)`, timersOpen); err != nil {
		b.Fatal(err)
	}
	if _, err := p.Exec(b.Context(), `ANALYZE river_job`); err != nil {
		b.Fatal(err)
	}
	if err := client.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	first := time.Now().Add(2 * lead)
	jobs := make([]river.InsertManyParams, timersDue)
	for i := range jobs {
		due := dueAt(first, i)
		jobs[i] = river.InsertManyParams{Args: timer{int64(i), due}, InsertOpts: &river.InsertOpts{ScheduledAt: due}}
	}
	if _, err := client.InsertManyFast(b.Context(), jobs); err != nil {
		b.Fatal(err)
	}
	if shortcut != "" {
		if _, err := p.Exec(b.Context(), shortcut+` AND args ->> 'number' IS NOT NULL`); err != nil {
			b.Fatal(err)
		}
	}
	f.report(b)
	if err := client.StopAndCancel(context.WithoutCancel(b.Context())); err != nil {
		b.Error(err)
	}
}

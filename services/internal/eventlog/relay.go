package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync/atomic"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
)

// How a relay works. Polling finds what other processes wrote; within the process a wake-up comes first.
const (
	batchSize   = 512                    // rows read at a time
	batchBytes  = 2 << 20                // of the events in one delivery, unless a single one has more; far below what a service takes in
	maxSkip     = 10_000                 // rows of others that may pass before the receiver is told
	pollEvery   = 100 * time.Millisecond // how often the log is looked at unasked
	pollAlone   = 2 * time.Second        // the same where no other process writes: only the outcome of a commit may be unknown
	firstRetry  = 10 * time.Millisecond
	longestWait = 2 * time.Second
	callTimeout = 20 * time.Second
)

// ErrDiverged says that sender and receiver remember different pasts: one of the two was restored. Nothing is delivered
// until somebody decides.
var ErrDiverged = errors.New("event logs have diverged")

// Relay delivers one log to one receiver.
type Relay struct {
	log    *Log
	dest   string
	client eventv1.EventServiceClient
	known  bool  // whether the receiver's mark is known
	mark   int64 // where the receiver stands
	read   int64 // how far the log was read; nothing between mark and read is for the receiver

	turn   atomic.Bool  // whether it is this replica that delivers
	passed atomic.Int64 // read, for others to see
}

// NewRelay makes the relay of a log to a service.
func (l *Log) NewRelay(dest string, client eventv1.EventServiceClient) *Relay {
	r := &Relay{log: l, dest: dest, client: client}
	l.watchLag(r)
	return r
}

// Destinations are the services that hear of a service's events, in the fixed order.
func (l *Log) Destinations() []string {
	var out []string
	for _, s := range services {
		if s != l.cfg.Service {
			out = append(out, s)
		}
	}
	return out
}

// Step delivers the next batch, if there is one. The log must be quiet or this the only relay for an exact answer.
func (r *Relay) Step(ctx context.Context) (delivered bool, err error) {
	if !r.known {
		if err := r.locate(ctx); err != nil {
			return false, err
		}
	}
	for {
		if r.read >= r.log.tail.end() {
			return false, nil
		}
		if sent, err := r.next(ctx); sent || err != nil {
			return sent, err
		}
	}
}

// Run delivers until the context ends.
func (r *Relay) Run(ctx context.Context) error {
	lease := &lease{relay: r}
	defer lease.release(context.WithoutCancel(ctx))
	defer r.turn.Store(false)
	for failures := 0; ctx.Err() == nil; {
		held, err := lease.hold(ctx)
		r.turn.Store(held)
		if err == nil && !held {
			r.known = false
			sleep(ctx, nil, leaseFor/4)
			continue
		}
		moved := false
		if err == nil {
			moved, err = r.once(ctx)
		}
		switch {
		case err != nil:
			r.known = false
			r.complain(ctx, err, failures)
			failures++
			sleep(ctx, nil, backoff(failures))
		case moved:
			failures = 0
		default:
			failures = 0
			sleep(ctx, r.log.wakes[r.dest], lease.poll())
		}
	}
	return nil
}

// once locates the receiver or delivers what comes next.
func (r *Relay) once(ctx context.Context) (moved bool, err error) {
	if !r.known {
		return true, r.locate(ctx)
	}
	before := r.read
	_, err = r.next(ctx)
	return r.read != before, err
}

// complain logs that deliveries fail: at once if the pasts differ, otherwise when it lasts.
func (r *Relay) complain(ctx context.Context, err error, failures int) {
	if ctx.Err() != nil {
		return
	}
	level := slog.LevelDebug
	switch {
	case errors.Is(err, ErrDiverged):
		level = slog.LevelError
	case failures > 0 && failures%8 == 0:
		level = slog.LevelWarn
	}
	r.log.cfg.Logger.Log(ctx, level, "events are not delivered", slog.String("to", r.dest),
		slog.Int("failures", failures+1), slog.String("cause", err.Error()))
}

// locate asks the receiver where it stands, and makes sure that both remember the same past.
func (r *Relay) locate(ctx context.Context) error {
	resp, err := r.call(ctx, &eventv1.DeliverRequest{Source: r.log.cfg.Service})
	if err != nil {
		return err
	}
	if err := r.compare(ctx, resp); err != nil {
		return err
	}
	r.known, r.mark = true, resp.GetMark()
	r.pass(r.mark)
	return nil
}

// pass notes how far the log was read.
func (r *Relay) pass(pos int64) {
	r.read = pos
	r.passed.Store(pos)
}

// compare holds the receiver's fingerprint against the log. Clean-up never deletes the row at a mark.
func (r *Relay) compare(ctx context.Context, resp *eventv1.DeliverResponse) error {
	if resp.GetMark() == 0 {
		return nil
	}
	rows, err := r.log.read(ctx, resp.GetMark()-1, 1)
	if err != nil && !errors.Is(err, errNotDense) {
		return err
	}
	if len(rows) == 0 {
		return fmt.Errorf("%w: %s has taken events up to %d, which are not in the log", ErrDiverged, r.dest, resp.GetMark())
	}
	if got := rows[0].fingerprint(); got != resp.GetFingerprint() {
		return fmt.Errorf("%w: event %d is %s here and %s at %s", ErrDiverged, resp.GetMark(), got, resp.GetFingerprint(), r.dest)
	}
	return nil
}

// next reads on and delivers what is for the receiver. Rows for others are passed over; the receiver hears of them with
// the next of its own, or when many have passed.
func (r *Relay) next(ctx context.Context) (sent bool, err error) {
	rows, err := r.log.read(ctx, r.read, batchSize)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	req, end := r.request(rows)
	if len(req.GetEntries()) == 0 && end.pos-r.mark < maxSkip {
		r.pass(end.pos)
		return false, nil
	}
	resp, err := r.call(ctx, req)
	if err != nil {
		r.known = false
		return false, err
	}
	if resp.GetMark() != end.pos { // it stands elsewhere: another relay delivered, or it was restored
		r.known = false
		return false, nil
	}
	r.mark = end.pos
	r.pass(end.pos)
	return true, nil
}

// request is the delivery of as many rows as one may carry, and the last row of it.
func (r *Relay) request(rows []entry) (*eventv1.DeliverRequest, entry) {
	req := &eventv1.DeliverRequest{Source: r.log.cfg.Service, After: r.mark}
	bytes := 0
	for i, e := range rows {
		if e.destinations&bit(r.dest) == 0 {
			continue
		}
		if bytes += len(e.body); bytes > batchBytes && len(req.GetEntries()) > 0 {
			rows = rows[:i]
			break
		}
		req.Entries = append(req.Entries, &eventv1.LogEntry{Position: e.pos, Key: e.key, Seq: e.seq, Event: e.body})
	}
	end := rows[len(rows)-1]
	req.Upto, req.Fingerprint = end.pos, end.fingerprint()
	return req, end
}

func (r *Relay) call(ctx context.Context, req *eventv1.DeliverRequest) (*eventv1.DeliverResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return r.client.Deliver(ctx, req)
}

func backoff(failures int) time.Duration {
	d := min(firstRetry<<min(failures, 10), longestWait)
	return rand.N(d) + 1
}

// sleep waits for a wake-up, a time, or the end of the context.
func sleep(ctx context.Context, wake <-chan struct{}, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-t.C:
	}
}

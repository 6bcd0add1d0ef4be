package eventlog

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sort"

	"google.golang.org/protobuf/proto"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// maxPoisoned is how many keys of one delivery may fail before the fault is taken to be the receiver's own.
const maxPoisoned = 16

// errMoved says that another delivery moved the mark first.
var errMoved = errors.New("mark moved")

// deliver applies a stretch of a sender's log.
func (l *Log) deliver(ctx context.Context, req *eventv1.DeliverRequest) (*eventv1.DeliverResponse, error) {
	d := delivery{log: l, req: req, after: req.GetAfter(), entries: req.GetEntries(), bad: map[string]*PoisonError{}}
	if req.GetUpto() == 0 {
		return l.where(ctx, req.GetSource())
	}
	for {
		err := l.cfg.DB.InTx(ctx, d.run)
		var poison *PoisonError
		switch {
		case err == nil:
			return &eventv1.DeliverResponse{Mark: req.GetUpto(), Fingerprint: req.GetFingerprint()}, nil
		case errors.Is(err, errMoved):
			resp, err := l.where(ctx, req.GetSource())
			if err != nil || resp.GetMark() >= req.GetUpto() || resp.GetMark() < d.after {
				return resp, err
			}
			d.skipTo(resp.GetMark())
		case errors.As(err, &poison) && d.blame(poison):
			l.cfg.Logger.WarnContext(ctx, "event parked", slog.String("source", req.GetSource()),
				slog.String("key", poison.Key), slog.String("cause", poison.Err.Error()))
		case !d.singly && !passing(err): // of many events, nobody knows whose fault it is
			d.singly = true
		default:
			f := fault.New(fault.Unavailable, errorsv1.ErrorReason_ERROR_REASON_UNAVAILABLE, "events cannot be applied now")
			f.Cause = err
			l.cfg.Logger.WarnContext(ctx, "delivery refused", slog.String("source", req.GetSource()), slog.String("cause", err.Error()))
			return nil, f
		}
	}
}

// delivery is one try to apply a stretch.
type delivery struct {
	log     *Log
	req     *eventv1.DeliverRequest
	after   int64
	entries []*eventv1.LogEntry
	bad     map[string]*PoisonError // the first event of a key that failed in an earlier try of this delivery
	singly  bool                    // whether events are applied one by one, so that a fault finds its event
}

// blame notes the event that failed. It reports whether that helps: not if too many keys have failed, or the event had been
// left out already.
func (d *delivery) blame(p *PoisonError) bool {
	known := d.bad[p.Key]
	if known == nil && len(d.bad) == maxPoisoned || known != nil && known.Seq <= p.Seq {
		return false
	}
	d.bad[p.Key] = p
	return true
}

// skipTo leaves out what is done already.
func (d *delivery) skipTo(mark int64) {
	d.after = mark
	i := sort.Search(len(d.entries), func(i int) bool { return d.entries[i].GetPosition() > mark })
	d.entries = d.entries[i:]
}

// run moves the mark, parks what must wait and applies the rest, in one transaction.
func (d *delivery) run(ctx context.Context, tx *sqldb.Tx) error {
	parked, err := d.move(ctx, tx)
	if err != nil {
		return err
	}
	good := d.entries
	if parked || len(d.bad) > 0 {
		good, err = d.log.parking.divert(ctx, tx, d.req.GetSource(), d.entries, d.bad)
	}
	if err != nil {
		return err
	}
	events, err := decode(good)
	if err != nil || len(events) == 0 {
		return err
	}
	linkCauses(ctx, events)
	batch := Batch{Source: d.req.GetSource(), Now: d.log.cfg.Now(), Events: events}
	if !d.singly {
		return d.log.apply(ctx, tx, batch)
	}
	for one := range slices.Chunk(events, 1) {
		batch.Events = one
		if err := d.log.apply(ctx, tx, batch); err != nil {
			return err
		}
	}
	return nil
}

// move moves the mark and reports whether events of the sender are parked: in one statement, because nearly every change
// in the suite is a delivery or two, and hardly ever is anything parked. Whoever parks one moves the same mark, so that
// the answer cannot be a "no" that has become wrong.
func (d *delivery) move(ctx context.Context, tx *sqldb.Tx) (parked bool, err error) {
	var some int64
	err = tx.QueryRow(ctx, `UPDATE mark SET pos = $1, fingerprint = $2 WHERE source = $3 AND pos = $4
		RETURNING CASE WHEN EXISTS (SELECT 1 FROM parked WHERE parked.source = mark.source) THEN 1 ELSE 0 END`,
		d.req.GetUpto(), d.req.GetFingerprint(), d.req.GetSource(), d.after).Scan(&some)
	if errors.Is(err, sqldb.ErrNoRows) {
		return false, errMoved
	}
	return some == 1, err
}

func decode(entries []*eventv1.LogEntry) ([]*eventv1.Event, error) {
	events := make([]*eventv1.Event, len(entries))
	for i, entry := range entries {
		e := &eventv1.Event{}
		if err := proto.Unmarshal(entry.GetEvent(), e); err != nil {
			return nil, &PoisonError{Key: entry.GetKey(), Seq: entry.GetSeq(), Err: fmt.Errorf("decode event at %d: %w", entry.GetPosition(), err)}
		}
		events[i] = e
	}
	return events, nil
}

// where says where the receiver stands with a sender. A sender that it has never heard of stands at 0.
func (l *Log) where(ctx context.Context, source string) (*eventv1.DeliverResponse, error) {
	resp := &eventv1.DeliverResponse{}
	read := func() error {
		return l.cfg.DB.QueryRow(ctx, `SELECT pos, fingerprint FROM mark WHERE source = $1`, source).Scan(&resp.Mark, &resp.Fingerprint)
	}
	err := read()
	if !errors.Is(err, sqldb.ErrNoRows) {
		return resp, err
	}
	err = l.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO mark (source, pos, fingerprint) VALUES ($1, 0, '') ON CONFLICT DO NOTHING`, source)
		return err
	})
	if err != nil {
		return nil, err
	}
	return resp, read()
}

package eventlog

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// leaseFor is how long a replica may deliver before it must say that it still lives.
const leaseFor = 4 * time.Second

// lease is a relay's turn among the replicas of its service, in real time. It only saves duplicate work: the receiver's
// mark keeps deliveries right without it. Where one process has the database for itself, the lease only writes down how
// far the receiver is, for the clean-up.
type lease struct {
	relay *Relay
	owner string
	until time.Time
}

// hold reports whether it is this replica's turn, and prolongs it in time.
func (l *lease) hold(ctx context.Context) (bool, error) {
	now := time.Now()
	if now.Before(l.until.Add(-leaseFor / 2)) {
		return true, nil
	}
	if l.owner == "" {
		l.owner = rand.Text()
	}
	held := false
	err := l.relay.log.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO relay (destination, acked, owner, lease_until) VALUES ($1, 0, '', 0)
			ON CONFLICT DO NOTHING`, l.relay.dest); err != nil {
			return err
		}
		var acked int64
		err := tx.QueryRow(ctx, `UPDATE relay SET owner = $1, lease_until = $2, acked = CASE WHEN acked < $3 THEN $3 ELSE acked END
			WHERE destination = $4 AND (owner = $1 OR lease_until < $5) RETURNING acked`,
			l.owner, now.Add(leaseFor).UnixMicro(), l.relay.mark, l.relay.dest, l.reachable(now)).Scan(&acked)
		if held = err == nil; held && !l.relay.known && l.relay.read < acked {
			l.relay.pass(acked) // until the receiver itself says where it stands
		}
		if errors.Is(err, sqldb.ErrNoRows) {
			return nil
		}
		return err
	})
	if held {
		l.until = now.Add(leaseFor)
	}
	return held, err
}

// reachable is the instant before which another's lease is over. A process that has its database to itself need not wait
// for the lease of one that died.
func (l *lease) reachable(now time.Time) int64 {
	if l.relay.log.cfg.DB.Dialect() == sqldb.SQLite {
		return now.Add(2 * leaseFor).UnixMicro()
	}
	return now.UnixMicro()
}

// release lets another replica deliver at once.
func (l *lease) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	// An error only means that the others wait until the lease is over.
	_ = l.relay.log.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE relay SET lease_until = 0 WHERE destination = $1 AND owner = $2`, l.relay.dest, l.owner)
		return err
	})
}

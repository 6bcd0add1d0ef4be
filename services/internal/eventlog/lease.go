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
// mark keeps deliveries right without it. Its row also says how far the receiver is, for the clean-up. Where one process has
// the database for itself that is all that it is for, and it is written as often as there is a clean-up, if there is news.
type lease struct {
	relay *Relay
	owner string
	acked int64     // as it was written last
	due   time.Time // when it is written again; zero if it never was
}

// hold reports whether it is this replica's turn, and prolongs it in time.
func (l *lease) hold(ctx context.Context) (bool, error) {
	now := time.Now()
	if now.Before(l.due) || l.alone() && !l.due.IsZero() && l.relay.mark <= l.acked {
		return true, nil
	}
	if l.owner == "" {
		l.owner = rand.Text()
	}
	held := false
	err := l.relay.log.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		held, err = l.take(ctx, tx, now)
		return err
	})
	if err != nil || !held {
		return false, err
	}
	l.due = now.Add(leaseFor / 2)
	if l.alone() {
		l.due = now.Add(cleanEvery)
	}
	return true, nil
}

// take writes the lease, unless another replica has it.
func (l *lease) take(ctx context.Context, tx *sqldb.Tx, now time.Time) (bool, error) {
	if l.due.IsZero() {
		if _, err := tx.Exec(ctx, `INSERT INTO relay (destination, acked, owner, lease_until) VALUES ($1, 0, '', 0)
			ON CONFLICT DO NOTHING`, l.relay.dest); err != nil {
			return false, err
		}
	}
	err := tx.QueryRow(ctx, `UPDATE relay SET owner = $1, lease_until = $2, acked = CASE WHEN acked < $3 THEN $3 ELSE acked END
		WHERE destination = $4 AND (owner = $1 OR lease_until < $5) RETURNING acked`,
		l.owner, now.Add(leaseFor).UnixMicro(), l.relay.mark, l.relay.dest, l.reachable(now)).Scan(&l.acked)
	if errors.Is(err, sqldb.ErrNoRows) {
		return false, nil
	}
	if err == nil && !l.relay.known && l.relay.read < l.acked {
		l.relay.pass(l.acked) // until the receiver itself says where it stands
	}
	return err == nil, err
}

// alone reports whether this process has the database to itself.
func (l *lease) alone() bool { return l.relay.log.cfg.DB.Dialect() == sqldb.SQLite }

// poll is how often the log is looked at unasked.
func (l *lease) poll() time.Duration {
	if l.alone() {
		return pollAlone
	}
	return pollEvery
}

// reachable is the instant before which another's lease is over. A process that has its database to itself need not wait
// for the lease of one that died.
func (l *lease) reachable(now time.Time) int64 {
	if l.alone() {
		return now.Add(2 * leaseFor).UnixMicro()
	}
	return now.UnixMicro()
}

// release lets another replica deliver at once.
func (l *lease) release(ctx context.Context) {
	if l.alone() && l.relay.mark <= l.acked {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	// An error only means that the others wait until the lease is over.
	_ = l.relay.log.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE relay SET lease_until = 0, acked = CASE WHEN acked < $1 THEN $1 ELSE acked END
			WHERE destination = $2 AND owner = $3`, l.relay.mark, l.relay.dest, l.owner)
		return err
	})
}

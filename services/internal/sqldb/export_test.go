package sqldb

import "time"

// Waiting is how many callers of Group wait for a transaction.
func Waiting(db *DB) int {
	db.group.mu.Lock()
	defer db.group.mu.Unlock()
	return len(db.group.queue)
}

// SetLimit sets how long a write transaction may take on PostgreSQL.
func SetLimit(db *DB, limit time.Duration) { db.engine.(*postgresEngine).limit = limit }

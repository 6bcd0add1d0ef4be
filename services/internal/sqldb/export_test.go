package sqldb

// Waiting is how many callers of Group wait for a transaction.
func Waiting(db *DB) int {
	db.group.mu.Lock()
	defer db.group.mu.Unlock()
	return len(db.group.queue)
}

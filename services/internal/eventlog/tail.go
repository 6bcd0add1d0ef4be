package eventlog

import "sync"

// tailSize is how many of the newest rows a process remembers.
const tailSize = 4096

// tail remembers the newest rows that this process committed, as long as they lie without a gap, so that the relays need
// not read back what was just written. It is a hint: the database is the truth.
type tail struct {
	mu      sync.Mutex
	rows    []entry   // contiguous
	early   [][]entry // committed, but rows before them are not known yet
	highest int64     // the highest position seen
}

// start sets the position after which rows are expected.
func (t *tail) start(head int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.highest = max(t.highest, head)
}

// add takes the rows of one commit. Commits may be told of out of order.
func (t *tail) add(rows []entry) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.highest = max(t.highest, rows[len(rows)-1].pos)
	t.early = append(t.early, rows)
	for again := true; again; {
		again = false
		for i, e := range t.early {
			if len(t.rows) == 0 || e[0].pos == t.rows[len(t.rows)-1].pos+1 {
				t.rows = append(t.rows, e...)
				t.early = append(t.early[:i], t.early[i+1:]...)
				again = true
				break
			}
		}
	}
	if len(t.early) > 16 { // another process writes between: begin anew with the newest
		t.rows, t.early = t.early[len(t.early)-1], nil
	}
	if len(t.rows) > 2*tailSize {
		t.rows = append([]entry(nil), t.rows[len(t.rows)-tailSize:]...)
	}
}

// after gives up to n rows after a position, if it knows them.
func (t *tail) after(pos int64, n int) ([]entry, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.rows) == 0 || t.rows[0].pos > pos+1 || t.rows[len(t.rows)-1].pos <= pos {
		return nil, false
	}
	i := int(pos + 1 - t.rows[0].pos)
	return t.rows[i:min(i+n, len(t.rows))], true
}

// end is the highest position that this process knows of.
func (t *tail) end() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.highest
}

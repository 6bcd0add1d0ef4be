package scoring

import (
	"context"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// mostHappened is how many accounts, and events of accounts, are kept while a history is read.
const mostHappened = 50_000

// happened is what happened at the accounts that were read so far and nobody in particular did, in the order in which it became
// known. It does not change: people of one company are in many chapters, and nothing that becomes known after the end of the
// history matters to them. So it is read once of each account, as long as that is not too much.
type happened map[string][]qualify.Engagement

// read gives what happened at accounts, as it was known at an instant: of some types or of all, of each account the newest.
func (h happened) read(ctx context.Context, tx *sqldb.Tx, accounts, types []string, cut time.Time) (map[string][]qualify.Engagement, error) {
	missing := slices.DeleteFunc(slices.Clone(accounts), func(id string) bool { _, is := h[id]; return is })
	if h.kept()+len(missing) > mostHappened {
		clear(h)
		missing = accounts
	}
	if len(missing) > 0 {
		read, err := happenedAt(ctx, tx, missing, types, cut)
		if err != nil {
			return nil, err
		}
		for _, id := range missing {
			h[id] = read[id]
		}
	}
	found := map[string][]qualify.Engagement{}
	for _, id := range accounts {
		if len(h[id]) > 0 {
			found[id] = h[id]
		}
	}
	return found, nil
}

// kept is how much is in memory.
func (h happened) kept() int {
	n := len(h)
	for _, events := range h {
		n += len(events)
	}
	return n
}

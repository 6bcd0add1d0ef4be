package scoring

import (
	"context"
	"slices"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// mostCompanies is how many companies are kept while a history is read, each as often as it changed.
const mostCompanies = 20_000

// companies are the accounts that were read so far. People of one company are in many chapters, and nothing that changes about
// an account after the end of the history matters to it: so each is read once, as long as they are not too many.
type companies map[string]companyPast

// companyPast is an account, as it is and as it was.
type companyPast struct {
	*record.Account
	earlier []replay.Known
}

// read gives accounts, and those above them.
func (c companies) read(ctx context.Context, tx *sqldb.Tx, wanted []string) (*replay.Companies, error) {
	if c.kept() > mostCompanies {
		clear(c)
	}
	found := replay.NewCompanies()
	for len(wanted) > 0 {
		if err := c.fill(ctx, tx, wanted); err != nil {
			return nil, err
		}
		before := found.Len()
		for _, id := range wanted {
			if a, is := c[id]; is {
				found.Add(a.Account, a.earlier)
			}
		}
		if found.Len() == before {
			break // what is missing does not exist
		}
		wanted = found.Missing()
	}
	return found, nil
}

// kept is how much is in memory: what is known of each company, now and before each of its changes.
func (c companies) kept() int {
	n := 0
	for _, company := range c {
		n += 1 + len(company.earlier)
	}
	return n
}

// fill reads those accounts that were not read before, and what is above them.
func (c companies) fill(ctx context.Context, tx *sqldb.Tx, wanted []string) error {
	var missing []string
	for _, id := range wanted {
		if _, is := c[id]; !is {
			missing = append(missing, id)
		}
	}
	for part := range slices.Chunk(missing, perChapter) {
		accounts, err := store.Accounts(ctx, tx, store.Wanted{IDs: part})
		if err != nil {
			return err
		}
		var ids []string
		for _, a := range accounts {
			ids = append(ids, a.ID)
		}
		earlier, err := store.EarlierCompanies(ctx, tx, ids)
		if err != nil {
			return err
		}
		for _, a := range accounts {
			c[a.ID] = companyPast{a, earlier[a.ID]}
		}
	}
	return nil
}

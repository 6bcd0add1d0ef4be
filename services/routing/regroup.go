package routing

import (
	"context"
	"errors"
	"slices"

	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/store"
)

// regroup changes the members of a pool, and brings its ledger to them. A pool that goes over to another book takes no
// debts along: who leaves a book is paid by those who stay, and who comes into one begins at parity.
func (w *work) regroup(ctx context.Context, row *store.Pool, from string, had []string, wanted []fairness.Member) error {
	ids := make([]string, len(wanted))
	for i, m := range wanted {
		ids[i] = m.ID
	}
	gone, come := apart(had, ids), apart(ids, had)
	if err := store.RemoveMembers(ctx, w.tx, row.ID, gone); err != nil {
		return err
	}
	if err := store.AddMembers(ctx, w.tx, row.ID, come); err != nil {
		return err
	}
	if err := w.lockRegrouped(ctx, row, from, ids); err != nil {
		return err
	}
	if from != row.Book {
		gone = had
	}
	if err := w.quit(ctx, from, gone); err != nil {
		return err
	}
	if err := w.join(ctx, row, wanted); err != nil {
		return err
	}
	w.pools[row.ID] = row
	w.desk.AddPool(row.ID, atWork(row, w.books[row.Book].Book, ids))
	return w.save(ctx)
}

// apart are those of one list that are not in the other.
func apart(of, other []string) []string {
	return slices.DeleteFunc(slices.Clone(of), func(id string) bool { return slices.Contains(other, id) })
}

// lockRegrouped locks both books, and what the pool's leads are given by.
func (w *work) lockRegrouped(ctx context.Context, row *store.Pool, from string, members []string) error {
	if err := store.OpenBook(ctx, w.tx, row.Book); err != nil {
		return err
	}
	n := newNeed()
	n.pools.add(row.ID)
	n.books.add(from, row.Book)
	n.reps.add(members...)
	n.calendars.add(row.Calendar)
	if err := w.addOverflows(ctx, n.pools); err != nil {
		return err
	}
	return w.lock(ctx, n)
}

// quit closes the accounts of reps who are not in a book by another pool.
func (w *work) quit(ctx context.Context, book string, reps []string) error {
	others, err := store.MembersByBook(ctx, w.tx, book)
	if err != nil {
		return err
	}
	b := w.books[book]
	reps = slices.DeleteFunc(slices.Clone(reps), func(rep string) bool { return others[rep] })
	for _, rep := range reps {
		if b.Ledger, err = b.Ledger.Leave(rep); err != nil {
			return err
		}
	}
	return store.CloseAccounts(ctx, w.tx, book, reps)
}

// join opens accounts for those who have none, and gives everybody the weight that is wanted. In a group it counts for all
// its pools.
func (w *work) join(ctx context.Context, row *store.Pool, wanted []fairness.Member) error {
	b, err := w.books[row.Book], error(nil)
	var reweighed []string
	for _, m := range wanted {
		switch now, found := b.Ledger.Account(m.ID); {
		case !found:
			b.Ledger, err = b.Ledger.Join(m.ID, m.Weight)
		case now.Weight != m.Weight:
			b.Ledger, err = b.Ledger.Reweigh(m.ID, m.Weight)
			reweighed = append(reweighed, m.ID)
		}
		switch {
		case errors.Is(err, fairness.ErrTooManyMembers):
			return fault.Field("pool.members", "would bring the ledger that its group shares to more than %d reps", fairness.MaxMembers)
		case err != nil:
			return err
		}
	}
	return store.Touch(ctx, w.tx, row.Book, row.ID, reweighed, w.now.UnixMicro())
}

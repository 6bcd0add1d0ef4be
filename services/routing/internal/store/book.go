package store

import (
	"context"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// Book is the ledger of a pool, or of the pools of a group, without its accounts.
type Book struct {
	ID          string
	Epoch, Turn int64
	Decisions   int64
	Visits      int64 // how often the row was locked
}

var bookTable = table("book", 1, `id text, epoch int, turn int, decisions int, visits int`)

func (b *Book) fields() []any {
	return []any{&b.ID, &b.Epoch, &b.Turn, &b.Decisions, &b.Visits}
}

// OpenBook makes sure that there is a book with this id.
func OpenBook(ctx context.Context, tx *sqldb.Tx, id string) error {
	_, err := tx.Exec(ctx, `INSERT INTO book (id, epoch, turn, decisions, visits) VALUES ($1, 0, 0, 0, 0) ON CONFLICT (id) DO NOTHING`, id)
	return err
}

// GetBook reads a book.
func GetBook(ctx context.Context, q sqldb.Querier, id string) (*Book, error) {
	return one[Book](q.QueryRow(ctx, `SELECT `+columns(bookTable)+` FROM book WHERE id = $1`, id))
}

// Books reads books by id.
func Books(ctx context.Context, q sqldb.Querier, ids []string) ([]*Book, error) {
	in, args := sqldb.In(1, ids)
	return all[Book](q.Query(ctx, `SELECT `+columns(bookTable)+` FROM book WHERE id IN (`+in+`) ORDER BY id`, args...))
}

// LockBook reads a book and keeps every other decision of its pools out until the end of the transaction. What is read of
// its pools, accounts and members before this counts for nothing.
func LockBook(ctx context.Context, tx *sqldb.Tx, id string) (*Book, error) {
	return one[Book](tx.QueryRow(ctx, `UPDATE book SET visits = visits + 1 WHERE id = $1 RETURNING `+columns(bookTable), id))
}

// LockAllBooks keeps every decision out until the end of the transaction, in the order of their ids.
func LockAllBooks(ctx context.Context, tx *sqldb.Tx) error {
	ids, err := texts(tx.Query(ctx, `SELECT id FROM book ORDER BY id`))
	for _, id := range ids {
		if _, err := LockBook(ctx, tx, id); err != nil {
			return err
		}
	}
	return err
}

// PutBooks stores books that were locked.
func PutBooks(ctx context.Context, tx *sqldb.Tx, books ...*Book) error {
	return put(ctx, tx, bookTable, books)
}

// account is a rep's account in a book.
type account struct {
	book, rep                         string
	weight, entitled, credits, lastAt int64
	joined                            int64
	accruing                          bool
}

var accountTable = table("account", 2, `book text, rep text, weight int, entitled int, credits int, last_at int, joined int, accruing int`)

func (a *account) fields() []any {
	return []any{&a.book, &a.rep, &a.weight, &a.entitled, &a.credits, &a.lastAt, &a.joined, &a.accruing}
}

// Accounts reads the accounts of books, each book's in the order of the reps' ids.
func Accounts(ctx context.Context, q sqldb.Querier, books []string) (map[string][]fairness.Member, error) {
	in, args := sqldb.In(1, books)
	rows, err := all[account](q.Query(ctx, `SELECT `+columns(accountTable)+` FROM account WHERE book IN (`+in+`) ORDER BY book, rep`, args...))
	members := make(map[string][]fairness.Member, len(books))
	for _, a := range rows {
		members[a.book] = append(members[a.book], fairness.Member{ID: a.rep, Weight: a.weight, Entitled: fairness.Units(a.entitled),
			Credits: a.credits, LastAssigned: Instant(a.lastAt), Joined: a.joined, Accruing: a.accruing})
	}
	return members, err
}

// PutAccounts stores accounts of a book.
func PutAccounts(ctx context.Context, tx *sqldb.Tx, book string, members []fairness.Member) error {
	rows := make([]*account, len(members))
	for i, m := range members {
		rows[i] = &account{book: book, rep: m.ID, weight: m.Weight, entitled: int64(m.Entitled), credits: m.Credits,
			lastAt: Micros(m.LastAssigned), joined: m.Joined, accruing: m.Accruing}
	}
	return put(ctx, tx, accountTable, rows)
}

// CloseAccounts takes reps out of a book.
func CloseAccounts(ctx context.Context, tx *sqldb.Tx, book string, reps []string) error {
	if len(reps) == 0 {
		return nil
	}
	in, args := sqldb.In(2, reps)
	_, err := tx.Exec(ctx, `DELETE FROM account WHERE book = $1 AND rep IN (`+in+`)`, append([]any{book}, args...)...)
	return err
}

// CountOwners counts leads that owners got past their pools.
func CountOwners(ctx context.Context, tx *sqldb.Tx, pool string, leads map[string]int64) error {
	for rep, n := range leads {
		if _, err := tx.Exec(ctx, `INSERT INTO owner_count (pool, rep, leads) VALUES ($1, $2, $3)
			ON CONFLICT (pool, rep) DO UPDATE SET leads = owner_count.leads + excluded.leads`, pool, rep, n); err != nil {
			return err
		}
	}
	return nil
}

// OwnerCounts are how many leads owners got past the pools of a book.
func OwnerCounts(ctx context.Context, q sqldb.Querier, book string) (map[string]int64, error) {
	return counts(q.Query(ctx, `SELECT o.rep, o.leads FROM owner_count o JOIN pool p ON p.id = o.pool WHERE p.book = $1`, book))
}

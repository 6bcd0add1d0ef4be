package store

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/surge"
)

const momentumColumns = `account_id, people, own, heard, surging, surges, began_at, ended_at, due_at, failures, events`

var momentumRow = []sqldb.Column{
	{Name: "account_id", Type: sqldb.Text}, {Name: "people", Type: sqldb.Int}, {Name: "own", Type: sqldb.Int}, {Name: "score", Type: sqldb.Int},
	{Name: "heard", Type: sqldb.Int}, {Name: "surging", Type: sqldb.Int}, {Name: "surges", Type: sqldb.Int}, {Name: "began_at", Type: sqldb.Int},
	{Name: "ended_at", Type: sqldb.Int}, {Name: "due_at", Type: sqldb.Int}, {Name: "failures", Type: sqldb.Int}, {Name: "events", Type: sqldb.Int},
}

// The three ways of writing rows: those of new accounts, those that were locked, and what people add to them unseen.
var (
	momentumTable = &sqldb.Table{Name: "momentum", Columns: momentumRow, Suffix: `ON CONFLICT DO NOTHING`}
	momentumSaved = &sqldb.Table{Name: "momentum", Columns: momentumRow, Suffix: `ON CONFLICT (account_id) DO UPDATE SET people = excluded.people,
		own = excluded.own, score = excluded.score, heard = excluded.heard, surging = excluded.surging, surges = excluded.surges,
		began_at = excluded.began_at, ended_at = excluded.ended_at, due_at = excluded.due_at, failures = excluded.failures, events = excluded.events`}
	momentumAdded = &sqldb.Table{Name: "momentum", Columns: momentumRow, Suffix: `ON CONFLICT (account_id) DO UPDATE SET
		people = momentum.people + excluded.people, score = momentum.score + excluded.people, heard = 1`}
)

func momentumValues(m *record.Momentum) []any {
	s := &m.Surge
	return []any{m.Account, m.People, m.Own, m.Score(), flag(m.Heard), flag(s.Surging), s.Number, micros(s.Began), micros(s.Ended), micros(m.DueAt), m.Failures, m.Events}
}

func scanMomentum(row sqldb.Row) (*record.Momentum, error) {
	m := &record.Momentum{}
	var began, ended, due int64
	err := row.Scan(&m.Account, &m.People, &m.Own, &m.Heard, &m.Surge.Surging, &m.Surge.Number, &began, &ended, &due, &m.Failures, &m.Events)
	m.Surge.Began, m.Surge.Ended, m.DueAt = instant(began), instant(ended), instant(due)
	return m, err
}

// Momenta reads what accounts' events come to, by the accounts' ids.
func Momenta(ctx context.Context, q sqldb.Querier, accounts []string) (map[string]*record.Momentum, error) {
	return momenta(ctx, q, accounts, "")
}

// LockMomenta reads it and keeps other writers off it until the end of the transaction, in the order of the ids.
func LockMomenta(ctx context.Context, tx *sqldb.Tx, accounts []string) (map[string]*record.Momentum, error) {
	return momenta(ctx, tx, accounts, tx.Dialect().ForUpdate())
}

func momenta(ctx context.Context, q sqldb.Querier, accounts []string, lock string) (map[string]*record.Momentum, error) {
	found := map[string]*record.Momentum{}
	err := pieces(distinct(accounts), func(ids []string) error {
		list, args := sqldb.In(1, ids)
		rows, err := collect(q.Query(ctx, `SELECT `+momentumColumns+` FROM momentum WHERE account_id IN (`+list+`) ORDER BY account_id`+lock, args...), scanMomentum)
		for _, m := range rows {
			found[m.Account] = m
		}
		return err
	})
	return found, err
}

// PutMomenta writes rows that were locked.
func PutMomenta(ctx context.Context, tx *sqldb.Tx, rows map[string]*record.Momentum) error {
	if len(rows) == 0 {
		return nil
	}
	var values [][]any
	for _, account := range slices.Sorted(maps.Keys(rows)) {
		values = append(values, momentumValues(rows[account]))
	}
	_, err := tx.InsertNow(ctx, momentumSaved, values...)
	return err
}

// AddPeople adds what people are worth now, and were not before, to accounts that nobody looks at.
func AddPeople(ctx context.Context, tx *sqldb.Tx, worth map[string]int64) error {
	if len(worth) == 0 {
		return nil
	}
	var values [][]any
	for _, account := range slices.Sorted(maps.Keys(worth)) {
		values = append(values, momentumValues(&record.Momentum{Account: account, People: worth[account], Heard: true}))
	}
	_, err := tx.InsertNow(ctx, momentumAdded, values...)
	return err
}

// DueMomenta are accounts that must be looked at, those that are due first.
func DueMomenta(ctx context.Context, q sqldb.Querier, now time.Time, limit int64) ([]string, error) {
	return collect(q.Query(ctx, `SELECT account_id FROM momentum WHERE due_at > 0 AND due_at <= $1 ORDER BY due_at, account_id LIMIT $2`,
		micros(now), limit), scanText)
}

// NextMomentum is when the first account must be looked at; ok is false when there is none.
func NextMomentum(ctx context.Context, q sqldb.Querier) (due time.Time, ok bool, err error) {
	var at *int64
	if err := q.QueryRow(ctx, `SELECT min(due_at) FROM momentum WHERE due_at > 0`).Scan(&at); err != nil || at == nil {
		return time.Time{}, false, err
	}
	return instant(*at), true, nil
}

// Wake has accounts of which something was heard looked at now.
func Wake(ctx context.Context, tx *sqldb.Tx, accounts []string, now time.Time) error {
	return pieces(distinct(accounts), func(ids []string) error {
		list, args := sqldb.In(2, ids)
		_, err := tx.Exec(ctx, `UPDATE momentum SET due_at = $1 WHERE account_id IN (`+list+`) AND heard = 1`, append([]any{micros(now)}, args...)...)
		return err
	})
}

// Heard lists the accounts after one of which something was heard, in order.
func Heard(ctx context.Context, q sqldb.Querier, after string, limit int64) ([]string, error) {
	return collect(q.Query(ctx, `SELECT account_id FROM momentum WHERE heard = 1 AND account_id > $1 ORDER BY account_id LIMIT $2`, after, limit), scanText)
}

// PutSurge writes a surge as it stands.
func PutSurge(ctx context.Context, tx *sqldb.Tx, account string, s surge.State) error {
	_, err := tx.Exec(ctx, `INSERT INTO account_surge (account_id, number, began_at, ended_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (account_id, number) DO UPDATE SET ended_at = excluded.ended_at`, account, s.Number, micros(s.Began), micros(s.Ended))
	return err
}

// SurgeAt is how an account stood at an instant.
func SurgeAt(ctx context.Context, q sqldb.Querier, account string, at time.Time) (surge.State, error) {
	stood, err := SurgesAt(ctx, q, []string{account}, at)
	return stood[account], err
}

// SurgesAt is how accounts stood at an instant, by their ids. One that was never hot is left out.
func SurgesAt(ctx context.Context, q sqldb.Querier, accounts []string, at time.Time) (map[string]surge.State, error) {
	stood := make(map[string]surge.State)
	return stood, pieces(distinct(accounts), func(ids []string) error {
		list, args := sqldb.In(2, ids)
		for row, err := range q.Query(ctx, `SELECT account_id, number, began_at, ended_at FROM account_surge WHERE account_id IN (`+list+`) AND began_at <= $1
			ORDER BY account_id, number`, append([]any{micros(at)}, args...)...) {
			if err != nil {
				return err
			}
			var account string
			var began, ended int64
			s := surge.State{}
			if err := row.Scan(&account, &s.Number, &began, &ended); err != nil {
				return err
			}
			if s.Began = instant(began); ended != 0 && ended <= micros(at) {
				s.Ended = instant(ended)
			}
			s.Surging = s.Ended.IsZero()
			stood[account] = s
		}
		return nil
	})
}

package store

import (
	"context"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// Stretch says which engagements are read.
type Stretch struct {
	Types   []string  // nil for all
	Since   time.Time // zero for all
	KnownBy time.Time // zero for now
	Newest  int64     // of each account, at most so many
}

// conditions are those of the engagements e, with their arguments; the first placeholder is $first.
func (s Stretch) conditions(first int) (string, []any) {
	text, args := `e.automated = 0 AND e.occurred_at >= $`+placeholder(first), []any{micros(s.Since)}
	if !s.KnownBy.IsZero() {
		text, args = text+` AND e.known_at <= $`+placeholder(first+1), append(args, micros(s.KnownBy))
	}
	if s.Types != nil {
		list, more := sqldb.In(first+len(args), s.Types)
		text, args = text+` AND e.type IN (`+list+`)`, append(args, more...)
	}
	return text, args
}

var qualified = `e.` + strings.ReplaceAll(engagementColumns, ", ", ", e.")

// ownQuery walks the index of each account backwards to the oldest event that is asked for, and reads from there on: however
// much happened at an account, no more of it is looked at. $NEWEST is how many are asked for, less one.
const ownEvent = `e.account_id = k.id AND e.account_id <> '' AND $CONDITIONS`

var ownQuery = `WITH cut AS MATERIALIZED (SELECT k.id,
		coalesce((SELECT e.occurred_at FROM engagement e WHERE ` + ownEvent + ` ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1 OFFSET $NEWEST), 0) AS since,
		coalesce((SELECT e.id FROM engagement e WHERE ` + ownEvent + ` ORDER BY e.occurred_at DESC, e.id DESC LIMIT 1 OFFSET $NEWEST), '') AS least
		FROM account k WHERE k.id IN ($LIST))
	SELECT ` + qualified + `, k.id FROM cut k CROSS JOIN engagement e WHERE ` + ownEvent + ` AND e.occurred_at >= k.since
		AND (e.occurred_at, e.id) >= (k.since, k.least) ORDER BY e.occurred_at, e.id`

// OwnEvents reads what happened at accounts and nobody in particular did, by the accounts' ids, oldest first.
func OwnEvents(ctx context.Context, q sqldb.Querier, accounts []string, s Stretch) (map[string][]record.Engagement, error) {
	found := map[string][]record.Engagement{}
	return found, pieces(distinct(accounts), func(ids []string) error {
		list, args := sqldb.In(1, ids)
		conditions, more := s.conditions(len(args) + 1)
		args = append(append(args, more...), s.Newest-1)
		query := strings.NewReplacer("$LIST", list, "$CONDITIONS", conditions, "$NEWEST", "$"+placeholder(len(args))).Replace(ownQuery)
		return gatherEvents(ctx, q, query, args, found)
	})
}

// peopleQuery reads the newest events of each account's people.
var peopleQuery = `SELECT ` + engagementColumns + `, at_account FROM (SELECT ` + qualified + `, p.at_account,
		row_number() OVER (PARTITION BY p.at_account ORDER BY e.occurred_at DESC, e.id DESC) AS place
		FROM person p JOIN engagement e ON e.lead_id = p.id WHERE $CONDITIONS) AS newest
	WHERE place <= $NEWEST ORDER BY occurred_at, id`

// PeopleEvents reads what the people of accounts did, by the accounts' ids, oldest first. It reads all that they did in the
// stretch, so the stretch should begin somewhere.
func PeopleEvents(ctx context.Context, q sqldb.Querier, accounts []string, s Stretch) (map[string][]record.Engagement, error) {
	found := map[string][]record.Engagement{}
	return found, pieces(distinct(accounts), func(ids []string) error {
		list, args := sqldb.In(1, ids)
		conditions, more := s.conditions(len(args) + 1)
		args = append(append(args, more...), s.Newest)
		newest, with := placeholder(len(args)), peopleNow
		if !s.KnownBy.IsZero() {
			args = append(args, micros(s.KnownBy))
			with = strings.ReplaceAll(peopleThen, "$AT", "$"+placeholder(len(args)))
		}
		return gatherEvents(ctx, q, strings.NewReplacer("$LIST", list, "$CONDITIONS", conditions, "$NEWEST", "$"+newest).Replace(with+peopleQuery), args, found)
	})
}

func gatherEvents(ctx context.Context, q sqldb.Querier, query string, args []any, into map[string][]record.Engagement) error {
	for row, err := range q.Query(ctx, query, args...) {
		if err != nil {
			return err
		}
		e, at, err := scanAt(row)
		if err != nil {
			return err
		}
		into[at] = append(into[at], e)
	}
	return nil
}

func scanAt(row sqldb.Row) (e record.Engagement, account string, err error) {
	e, err = scanWith(row, &account)
	return e, account, err
}

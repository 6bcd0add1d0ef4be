package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// Stretch says which engagements are read.
type Stretch struct {
	Types      []string  // nil for all
	Since      time.Time // zero for all
	RecordedBy time.Time // zero for now
	Newest     int64     // of each account, at most so many
}

// conditions are those of the engagements e, with their arguments; the first placeholder is $first.
func (s Stretch) conditions(first int) (string, []any) {
	until := micros(s.RecordedBy)
	if until == 0 {
		until = forever
	}
	text := `e.automated = 0 AND e.occurred_at >= $` + placeholder(first) + ` AND e.recorded_at <= $` + placeholder(first+1)
	args := []any{micros(s.Since), until}
	if s.Types != nil {
		list, more := sqldb.In(first+2, s.Types)
		text, args = text+` AND e.type IN (`+list+`)`, append(args, more...)
	}
	return text, args
}

var qualified = `e.` + strings.ReplaceAll(engagementColumns, ", ", ", e.")

// selection is where engagements of accounts are found: what comes before the query, and what it selects from. $LIST is
// the list of accounts, which stands once.
type selection struct{ before, from string }

// What happened at accounts and nobody in particular did, and what their people did.
var (
	ownEvents = selection{from: `SELECT ` + qualified + `, e.account_id AS at_account FROM engagement e
		WHERE e.account_id <> '' AND e.account_id IN ($LIST) AND `}
	peopleEvents = selection{
		before: `WITH root AS (SELECT id, account_id FROM lead WHERE account_id IN ($LIST) AND account_id <> '' AND merged_into = '' AND partner = ''),
			person AS (SELECT id, account_id AS at_account FROM root UNION ALL
				SELECT a.id, r.account_id FROM root r JOIN lead a ON a.merged_into = r.id AND a.merged_into <> '') `,
		from: `SELECT ` + qualified + `, p.at_account FROM person p JOIN engagement e ON e.lead_id = p.id WHERE `}
)

// OwnEvents reads what happened at accounts and nobody in particular did, by the accounts' ids, oldest first.
func OwnEvents(ctx context.Context, q sqldb.Querier, accounts []string, s Stretch) (map[string][]record.Engagement, error) {
	return ownEvents.read(ctx, q, accounts, s)
}

// PeopleEvents reads what the people of accounts did, those of partners left out, by the accounts' ids, oldest first.
func PeopleEvents(ctx context.Context, q sqldb.Querier, accounts []string, s Stretch) (map[string][]record.Engagement, error) {
	return peopleEvents.read(ctx, q, accounts, s)
}

// fewAccounts is up to how many accounts are read one by one. That walks the index of each backwards and stops in time,
// however much happened there; more accounts are read at once, and hardly all of them are that large.
const fewAccounts = 8

// read reads the newest engagements of each account.
func (from selection) read(ctx context.Context, q sqldb.Querier, accounts []string, s Stretch) (map[string][]record.Engagement, error) {
	found, ids := map[string][]record.Engagement{}, distinct(accounts)
	if len(ids) > fewAccounts {
		return found, pieces(ids, func(ids []string) error {
			return from.gather(ctx, q, ids, s, found, `SELECT `+engagementColumns+`, at_account FROM
				(SELECT chosen.*, row_number() OVER (PARTITION BY at_account ORDER BY occurred_at DESC, id DESC) AS place FROM (`, `) AS chosen) AS newest
				WHERE place <= $NEWEST ORDER BY occurred_at DESC, id DESC`)
		})
	}
	for _, id := range ids {
		err := from.gather(ctx, q, []string{id}, s, found, `SELECT `+engagementColumns+`, at_account FROM (`, `) AS chosen
			ORDER BY occurred_at DESC, id DESC LIMIT $NEWEST`)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// gather runs one query, of which the selection is the middle, and adds what it gives, oldest first.
func (from selection) gather(ctx context.Context, q sqldb.Querier, ids []string, s Stretch, into map[string][]record.Engagement, head, tail string) error {
	list, args := sqldb.In(1, ids)
	conditions, more := s.conditions(len(args) + 1)
	args = append(append(args, more...), s.Newest)
	query := strings.NewReplacer("$LIST", list, "$NEWEST", "$"+placeholder(len(args))).Replace(from.before + head + from.from + conditions + tail)
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
	for _, id := range ids {
		slices.Reverse(into[id])
	}
	return nil
}

func scanAt(row sqldb.Row) (e record.Engagement, account string, err error) {
	var occurred, recorded int64
	err = row.Scan(&e.ID, &e.Lead, &e.Source, &e.SourceEventID, &e.Type, &e.Page, &e.Form, &e.Asset, &e.Campaign, &e.Channel,
		&e.Automated, &occurred, &recorded, &e.Account, &account)
	e.OccurredAt, e.RecordedAt = instant(occurred), instant(recorded)
	return e, account, err
}

// mostMembers is how many people of an account a committee is made of; of more, those who engaged last.
const mostMembers = 200

const memberQuery = `SELECT id, account_id, personas, engaged_at FROM lead
	WHERE account_id IN ($LIST) AND account_id <> '' AND personas <> '' AND merged_into = '' AND partner = ''`

// Members reads who plays a part at accounts, as the leads were judged last, by the accounts' ids; some leads, which the
// caller knows better, and those of partners are left out.
func Members(ctx context.Context, q sqldb.Querier, accounts []string, without map[string]struct{}) (map[string][]qualify.Member, error) {
	found, ids := map[string][]qualify.Member{}, distinct(accounts)
	if len(ids) > fewAccounts {
		return found, pieces(ids, func(ids []string) error {
			return gatherMembers(ctx, q, ids, without, found, `SELECT id, account_id, personas, engaged_at FROM (SELECT part.*, row_number() OVER
				(PARTITION BY account_id ORDER BY engaged_at DESC, id DESC) AS place FROM (`+memberQuery+`) AS part) AS member
				WHERE place <= $NEWEST ORDER BY engaged_at DESC, id DESC`)
		})
	}
	for _, id := range ids {
		if err := gatherMembers(ctx, q, []string{id}, without, found, memberQuery+` ORDER BY engaged_at DESC, id DESC LIMIT $NEWEST`); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func gatherMembers(ctx context.Context, q sqldb.Querier, ids []string, without map[string]struct{}, into map[string][]qualify.Member, query string) error {
	list, args := sqldb.In(1, ids)
	query = strings.NewReplacer("$LIST", list, "$NEWEST", "$"+placeholder(len(args)+1)).Replace(query)
	for row, err := range q.Query(ctx, query, append(args, int64(mostMembers))...) {
		if err != nil {
			return err
		}
		var id, account, personas string
		var engaged int64
		if err := row.Scan(&id, &account, &personas, &engaged); err != nil {
			return err
		}
		if _, known := without[id]; !known {
			into[account] = append(into[account], qualify.Member{Personas: unpacked(personas), EngagedAt: instant(engaged)})
		}
	}
	return nil
}

// packed are names in one text; names have no commas.
func packed(names []string) string { return strings.Join(names, ",") }

func unpacked(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// MatchedBy lists leads that a decision up to an instant gave to an account, the newest first.
func MatchedBy(ctx context.Context, q sqldb.Querier, account string, at time.Time, limit int64) ([]string, error) {
	return collect(q.Query(ctx, `SELECT DISTINCT lead_id FROM match_decision WHERE account_id = $1 AND account_id <> '' AND decided_at <= $2
		ORDER BY lead_id DESC LIMIT $3`, account, micros(at), limit), scanText)
}

// Awaiting tells under which of some keys something waits.
func Awaiting(ctx context.Context, tx *sqldb.Tx, keys []Key) ([]Key, error) {
	var found []Key
	err := pieces(keys, func(keys []Key) error {
		rows := make([][]any, len(keys))
		for i, key := range keys {
			rows[i] = []any{int64(key.Kind), key.Source, key.Value}
		}
		list, args := tx.Dialect().Values(1, []sqldb.Type{sqldb.Int, sqldb.Text, sqldb.Text}, rows)
		some, err := collect(tx.Query(ctx, `WITH k(kind, source, value) AS (VALUES `+list+`)
			SELECT DISTINCT w.kind, w.source, w.value FROM k CROSS JOIN waiting w
			WHERE k.kind = w.kind AND k.source = w.source AND k.value = w.value ORDER BY w.kind, w.source, w.value`, args...), func(row sqldb.Row) (Key, error) {
			var key Key
			err := row.Scan(&key.Kind, &key.Source, &key.Value)
			return key, err
		})
		found = append(found, some...)
		return err
	})
	return found, err
}

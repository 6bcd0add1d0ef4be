package store

import (
	"context"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// The people of an account are the leads that belong to it and stand for a person, each with those that were merged into it;
// what a partner brought is left out. Whatever asks for an account's people asks for these: its score, its surge and its
// committee, and what explains them.
//
// peopleNow and peopleThen begin a query with them as person(id, root, at_account): every lead of each, the one that stands
// for the person, and the account. $LIST is the list of accounts and $AT the instant, of which peopleNow knows nothing: it is
// what peopleThen comes to now, read from the leads themselves.
const (
	peopleNow = `WITH root AS (SELECT id, account_id AS at_account FROM lead WHERE account_id IN ($LIST) AND account_id <> '' AND merged_into = '' AND partner = ''),
		person(id, root, at_account) AS (SELECT id, id, at_account FROM root UNION ALL
			SELECT a.id, r.id, r.at_account FROM root r JOIN lead a ON a.merged_into = r.id AND a.merged_into <> '') `
	peopleThen = `WITH RECURSIVE root AS (SELECT d.lead_id AS id, d.account_id AS at_account FROM match_decision d JOIN lead l ON l.id = d.lead_id
			WHERE d.account_id IN ($LIST) AND d.account_id <> '' AND d.decided_at <= $AT AND l.partner = ''
			AND NOT EXISTS (SELECT 1 FROM match_decision n WHERE n.lead_id = d.lead_id AND n.number > d.number AND n.decided_at <= $AT)
			AND NOT EXISTS (SELECT 1 FROM lead_edge m WHERE m.absorbed = d.lead_id AND ` + mergedAt + `)),
		person(id, root, at_account) AS (SELECT id, id, at_account FROM root UNION
			SELECT m.absorbed, p.root, p.at_account FROM person p JOIN lead_edge m ON m.survivor = p.id AND ` + mergedAt + `) `

	// mergedAt says that a merge m held at an instant.
	mergedAt = `m.merged_at <= $AT AND (m.parted_at = 0 OR m.parted_at > $AT)`
)

// PeopleAt lists the leads that stood for the people of an account at an instant, after one of them, in order.
func PeopleAt(ctx context.Context, q sqldb.Querier, account string, at time.Time, after string, limit int64) ([]string, error) {
	return collect(q.Query(ctx, then(`$1`, 2)+`SELECT id FROM root WHERE id > $3 ORDER BY id LIMIT $4`, account, micros(at), after, limit), scanText)
}

// then is peopleThen of a list of accounts, at the instant of a placeholder.
func then(list string, at int) string {
	return strings.NewReplacer("$LIST", list, "$AT", "$"+placeholder(at)).Replace(peopleThen)
}

// EngagedAt says when the people of an account had done something last, as it was known at an instant, by the leads that stood
// for them; who never had is left out.
func EngagedAt(ctx context.Context, q sqldb.Querier, account string, at time.Time) (map[string]time.Time, error) {
	last := map[string]time.Time{}
	for row, err := range q.Query(ctx, then(`$1`, 2)+`SELECT p.root, max(CASE WHEN e.occurred_at > e.recorded_at THEN e.recorded_at ELSE e.occurred_at END)
		FROM person p JOIN engagement e ON e.lead_id = p.id WHERE e.automated = 0 AND e.known_at <= $2 GROUP BY p.root`, account, micros(at)) {
		if err != nil {
			return nil, err
		}
		var lead string
		var engaged int64
		if err := row.Scan(&lead, &engaged); err != nil {
			return nil, err
		}
		last[lead] = instant(engaged)
	}
	return last, nil
}

// membersQuery walks the index of each account backwards to the last member that is asked for. $NEWEST is how many are asked
// for, less one.
const member = `m.account_id = k.id AND m.account_id <> '' AND m.personas <> '' AND m.merged_into = '' AND m.partner = ''`

const membersQuery = `WITH cut AS MATERIALIZED (SELECT k.id,
		coalesce((SELECT m.engaged_at FROM lead m WHERE ` + member + ` ORDER BY m.engaged_at DESC, m.id DESC LIMIT 1 OFFSET $NEWEST), 0) AS since,
		coalesce((SELECT m.id FROM lead m WHERE ` + member + ` ORDER BY m.engaged_at DESC, m.id DESC LIMIT 1 OFFSET $NEWEST), '') AS least
		FROM account k WHERE k.id IN ($LIST))
	SELECT m.id, k.id, m.personas, m.engaged_at FROM cut k CROSS JOIN lead m WHERE ` + member + ` AND m.engaged_at >= k.since
		AND (m.engaged_at, m.id) >= (k.since, k.least) ORDER BY m.engaged_at DESC, m.id DESC`

// Members reads who of the people of accounts plays a part, as the leads were judged last, by the accounts' ids: so many of
// each account as engaged last. Some leads, which the caller knows better, are left out.
func Members(ctx context.Context, q sqldb.Querier, accounts []string, without map[string]struct{}, most int) (map[string][]qualify.Member, error) {
	found := map[string][]qualify.Member{}
	return found, pieces(distinct(accounts), func(ids []string) error {
		list, args := sqldb.In(1, ids)
		query := strings.NewReplacer("$LIST", list, "$NEWEST", "$"+placeholder(len(args)+1)).Replace(membersQuery)
		for row, err := range q.Query(ctx, query, append(args, int64(most+len(without)-1))...) {
			if err != nil {
				return err
			}
			var m qualify.Member
			var account, personas string
			var engaged int64
			if err := row.Scan(&m.Lead, &account, &personas, &engaged); err != nil {
				return err
			}
			m.Personas, m.EngagedAt = unpacked(personas), instant(engaged)
			if _, known := without[m.Lead]; !known {
				found[account] = append(found[account], m)
			}
		}
		return nil
	})
}

// packed are names in one text; names have no commas.
func packed(names []string) string { return strings.Join(names, ",") }

func unpacked(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// CountLeads counts all leads, merged ones included.
func CountLeads(ctx context.Context, q sqldb.Querier) (int64, error) {
	var n int64
	err := q.QueryRow(ctx, `SELECT count(*) FROM lead`).Scan(&n)
	return n, err
}

// LeadsAfter reads leads after an id that were taken in by an instant, merged ones included, in order.
func LeadsAfter(ctx context.Context, q sqldb.Querier, after string, by time.Time, limit int64) ([]*record.Lead, error) {
	return collect(q.Query(ctx, `SELECT `+leadColumns+` FROM lead WHERE id > $1 AND created_at <= $2 ORDER BY id LIMIT $3`, after, micros(by), limit), scanLead)
}

// Period is a stretch of time.
type Period struct {
	From  time.Time // zero for the beginning
	Until time.Time // not in it
}

// LeadsBefore reads leads before an id that stand for a person and were taken in by an instant, and that made contact in a period
// first, the newest first. No lead made contact after it was taken in.
func LeadsBefore(ctx context.Context, q sqldb.Querier, before string, contact Period, by time.Time, limit int64) ([]*record.Lead, error) {
	return collect(q.Query(ctx, `SELECT `+leadColumns+` FROM lead WHERE id < $1 AND id >= $2 AND merged_into = '' AND created_at <= $3
		AND occurred_at >= $4 AND occurred_at < $5 ORDER BY id DESC LIMIT $6`, before, ident.Least(contact.From), micros(by), micros(contact.From), micros(contact.Until), limit), scanLead)
}

// MergesOf reads which leads had joined which of these by an instant, and which of these had joined another, with those
// merges that were taken back.
func MergesOf(ctx context.Context, q sqldb.Querier, leads Batch, by time.Time) ([]replay.Merge, error) {
	var all []replay.Merge
	err := leads.each(2, func(is string, args []any) error {
		const merge = `SELECT survivor, absorbed, merged_at, CASE WHEN parted_at > $1 THEN 0 ELSE parted_at END AS parted_by FROM lead_edge WHERE merged_at <= $1 AND `
		found, err := collect(q.Query(ctx, where(merge+`absorbed $BATCH UNION `+merge+`survivor $BATCH ORDER BY merged_at, survivor, absorbed`, is),
			append([]any{micros(by)}, args...)...), scanMerge)
		all = append(all, found...)
		return err
	})
	return all, err
}

func scanMerge(row sqldb.Row) (replay.Merge, error) {
	var m replay.Merge
	var at, parted int64
	err := row.Scan(&m.Survivor, &m.Absorbed, &at, &parted)
	m.At, m.PartedAt = instant(at), instant(parted)
	return m, err
}

// ofLead is something that was recorded of a lead.
type ofLead[T any] struct {
	lead string
	item T
}

// byLead reads what was recorded of leads, in the order of the query. Its first column is the lead, and $BATCH says of it which
// are read.
func byLead[T any](ctx context.Context, q sqldb.Querier, leads Batch, query string, scan func(sqldb.Row, *string) (T, error)) (map[string][]T, error) {
	found := map[string][]T{}
	err := leads.each(1, func(is string, args []any) error {
		all, err := collect(q.Query(ctx, where(query, is), args...), func(row sqldb.Row) (ofLead[T], error) {
			var of ofLead[T]
			var err error
			of.item, err = scan(row, &of.lead)
			return of, err
		})
		for _, of := range all {
			found[of.lead] = append(found[of.lead], of.item)
		}
		return err
	})
	return found, err
}

// EarlierFields reads what the fields of leads were before they changed, the oldest first.
func EarlierFields(ctx context.Context, q sqldb.Querier, leads Batch) (map[string][]replay.Fields, error) {
	return byLead(ctx, q, leads, `SELECT lead_id, until, fields FROM lead_past WHERE lead_id $BATCH ORDER BY lead_id, until`,
		func(row sqldb.Row, lead *string) (f replay.Fields, err error) {
			var until int64
			var fields string
			if err := row.Scan(lead, &until, &fields); err != nil {
				return f, err
			}
			var values person.Fields
			values, err = decodeFields(fields)
			return replay.Fields{Until: instant(until), Values: values}, decoded("fields", *lead, err)
		})
}

// AccountsOf reads which accounts leads belonged to, the oldest decision first.
func AccountsOf(ctx context.Context, q sqldb.Querier, leads Batch) (map[string][]replay.Decision, error) {
	return byLead(ctx, q, leads, `SELECT lead_id, account_id, decided_at FROM match_decision WHERE lead_id $BATCH ORDER BY lead_id, number`,
		func(row sqldb.Row, lead *string) (replay.Decision, error) {
			var account string
			var at int64
			err := row.Scan(lead, &account, &at)
			return replay.Decision{Lead: *lead, Account: account, At: instant(at)}, err
		})
}

// Cycle is a handoff of a lead, as its row said of it.
type Cycle struct {
	Lead string
	standing.Standing
}

// EarlierCycles reads the handoffs of leads that others took the place of.
func EarlierCycles(ctx context.Context, q sqldb.Querier, leads Batch) (map[string][]Cycle, error) {
	return byLead(ctx, q, leads, `SELECT lead_id, handoff, cycle, qualified_at, outcome, by_suite, closed_at, ruled, ruled_at FROM lead_cycle_past
		WHERE lead_id $BATCH ORDER BY lead_id, qualified_at, handoff`, func(row sqldb.Row, lead *string) (Cycle, error) {
		var c Cycle
		var qualified, closed, ruled int64
		err := row.Scan(lead, &c.Handoff, &c.Cycle, &qualified, &c.Outcome, &c.BySuite, &closed, &c.Ruled, &ruled)
		c.Lead, c.QualifiedAt, c.ClosedAt, c.RuledAt = *lead, instant(qualified), instant(closed), instant(ruled)
		return c, err
	})
}

var cycleTable = &sqldb.Table{Name: "lead_cycle_past", Columns: []sqldb.Column{
	{Name: "lead_id", Type: sqldb.Text}, {Name: "handoff", Type: sqldb.Text}, {Name: "cycle", Type: sqldb.Int}, {Name: "qualified_at", Type: sqldb.Int},
	{Name: "outcome", Type: sqldb.Int}, {Name: "by_suite", Type: sqldb.Int}, {Name: "closed_at", Type: sqldb.Int},
	{Name: "ruled", Type: sqldb.Int}, {Name: "ruled_at", Type: sqldb.Int},
}, Suffix: `ON CONFLICT (lead_id, handoff) DO UPDATE SET ruled = excluded.ruled, ruled_at = excluded.ruled_at
	WHERE lead_cycle_past.ruled_at = 0`}

// KeepCycle keeps how a handoff of a lead stood when another one took its place. One that came back when leads parted, and is
// replaced again, stays as it was kept first, but for a ruling that came meanwhile.
func KeepCycle(tx *sqldb.Tx, lead string, s *standing.Standing) {
	tx.Insert(cycleTable, lead, s.Handoff, int64(s.Cycle), micros(s.QualifiedAt), int64(s.Outcome), flag(s.BySuite), micros(s.ClosedAt),
		int64(s.Ruled), micros(s.RuledAt))
}

// CountDeeds counts what was recorded of leads.
func CountDeeds(ctx context.Context, q sqldb.Querier, leads Batch) (map[string]int64, error) {
	counts, err := byLead(ctx, q, leads, `SELECT lead_id, count(*) FROM engagement WHERE lead_id $BATCH GROUP BY lead_id`,
		func(row sqldb.Row, lead *string) (n int64, err error) {
			err = row.Scan(lead, &n)
			return n, err
		})
	all := make(map[string]int64, len(counts))
	for lead, n := range counts {
		all[lead] = n[0]
	}
	return all, err
}

// EarlierCompanies reads what was known of accounts before it changed, the oldest first.
func EarlierCompanies(ctx context.Context, q sqldb.Querier, accounts []string) (map[string][]replay.Known, error) {
	return byLead(ctx, q, Batch{More: accounts}, `SELECT account_id, until, company FROM account_past WHERE account_id $BATCH ORDER BY account_id, until`,
		func(row sqldb.Row, account *string) (replay.Known, error) {
			var known replay.Known
			var until int64
			var company string
			if err := row.Scan(account, &until, &company); err != nil {
				return known, err
			}
			known.Until = instant(until)
			return known, decoded("company", *account, json.Unmarshal([]byte(company), &known.Company))
		})
}

// ListNames are the names of all lists.
func ListNames(ctx context.Context, q sqldb.Querier) ([]string, error) {
	return collect(q.Query(ctx, `SELECT name FROM reference_list_head ORDER BY name`), scanText)
}

// ListVersions reads every version of some lists, the oldest first.
func ListVersions(ctx context.Context, q sqldb.Querier, names []string) ([]*List, error) {
	if len(names) == 0 {
		return nil, nil
	}
	list, args := sqldb.In(1, names)
	return collect(q.Query(ctx, listQuery+`WHERE l.name IN (`+list+`) ORDER BY l.recorded_at, l.name, l.version`, args...), scanList)
}

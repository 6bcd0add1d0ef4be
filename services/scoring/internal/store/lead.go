package store

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
	"github.com/handoffhq/handoff/services/scoring/internal/person"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// Found is by what a lead is found when an account changes; each may be empty.
type Found struct {
	Domain, Company, AccountRef string
}

const leadColumns = `id, source, source_id, partner, test, fields, occurred_at, created_at, updated_at, merged_into, absorbed,
	account_id, rule, decisions, qualification, disqualifier, cycle, handoff, qualified_at, outcome, by_suite, closed_at,
	fit, engagement_score, combined, intent, over_line, completeness, playbook, scored_at, told, version, events, personas, engaged_at, review_at, first_qualified_at,
	ruled, ruled_at`

// leadTable writes new leads and replaces known ones. What a lead was taken in with never changes.
var leadTable = &sqldb.Table{Name: "lead", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "source", Type: sqldb.Text}, {Name: "source_id", Type: sqldb.Text},
	{Name: "partner", Type: sqldb.Text}, {Name: "test", Type: sqldb.Int}, {Name: "fields", Type: sqldb.Text},
	{Name: "occurred_at", Type: sqldb.Int}, {Name: "created_at", Type: sqldb.Int}, {Name: "updated_at", Type: sqldb.Int},
	{Name: "merged_into", Type: sqldb.Text}, {Name: "absorbed", Type: sqldb.Int},
	{Name: "account_id", Type: sqldb.Text}, {Name: "rule", Type: sqldb.Text}, {Name: "decisions", Type: sqldb.Int},
	{Name: "qualification", Type: sqldb.Int}, {Name: "disqualifier", Type: sqldb.Text}, {Name: "cycle", Type: sqldb.Int},
	{Name: "handoff", Type: sqldb.Text}, {Name: "qualified_at", Type: sqldb.Int}, {Name: "outcome", Type: sqldb.Int},
	{Name: "by_suite", Type: sqldb.Int}, {Name: "closed_at", Type: sqldb.Int},
	{Name: "fit", Type: sqldb.Int}, {Name: "engagement_score", Type: sqldb.Int}, {Name: "combined", Type: sqldb.Int},
	{Name: "intent", Type: sqldb.Int}, {Name: "over_line", Type: sqldb.Int}, {Name: "completeness", Type: sqldb.Int},
	{Name: "playbook", Type: sqldb.Int}, {Name: "scored_at", Type: sqldb.Int}, {Name: "told", Type: sqldb.Text},
	{Name: "version", Type: sqldb.Int}, {Name: "events", Type: sqldb.Int},
	{Name: "personas", Type: sqldb.Text}, {Name: "engaged_at", Type: sqldb.Int},
	{Name: "domain", Type: sqldb.Text}, {Name: "company", Type: sqldb.Text}, {Name: "account_ref", Type: sqldb.Text},
	{Name: "review_at", Type: sqldb.Int}, {Name: "first_qualified_at", Type: sqldb.Int},
	{Name: "ruled", Type: sqldb.Int}, {Name: "ruled_at", Type: sqldb.Int},
}, Suffix: `ON CONFLICT (id) DO UPDATE SET fields = excluded.fields, occurred_at = excluded.occurred_at, updated_at = excluded.updated_at,
	merged_into = excluded.merged_into, absorbed = excluded.absorbed, account_id = excluded.account_id, rule = excluded.rule,
	decisions = excluded.decisions, qualification = excluded.qualification, disqualifier = excluded.disqualifier, cycle = excluded.cycle,
	handoff = excluded.handoff, qualified_at = excluded.qualified_at, outcome = excluded.outcome, by_suite = excluded.by_suite,
	closed_at = excluded.closed_at, fit = excluded.fit, engagement_score = excluded.engagement_score, combined = excluded.combined,
	intent = excluded.intent, over_line = excluded.over_line, completeness = excluded.completeness, playbook = excluded.playbook,
	scored_at = excluded.scored_at, told = excluded.told, version = excluded.version, events = excluded.events,
	personas = excluded.personas, engaged_at = excluded.engaged_at, domain = excluded.domain, company = excluded.company, account_ref = excluded.account_ref,
	review_at = excluded.review_at, first_qualified_at = excluded.first_qualified_at, ruled = excluded.ruled, ruled_at = excluded.ruled_at`}

// PutLead writes a lead.
func PutLead(tx *sqldb.Tx, l *record.Lead, found Found) error {
	fields, err := encodeFields(l.Fields)
	if err != nil {
		return err
	}
	s := &l.Standing
	tx.Insert(leadTable, l.ID, l.Source, l.SourceID, l.Partner, flag(l.Test), fields,
		micros(l.OccurredAt), micros(l.CreatedAt), micros(l.UpdatedAt), l.MergedInto, l.Absorbed,
		l.Match.Account, string(l.Match.Rule), l.Match.Number,
		int64(s.Qualification), s.Disqualifier, int64(s.Cycle), s.Handoff, micros(s.QualifiedAt), int64(s.Outcome), flag(s.BySuite), micros(s.ClosedAt),
		l.Score.Fit, l.Score.Engagement, l.Score.Combined, int64(l.Score.Intent), flag(l.Score.OverLine), int64(l.Score.Completeness),
		l.Score.Playbook, micros(l.Score.AsOf), l.Told, l.Version, l.Events,
		packed(l.Score.Personas), micros(l.Score.EngagedAt), found.Domain, found.Company, found.AccountRef, micros(l.Match.ReviewAt), micros(s.FirstQualifiedAt),
		int64(s.Ruled), micros(s.RuledAt))
	return nil
}

func scanLead(row sqldb.Row) (*record.Lead, error) {
	l := &record.Lead{}
	s := &l.Standing
	var fields, personas string
	var occurred, created, updated, qualified, closed, scored, engaged, review, first, ruled int64
	err := row.Scan(&l.ID, &l.Source, &l.SourceID, &l.Partner, &l.Test, &fields, &occurred, &created, &updated, &l.MergedInto, &l.Absorbed,
		&l.Match.Account, &l.Match.Rule, &l.Match.Number,
		&s.Qualification, &s.Disqualifier, &s.Cycle, &s.Handoff, &qualified, &s.Outcome, &s.BySuite, &closed,
		&l.Score.Fit, &l.Score.Engagement, &l.Score.Combined, &l.Score.Intent, &l.Score.OverLine, &l.Score.Completeness,
		&l.Score.Playbook, &scored, &l.Told, &l.Version, &l.Events, &personas, &engaged, &review, &first,
		&s.Ruled, &ruled)
	if err != nil {
		return nil, err
	}
	l.OccurredAt, l.CreatedAt, l.UpdatedAt = instant(occurred), instant(created), instant(updated)
	l.Score.Personas, l.Score.EngagedAt = unpacked(personas), instant(engaged)
	s.QualifiedAt, s.FirstQualifiedAt, s.ClosedAt, l.Score.AsOf = instant(qualified), instant(first), instant(closed), instant(scored)
	l.Match.ReviewAt, s.RuledAt = instant(review), instant(ruled)
	l.Fields, err = decodeFields(fields)
	return l, decoded("fields", l.ID, err)
}

// Leads reads leads by their ids; those that do not exist are left out.
func Leads(ctx context.Context, q sqldb.Querier, ids []string) ([]*record.Lead, error) {
	return leads(ctx, q, ids, "")
}

// LockLeads reads leads and keeps other writers off them until the end of the transaction.
func LockLeads(ctx context.Context, tx *sqldb.Tx, ids []string) ([]*record.Lead, error) {
	return leads(ctx, tx, ids, tx.Dialect().ForUpdate())
}

// LockFreeLeads is LockLeads for those that nobody else keeps writers off; the others are left out.
func LockFreeLeads(ctx context.Context, tx *sqldb.Tx, ids []string) ([]*record.Lead, error) {
	return leads(ctx, tx, ids, tx.Dialect().ForUpdateFree())
}

func leads(ctx context.Context, q sqldb.Querier, ids []string, lock string) ([]*record.Lead, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	var all []*record.Lead
	err := pieces(ids, func(ids []string) error {
		list, args := sqldb.In(1, ids)
		found, err := collect(q.Query(ctx, `SELECT `+leadColumns+` FROM lead WHERE id IN (`+list+`) ORDER BY id`+lock, args...), scanLead)
		all = append(all, found...)
		return err
	})
	return all, err
}

// Absorbed reads the leads that were merged into others.
func Absorbed(ctx context.Context, q sqldb.Querier, survivors []string) ([]*record.Lead, error) {
	var all []*record.Lead
	err := pieces(survivors, func(ids []string) error {
		list, args := sqldb.In(1, ids)
		found, err := collect(q.Query(ctx, `SELECT `+leadColumns+` FROM lead WHERE merged_into IN (`+list+`) AND merged_into <> '' ORDER BY id`, args...), scanLead)
		all = append(all, found...)
		return err
	})
	return all, err
}

// storedField is a field as it is stored, with short keys: there are a dozen in every lead.
type storedField struct {
	Value  string        `json:"v"`
	Origin dedupe.Origin `json:"o,omitempty"`
	At     int64         `json:"t"`
}

func encodeFields(fields person.Fields) (string, error) {
	stored := make(map[string]storedField, len(fields))
	for name, f := range fields {
		stored[name] = storedField{Value: f.Value, Origin: f.Origin, At: micros(f.At)}
	}
	text, err := json.Marshal(stored)
	return string(text), err
}

func decodeFields(text string) (person.Fields, error) {
	var stored map[string]storedField
	if err := json.Unmarshal([]byte(text), &stored); err != nil {
		return nil, err
	}
	fields := make(person.Fields, len(stored))
	for name, f := range stored {
		fields[name] = dedupe.Field{Value: f.Value, Origin: f.Origin, At: instant(f.At)}
	}
	return fields, nil
}

var leadPastTable = &sqldb.Table{Name: "lead_past", Columns: []sqldb.Column{
	{Name: "lead_id", Type: sqldb.Text}, {Name: "until", Type: sqldb.Int}, {Name: "fields", Type: sqldb.Text},
}, Suffix: `ON CONFLICT DO NOTHING`}

// KeepFields keeps the fields that a lead had until an instant. Of several of one instant the first counts.
func KeepFields(tx *sqldb.Tx, id string, fields person.Fields, until time.Time) error {
	text, err := encodeFields(fields)
	if err != nil {
		return err
	}
	tx.Insert(leadPastTable, id, micros(until), text)
	return nil
}

// FieldsAt are the own fields of leads at an instant, of those that had others then than they have now.
func FieldsAt(ctx context.Context, q sqldb.Querier, leads []string, at time.Time) (map[string]person.Fields, error) {
	found := map[string]person.Fields{}
	return found, pieces(leads, func(ids []string) error {
		list, args := sqldb.In(2, ids)
		for row, err := range q.Query(ctx, `SELECT p.lead_id, p.fields FROM lead_past p WHERE p.lead_id IN (`+list+`) AND p.until > $1
			AND NOT EXISTS (SELECT 1 FROM lead_past b WHERE b.lead_id = p.lead_id AND b.until > $1 AND b.until < p.until)`, append([]any{micros(at)}, args...)...) {
			if err != nil {
				return err
			}
			var lead, text string
			if err := row.Scan(&lead, &text); err != nil {
				return err
			}
			fields, err := decodeFields(text)
			if err != nil {
				return decoded("fields", lead, err)
			}
			found[lead] = fields
		}
		return nil
	})
}

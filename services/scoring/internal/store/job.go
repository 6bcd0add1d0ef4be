package store

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// Job is people or accounts who must be judged or looked at again, in pieces, in the order of their ids.
type Job struct {
	ID         string
	Generation int64 // tells it from others that had its id before: a job that is done is gone
	Scope      Scope
	Course     record.Course
	Asked      int64 // how often it was asked for again
	Failures   int64 // how often in a row it could not go on
}

// Moved reports whether somebody went on with a job since it was read: not whether it was only asked for again.
func (j *Job) Moved(since *Job) bool {
	if j.Asked == since.Asked && j.Course != since.Course {
		return true
	}
	return j.Generation != since.Generation || j.Course.After != since.Course.After
}

// Scope is who is concerned; the empty scope is everybody.
type Scope struct {
	Leads    []string `json:"leads,omitempty"`    // ids
	Accounts []string `json:"accounts,omitempty"` // ids of accounts that changed: their leads
	Domains  []string `json:"domains,omitempty"`  // registrable domains: leads with an address there
	Names    []string `json:"names,omitempty"`    // keys of company names: leads who name it
	Refs     []string `json:"refs,omitempty"`     // accounts as their source calls them: leads who were taken in with it
	// Match says that accounts or lists changed, so that the account of each lead must be decided again.
	Match bool `json:"match,omitempty"`
	// Momenta says that all accounts of which something was heard are looked at, and nobody is judged.
	Momenta bool `json:"momenta,omitempty"`
	// Judges says that once they are, everybody is judged.
	Judges bool `json:"judges,omitempty"`
	// Similar are names of accounts that changed: leads who name a company that is like one of them. Then nobody else is
	// concerned, and the job goes on by the names that leads gave.
	Similar []string `json:"similar,omitempty"`
	// Waiting is a key under which engagements wait that belong to a lead or account now; then nobody else is concerned.
	Waiting *Awaited `json:"waiting,omitempty"`
	// Heirs are keys under which something waits that may belong to accounts now; then nobody else is concerned, and the job
	// goes on by the places of the keys.
	Heirs []Key `json:"heirs,omitempty"`
}

// Awaited is a key that engagements waited under, and the lead or account that has it now.
type Awaited struct {
	Key     Key    `json:"key"`
	Lead    string `json:"lead,omitempty"`
	Account string `json:"account,omitempty"`
}

// everybody reports whether no lead is left out.
func (s Scope) everybody() bool {
	return len(s.Leads)+len(s.Accounts)+len(s.Domains)+len(s.Names)+len(s.Refs) == 0
}

// Concerned lists the ids of leads in a scope after one, in order; merged leads are left out.
func Concerned(ctx context.Context, q sqldb.Querier, s Scope, after string, limit int64) ([]string, error) {
	if s.everybody() {
		return collect(q.Query(ctx, `SELECT id FROM lead WHERE id > $1 AND merged_into = '' ORDER BY id LIMIT $2`, after, limit), scanText)
	}
	args := []any{after, limit}
	in := func(items []string) string {
		list, more := sqldb.In(len(args)+1, items)
		args = append(args, more...)
		return list
	}
	const part = `SELECT id FROM lead WHERE id > $1 AND merged_into = '' AND `
	return collect(q.Query(ctx, `SELECT id FROM (`+
		part+`id IN (`+in(s.Leads)+`)
		UNION `+part+`account_id <> '' AND account_id IN (`+in(s.Accounts)+`)
		UNION `+part+`domain <> '' AND domain IN (`+in(s.Domains)+`)
		UNION `+part+`company <> '' AND company IN (`+in(s.Names)+`)
		UNION `+part+`account_ref <> '' AND account_ref IN (`+in(s.Refs)+`)
		) AS concerned ORDER BY id LIMIT $2`, args...), scanText)
}

// unsure are the leads whose account a name that is alike could change; an index has them.
const unsure = `company <> '' AND rule IN ('UNMATCHED', 'NAME_FUZZY', 'REVIEW_NAME_MULTI', 'REVIEW_PERSON_MULTI')`

// Companies lists the keys of company names after one, in order, that leads gave whose account an alike name could change.
func Companies(ctx context.Context, q sqldb.Querier, after string, limit int64) ([]string, error) {
	return collect(q.Query(ctx, `SELECT DISTINCT company FROM lead WHERE company > $1 AND `+unsure+` ORDER BY company LIMIT $2`, after, limit), scanText)
}

// jobTable writes jobs. One that is under way is asked for again, as [record.Course.Again] says, and keeps its turn; one that
// was put off is due at once.
var jobTable = &sqldb.Table{Name: "job", Columns: []sqldb.Column{
	{Name: "id", Type: sqldb.Text}, {Name: "generation", Type: sqldb.Int}, {Name: "scope", Type: sqldb.Text}, {Name: "after_id", Type: sqldb.Text},
	{Name: "upto_id", Type: sqldb.Text}, {Name: "second", Type: sqldb.Int}, {Name: "asked", Type: sqldb.Int}, {Name: "due_at", Type: sqldb.Int}, {Name: "failures", Type: sqldb.Int},
}, Suffix: `ON CONFLICT (id) DO UPDATE SET scope = excluded.scope, upto_id = job.after_id, second = 0, asked = job.asked + 1,
	due_at = CASE WHEN job.due_at < excluded.due_at THEN job.due_at ELSE excluded.due_at END`}

// Plan writes jobs by their ids, in the order of these, due at an instant.
func Plan(ctx context.Context, tx *sqldb.Tx, jobs map[string]Scope, due time.Time) error {
	return plan(ctx, tx, jobs, due, 0)
}

// SetAside writes a job about those for whom another one failed, due at an instant.
func SetAside(ctx context.Context, tx *sqldb.Tx, id string, scope Scope, due time.Time) error {
	return plan(ctx, tx, map[string]Scope{id: scope}, due, 1)
}

func plan(ctx context.Context, tx *sqldb.Tx, jobs map[string]Scope, due time.Time, failures int64) error {
	var rows [][]any
	for _, id := range slices.Sorted(maps.Keys(jobs)) {
		scope, err := json.Marshal(jobs[id])
		if err != nil {
			return err
		}
		rows = append(rows, []any{id, rand.Int64(), string(scope), "", "", int64(0), int64(0), micros(due), failures})
	}
	return pieces(rows, func(rows [][]any) error {
		_, err := tx.InsertNow(ctx, jobTable, rows...)
		return err
	})
}

// NextJob is when the first job is due; ok is false when there is none.
func NextJob(ctx context.Context, q sqldb.Querier) (due time.Time, ok bool, err error) {
	var at *int64
	if err := q.QueryRow(ctx, `SELECT min(due_at) FROM job`).Scan(&at); err != nil || at == nil {
		return time.Time{}, false, err
	}
	return instant(*at), true, nil
}

// TakeTurn waits until nobody else does what is due, and keeps others from it until the end of the transaction. Whoever plans
// jobs, or changes what they are about, does not wait for it.
func TakeTurn(ctx context.Context, tx *sqldb.Tx) error {
	var id int64
	return tx.QueryRow(ctx, `SELECT id FROM turn WHERE id = 0`+tx.Dialect().ForUpdate()).Scan(&id)
}

const jobQuery = `SELECT id, generation, scope, after_id, upto_id, second, asked, failures FROM job WHERE `

// DueJob is the first job that is due. It comes also with an error if what it is about cannot be read.
func DueJob(ctx context.Context, q sqldb.Querier, now time.Time) (*Job, error) {
	return oneJob(q.QueryRow(ctx, jobQuery+`due_at <= $1 ORDER BY due_at, id LIMIT 1`, micros(now)))
}

// LockJob reads a job and keeps others off it until the end of the transaction. Whoever plans it waits for that, and may hold
// leads and accounts: so nothing but jobs of later ids may be locked after it.
func LockJob(ctx context.Context, tx *sqldb.Tx, id string) (*Job, error) {
	return oneJob(tx.QueryRow(ctx, jobQuery+`id = $1`+tx.Dialect().ForUpdate(), id))
}

func oneJob(row sqldb.Row) (*Job, error) {
	j := &Job{}
	var scope string
	err := row.Scan(&j.ID, &j.Generation, &scope, &j.Course.After, &j.Course.Upto, &j.Course.Second, &j.Asked, &j.Failures)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	return j, decoded("scope", j.ID, json.Unmarshal([]byte(scope), &j.Scope))
}

// Proceed notes how far a job that is locked has come. Then it waits for its next turn, behind what has waited for longer.
func Proceed(ctx context.Context, tx *sqldb.Tx, id string, to record.Course, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE job SET after_id = $1, upto_id = $2, second = $3, due_at = $4, failures = 0 WHERE id = $5`,
		to.After, to.Upto, flag(to.Second), micros(now), id)
	return err
}

// PutOff has a job that could not go on wait until an instant, unless it was asked for again or went on meanwhile.
func PutOff(ctx context.Context, tx *sqldb.Tx, job *Job, until time.Time) error {
	c := job.Course
	_, err := tx.Exec(ctx, `UPDATE job SET due_at = $1, failures = failures + 1
		WHERE id = $2 AND generation = $3 AND asked = $4 AND after_id = $5 AND upto_id = $6 AND second = $7`,
		micros(until), job.ID, job.Generation, job.Asked, c.After, c.Upto, flag(c.Second))
	return err
}

// Finish removes a job.
func Finish(ctx context.Context, tx *sqldb.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM job WHERE id = $1`, id)
	return err
}

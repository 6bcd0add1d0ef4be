package store

import (
	"context"
	"strconv"
	"strings"

	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// Filter says which leads a list holds; what is empty does not matter.
type Filter struct {
	Source, Account, Partner string
	Qualification            standing.Qualification
	// SourceIDs are ids in Source that a lead is known by, to the partner if there is one.
	SourceIDs []string
	// Merged includes leads that were merged into another.
	Merged bool
}

// ListLeads lists leads below an id, the newest first.
func ListLeads(ctx context.Context, q sqldb.Querier, f Filter, below string, limit int64) ([]*record.Lead, error) {
	args := []any{below, limit}
	conditions := []string{"id < $1"}
	equal := func(column string, value any) {
		args = append(args, value)
		conditions = append(conditions, column+" = $"+placeholder(len(args)))
	}
	switch {
	case len(f.SourceIDs) > 0:
		list, more := sqldb.In(len(args)+4, f.SourceIDs)
		conditions = append(conditions, `id IN (SELECT COALESCE(NULLIF(l.merged_into, ''), l.id) FROM identity i JOIN lead l ON l.id = i.lead_id
			WHERE i.kind = $`+placeholder(len(args)+1)+` AND i.source = $`+placeholder(len(args)+2)+` AND i.scope = $`+placeholder(len(args)+3)+` AND i.value IN (`+list+`))`)
		args = append(append(args, int64(BySource), f.Source, f.Partner), more...)
	case f.Source != "":
		equal("source", f.Source)
	}
	if f.Account != "" {
		equal("account_id <> '' AND account_id", f.Account)
	}
	if f.Partner != "" {
		equal("partner <> '' AND partner", f.Partner)
	}
	if f.Qualification != 0 {
		equal("qualification", int64(f.Qualification))
	}
	if f.Qualification > standing.Unqualified { // the index of leads that were decided on covers these alone
		conditions = append(conditions, "qualification > 2")
	}
	if !f.Merged {
		conditions = append(conditions, "merged_into = ''")
	}
	return collect(q.Query(ctx, `SELECT `+leadColumns+` FROM lead WHERE `+strings.Join(conditions, " AND ")+` ORDER BY id DESC LIMIT $2`, args...), scanLead)
}

func placeholder(n int) string { return strconv.Itoa(n) }

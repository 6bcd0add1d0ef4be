package store

import (
	"context"

	"github.com/handoffhq/handoff/services/attribution/internal/deal"
	"github.com/handoffhq/handoff/services/attribution/internal/funnel"
	"github.com/handoffhq/handoff/services/attribution/internal/pipeline"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// OpenedIn reads up to limit of the opportunities that were opened in a period, behind a place, in the order of their
// opening. They lack what no report asks for: source, stage, owner, loss reason, competitor, and how they are kept.
func OpenedIn(ctx context.Context, tx *sqldb.Tx, view View, period pipeline.Period, behind Place, limit int) ([]*Opportunity, error) {
	return deals(ctx, tx, view, `opened_at >= $1 AND opened_at < $2 AND (opened_at, id) > ($3, $4) ORDER BY opened_at, id LIMIT $5`,
		period.Start.UnixMicro(), period.End.UnixMicro(), behind.Micros, behind.ID, limit)
}

// Deals reads the given opportunities that there were, as [OpenedIn] does, in order of their ids.
func Deals(ctx context.Context, tx *sqldb.Tx, view View, ids []string) ([]*Opportunity, error) {
	list, args := sqldb.In(1, ids)
	return deals(ctx, tx, view, `id IN (`+list+`) ORDER BY id`, args...)
}

func deals(ctx context.Context, tx *sqldb.Tx, view View, condition string, args ...any) ([]*Opportunity, error) {
	var all []*Opportunity
	for row, err := range tx.Query(ctx, `SELECT id, account, handoff, amount_minor, currency, state, recorded, sourced_by, playbook,
		opened_at, closed_at, created_at FROM `+view.deals()+` d WHERE `+condition, args...) {
		if err != nil {
			return nil, err
		}
		o := &Opportunity{}
		var opened, created int64
		var closed *int64
		if err := row.Scan(&o.ID, &o.Account, &o.Handoff, &o.AmountMinor, &o.Currency, &o.State, &o.Recorded, &o.SourcedBy, &o.Playbook,
			&opened, &closed, &created); err != nil {
			return nil, err
		}
		o.OpenedAt, o.ClosedAt, o.CreatedAt = at(opened), instant(closed), at(created)
		all = append(all, o)
	}
	return all, readContacts(ctx, tx, view, all)
}

// Cohort groups the persons whose first contact lies in a period by source and by the milestones that they reached. A
// person is one, under however many records; the source is that of the record that the person lives on in.
func Cohort(ctx context.Context, q sqldb.Querier, view View, period pipeline.Period) ([]funnel.Group, error) {
	var groups []funnel.Group
	leads, handoffs, deals := view.leads(), view.handoffs(), view.deals()
	for row, err := range q.Query(ctx, `
		WITH cohort AS (
			SELECT l.survivor AS id FROM `+leads+` l
			WHERE l.survivor IN (SELECT survivor FROM `+leads+` f WHERE created_at >= $1 AND created_at < $2)
			GROUP BY l.survivor HAVING MIN(l.created_at) >= $1
		), passed AS (
			SELECT c.id, COUNT(h.mql_at) AS mql, COUNT(h.sal_at) AS sal, COUNT(h.sql_at) AS sql
			FROM cohort c JOIN `+leads+` l ON l.survivor = c.id JOIN `+handoffs+` h ON h.lead = l.id GROUP BY c.id
		), named AS (
			SELECT r.lead, r.opportunity FROM `+view.contacts()+` r
			UNION ALL SELECT h.lead, o.id FROM `+deals+` o JOIN `+handoffs+` h ON h.id = o.handoff WHERE o.handoff <> ''
		), dealt AS (
			SELECT c.id, COUNT(*) AS deals, SUM(CASE WHEN o.state = $3 THEN 1 ELSE 0 END) AS won
			FROM cohort c JOIN `+leads+` l ON l.survivor = c.id JOIN named n ON n.lead = l.id JOIN `+deals+` o ON o.id = n.opportunity
			GROUP BY c.id
		), reached AS (
			SELECT s.source, CASE WHEN p.mql > 0 THEN 1 ELSE 0 END AS mql, CASE WHEN p.sal > 0 THEN 1 ELSE 0 END AS sal,
				CASE WHEN p.sql > 0 THEN 1 ELSE 0 END AS sql, CASE WHEN d.deals > 0 THEN 1 ELSE 0 END AS deal,
				CASE WHEN d.won > 0 THEN 1 ELSE 0 END AS won
			FROM cohort c JOIN `+leads+` s ON s.id = c.id LEFT JOIN passed p ON p.id = c.id LEFT JOIN dealt d ON d.id = c.id
		)
		SELECT source, mql, sal, sql, deal, won, COUNT(*) FROM reached GROUP BY source, mql, sal, sql, deal, won`,
		period.Start.UnixMicro(), period.End.UnixMicro(), deal.Won) {
		if err != nil {
			return nil, err
		}
		g := funnel.Group{Reach: funnel.Reached(funnel.Lead)}
		var mql, sal, sql, opportunity, won bool
		if err := row.Scan(&g.Source, &mql, &sal, &sql, &opportunity, &won, &g.Leads); err != nil {
			return nil, err
		}
		for m, reached := range map[funnel.Milestone]bool{
			funnel.MQL: mql, funnel.SAL: sal, funnel.SQL: sql, funnel.Opportunity: opportunity, funnel.Won: won,
		} {
			if reached {
				g.Reach |= funnel.Reached(m)
			}
		}
		groups = append(groups, g)
	}
	return groups, nil
}

package store

import (
	"fmt"
	"math"
	"time"
)

// View is the state of knowledge that is read: what was on record at an instant, by the instants at which the services put it
// on record. The zero View is what is known now.
//
// Each relation of a view has the columns that figures depend on, under the names of the tables. Those of the present are the
// tables themselves; for the past, what has changed since is read from the tables of how it stood.
type View struct {
	AsOf time.Time
}

// present reports whether everything that is known counts.
func (v View) present() bool { return v.AsOf.IsZero() }

// micros is the instant of the view.
func (v View) micros() int64 {
	if v.present() {
		return math.MaxInt64
	}
	return v.AsOf.UnixMicro()
}

// leads: id, survivor, created_at, source, account.
func (v View) leads() string {
	if v.present() {
		return "lead"
	}
	return fmt.Sprintf(`(SELECT id, survivor, created_at, source, account FROM lead WHERE known_at <= %[1]d
		UNION ALL SELECT id, survivor, created_at, source, account FROM lead_past WHERE known_at <= %[1]d AND until_at > %[1]d)`, v.micros())
}

// handoffs: id, lead, partner, mql_at, sal_at, sql_at.
func (v View) handoffs() string {
	if v.present() {
		return "handoff"
	}
	return fmt.Sprintf(`(SELECT id, lead, partner, CASE WHEN mql_known <= %[1]d THEN mql_at END AS mql_at,
		CASE WHEN sal_known <= %[1]d THEN sal_at END AS sal_at, CASE WHEN sql_known <= %[1]d THEN sql_at END AS sql_at
		FROM handoff WHERE known_at <= %[1]d)`, v.micros())
}

// deals: id, account, handoff, amount_minor, currency, state, recorded, sourced_by, playbook, opened_at, closed_at, created_at.
func (v View) deals() string {
	if v.present() {
		return "opportunity"
	}
	return fmt.Sprintf(`(SELECT id, account, handoff, amount_minor, currency, state, recorded, sourced_by, playbook, opened_at, closed_at,
			created_at
		FROM opportunity WHERE updated_at <= %[1]d
		UNION ALL SELECT p.id, p.account, p.handoff, p.amount_minor, p.currency, p.state, p.recorded, o.sourced_by, o.playbook,
			p.opened_at, p.closed_at, o.created_at
		FROM opportunity_past p JOIN opportunity o ON o.id = p.id WHERE p.updated_at <= %[1]d AND p.until_at > %[1]d)`, v.micros())
}

// contacts: opportunity, place, lead, role.
func (v View) contacts() string {
	if v.present() {
		return "opportunity_contact"
	}
	return fmt.Sprintf(`(SELECT c.opportunity, c.place, c.lead, c.role
		FROM opportunity_contact c JOIN opportunity o ON o.id = c.opportunity WHERE o.updated_at <= %[1]d
		UNION ALL SELECT c.opportunity, c.place, c.lead, c.role FROM opportunity_contact_past c
			JOIN opportunity_past p ON p.id = c.opportunity AND p.updated_at = c.updated_at
		WHERE p.updated_at <= %[1]d AND p.until_at > %[1]d)`, v.micros())
}

// touched says that a touch is on record.
func (v View) touched(alias string) string {
	if v.present() {
		return "1 = 1"
	}
	return fmt.Sprintf("%s.recorded_at <= %d", alias, v.micros())
}

// sold says that an activity is an act of a person of sales, as far as is known: what is flagged and not confirmed is none.
func (v View) sold(alias string) string {
	return fmt.Sprintf("%[1]s.sales_known <= %[2]d AND (%[1]s.flag_known IS NULL OR %[1]s.flag_known > %[2]d OR %[1]s.count_known <= %[2]d)",
		alias, v.micros())
}

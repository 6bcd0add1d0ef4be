package store

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/internal/credit"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// Crowd says by what touches are gathered.
type Crowd string

// The crowds: everybody of an account, or one person under all the records that were merged. The values are columns of the
// record that a person lives on in.
const (
	OfAccount Crowd = "account"
	OfPerson  Crowd = "id"
)

// Person is who a lead is.
type Person struct {
	ID      string // the lead that the person lives on in
	Account string // id; empty for none
}

// Persons finds who the given leads are. A lead that nothing was told of is not among them.
func Persons(ctx context.Context, tx *sqldb.Tx, view View, leads []string) (map[string]Person, error) {
	list, args := sqldb.In(1, leads)
	persons := make(map[string]Person)
	for row, err := range tx.Query(ctx, `SELECT l.id, s.id, COALESCE(s.account, '') FROM `+view.leads()+` l JOIN `+view.leads()+` s ON s.id = l.survivor
		WHERE l.id IN (`+list+`)`, args...) {
		if err != nil {
			return nil, err
		}
		var lead string
		var p Person
		if err := row.Scan(&lead, &p.ID, &p.Account); err != nil {
			return nil, err
		}
		persons[lead] = p
	}
	return persons, nil
}

// Handoffs reads the given handoffs that there are.
func Handoffs(ctx context.Context, tx *sqldb.Tx, view View, ids []string) (map[string]Handoff, error) {
	list, args := sqldb.In(1, ids)
	handoffs := make(map[string]Handoff)
	for row, err := range tx.Query(ctx, `SELECT id, lead, partner, sql_at FROM `+view.handoffs()+` h WHERE id IN (`+list+`)`, args...) {
		if err != nil {
			return nil, err
		}
		var h Handoff
		var sql *int64
		if err := row.Scan(&h.ID, &h.Lead, &h.Partner, &sql); err != nil {
			return nil, err
		}
		h.SQL.At = instant(sql)
		handoffs[h.ID] = h
	}
	return handoffs, nil
}

// Firsts are the first instants of a crowd; zero for never.
type Firsts struct {
	LeadAt time.Time // the first of them became a lead
	SoldAt time.Time // a person of sales did something with one of them; what is flagged and not confirmed was no person
}

// FirstsOf reads the first instants of the crowds with the given ids.
func FirstsOf(ctx context.Context, tx *sqldb.Tx, view View, crowd Crowd, ids []string) (map[string]Firsts, error) {
	list, args := sqldb.In(1, ids)
	firsts := make(map[string]Firsts)
	for row, err := range tx.Query(ctx, `SELECT s.`+string(crowd)+`, MIN(l.created_at), MIN(a.occurred_at)
		FROM `+view.leads()+` s JOIN `+view.leads()+` l ON l.survivor = s.id LEFT JOIN `+view.handoffs()+` h ON h.lead = l.id
		LEFT JOIN activity a ON a.handoff = h.id AND `+view.sold("a")+`
		WHERE s.`+string(crowd)+` IN (`+list+`) GROUP BY s.`+string(crowd), args...) {
		if err != nil {
			return nil, err
		}
		var id string
		var lead, sold *int64
		if err := row.Scan(&id, &lead, &sold); err != nil {
			return nil, err
		}
		firsts[id] = Firsts{LeadAt: instant(lead), SoldAt: instant(sold)}
	}
	return firsts, nil
}

// TouchesOf reads what the crowds with the given ids did in the window, by the id of the crowd and in no certain order.
// What a machine did is left out.
func TouchesOf(ctx context.Context, tx *sqldb.Tx, view View, crowd Crowd, ids []string, window credit.Window) (map[string][]credit.Touch, error) {
	list, args := sqldb.In(3, ids)
	touches := make(map[string][]credit.Touch)
	for row, err := range tx.Query(ctx, `SELECT s.`+string(crowd)+`, s.id, t.id, t.source, t.source_event_id, t.occurred_at, t.type, t.channel, t.campaign
		FROM `+view.leads()+` s JOIN `+view.leads()+` l ON l.survivor = s.id JOIN touch t ON t.lead = l.id
		WHERE `+view.touched("t")+` AND t.occurred_at >= $1 AND t.occurred_at <= $2 AND t.automated = 0 AND s.`+string(crowd)+` IN (`+list+`)`,
		append([]any{window.From.UnixMicro(), window.To.UnixMicro()}, args...)...) {
		if err != nil {
			return nil, err
		}
		var id string
		t := credit.Touch{Team: credit.Marketing}
		var occurred int64
		if err := row.Scan(&id, &t.Person, &t.ID, &t.Source, &t.SourceEventID, &occurred, &t.Kind, &t.Channel, &t.Campaign); err != nil {
			return nil, err
		}
		t.OccurredAt, t.Direct = at(occurred), t.Channel == direct
		touches[id] = append(touches[id], t)
	}
	return touches, nil
}

// direct is the channel of what came without any referrer or campaign.
const direct = "direct"

// Partners finds who brought the given leads; leads that no partner brought are not among them.
func Partners(ctx context.Context, tx *sqldb.Tx, leads []string) (map[string]string, error) {
	list, args := sqldb.In(1, leads)
	partners := make(map[string]string)
	for row, err := range tx.Query(ctx, `SELECT id, partner FROM lead WHERE partner <> '' AND id IN (`+list+`)`, args...) {
		if err != nil {
			return nil, err
		}
		var lead, partner string
		if err := row.Scan(&lead, &partner); err != nil {
			return nil, err
		}
		partners[lead] = partner
	}
	return partners, nil
}

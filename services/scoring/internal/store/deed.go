package store

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/replay"
)

// A million engagements are read by one replay, and most of the time goes into handing columns from the database to Go, one by
// one. So the texts of a row come as one, parted by a character that hardly anybody writes; that takes a fifth off the time of reading.
const (
	unit      = "\x1f"
	deedTexts = 9
)

// DeedsOf reads what people did under leads, as it was known at an instant, what machines did left out. Of each lead it reads the
// newest, up to a number.
func DeedsOf(ctx context.Context, q sqldb.Querier, leads Batch, by time.Time, newest int) (map[string][]replay.Deed, error) {
	found := map[string][]replay.Deed{}
	var odd []string // ids of those whose texts hold the character
	err := leads.each(2, func(is string, args []any) error {
		var of []replay.Deed // one lead, whose rows come together
		for d, err := range deedRows(ctx, q, is, args, by) {
			if err != nil {
				return err
			}
			if len(of) > 0 && of[0].Lead != d.Lead {
				found[of[0].Lead], of = slices.Clone(of), of[:0]
			}
			if len(of) == newest {
				continue
			}
			if of = append(of, d.Deed); !d.whole {
				odd = append(odd, d.ID)
			}
		}
		if len(of) > 0 {
			found[of[0].Lead] = of
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return found, reread(ctx, q, found, odd)
}

// deedRow is a deed as a row tells it. Unless it is whole, its texts could not be told apart: only its lead, its id and its
// times are right then.
type deedRow struct {
	replay.Deed
	whole bool
}

// deedRows reads deeds of a part of a batch, those of a lead together, the newest first.
func deedRows(ctx context.Context, q sqldb.Querier, is string, args []any, by time.Time) iter.Seq2[deedRow, error] {
	rows := q.Query(ctx, where(`SELECT concat_ws('`+unit+`', lead_id, id, source, type, page, form, asset, campaign, channel),
		CASE WHEN occurred_at > recorded_at THEN recorded_at ELSE occurred_at END, known_at
		FROM engagement WHERE lead_id $BATCH AND known_at <= $1 AND automated = 0
		ORDER BY lead_id DESC, occurred_at DESC, id DESC`, is), append([]any{micros(by)}, args...)...)
	return func(yield func(deedRow, error) bool) {
		for row, err := range rows {
			var d deedRow
			if err == nil {
				d, err = scanDeed(row)
			}
			if !yield(d, err) || err != nil {
				return
			}
		}
	}
}

func scanDeed(row sqldb.Row) (d deedRow, err error) {
	var texts string
	var since, known int64
	if err := row.Scan(&texts, &since, &known); err != nil {
		return d, err
	}
	var parts [deedTexts]string
	more := true
	for i := range parts {
		parts[i], texts, more = strings.Cut(texts, unit)
	}
	d.Lead, d.ID, d.KnownAt, d.whole = parts[0], parts[1], instant(known), !more
	d.Event = criteria.Event{OccurredAt: instant(since), Source: parts[2], Type: parts[3], Page: parts[4], Form: parts[5], Asset: parts[6],
		Campaign: parts[7], Channel: parts[8]}
	return d, nil
}

// reread reads those deeds again whose texts could not be told apart.
func reread(ctx context.Context, q sqldb.Querier, found map[string][]replay.Deed, odd []string) error {
	return pieces(odd, func(ids []string) error {
		list, args := sqldb.In(1, ids)
		again, err := collect(q.Query(ctx, `SELECT `+engagementColumns+` FROM engagement WHERE id IN (`+list+`)`, args...), scanEngagement)
		for i := range again {
			deeds := found[again[i].Lead]
			for j := range deeds {
				if deeds[j].ID == again[i].ID {
					deeds[j].Engagement = record.Human(again[i : i+1])[0]
				}
			}
		}
		return err
	})
}

package attribution

import (
	"context"
	"fmt"
	"time"

	attributionv1 "github.com/handoffhq/handoff/gen/go/handoff/attribution/v1"
	"github.com/handoffhq/handoff/services/attribution/internal/store"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/money"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// BatchRecordSpends implements AttributionService.
func (s *Service) BatchRecordSpends(ctx context.Context, req *attributionv1.BatchRecordSpendsRequest) (*attributionv1.BatchRecordSpendsResponse, error) {
	given, err := s.spendsOf(req.GetSpends(), s.cfg.Now())
	if err != nil {
		return nil, err
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*attributionv1.BatchRecordSpendsResponse, error) {
		fresh, err := categorised(ctx, tx, given)
		if err != nil {
			return nil, err
		}
		stored, err := store.InsertSpends(ctx, tx, fresh)
		if err != nil {
			return nil, err
		}
		for _, f := range stored {
			after := spendProto(f)
			key := eventlog.Key{Name: after.GetName(), Seq: new(int64)}
			if err := s.log.EmitChange(ctx, tx, key, "BatchRecordSpends", nil, after); err != nil {
				return nil, err
			}
		}
		return recordedSpends(ctx, tx, given)
	})
}

// spendsOf reads the figures of a request.
func (s *Service) spendsOf(spends []*attributionv1.Spend, now time.Time) ([]store.Spend, error) {
	all := make([]store.Spend, len(spends))
	for i, p := range spends {
		path := fmt.Sprintf("spends[%d].amount", i)
		amount, err := money.Parse(p.GetAmount())
		if err != nil {
			return nil, fault.Field(path, "%v", err)
		}
		if amount.Minor < 0 {
			return nil, fault.Field(path, "is negative")
		}
		all[i] = store.Spend{
			ID:       s.cfg.IDs.New(now, "spend", p.GetSource()+"|"+p.GetSourceId()),
			Key:      store.Key{Source: p.GetSource(), SourceID: p.GetSourceId()},
			Campaign: ident.ID(p.GetCampaign(), "campaigns"), Category: p.GetCategory(), Amount: amount,
			SpentAt: instant(p.GetSpendTime()), CreatedAt: now,
		}
	}
	return all, nil
}

// categorised gives each key's first figure, with its campaign's category where none is given.
func categorised(ctx context.Context, tx *sqldb.Tx, given []store.Spend) ([]*store.Spend, error) {
	var ids []string
	for _, f := range given {
		if f.Campaign != "" {
			ids = append(ids, f.Campaign)
		}
	}
	campaigns, err := store.Campaigns(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	seen := make(map[store.Key]bool)
	var first []*store.Spend
	for i, f := range given {
		campaign, ok := campaigns[f.Campaign]
		if f.Campaign != "" && !ok {
			return nil, fault.Dangling(fmt.Sprintf("spends[%d].campaign", i), ident.Name("campaigns", f.Campaign))
		}
		if ok && f.Category == "" {
			f.Category = campaign.Category
		}
		if !seen[f.Key] {
			first = append(first, &f)
		}
		seen[f.Key] = true
	}
	return first, nil
}

// recordedSpends answers with the figures as they are on record.
func recordedSpends(ctx context.Context, tx *sqldb.Tx, given []store.Spend) (*attributionv1.BatchRecordSpendsResponse, error) {
	keys := make([]store.Key, len(given))
	for i, f := range given {
		keys[i] = f.Key
	}
	recorded, err := store.Spends(ctx, tx, keys)
	if err != nil {
		return nil, err
	}
	resp := &attributionv1.BatchRecordSpendsResponse{}
	for _, key := range keys {
		resp.Spends = append(resp.Spends, spendProto(recorded[key]))
	}
	return resp, nil
}

// ListSpends implements AttributionService.
func (s *Service) ListSpends(ctx context.Context, req *attributionv1.ListSpendsRequest) (*attributionv1.ListSpendsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rows, err := store.ListSpends(ctx, s.cfg.DB, before(page), page.Limit())
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, func(f *store.Spend) paging.Key { return paging.Key{Number: f.SpentAt.UnixMicro(), Text: f.ID} })
	resp := &attributionv1.ListSpendsResponse{NextPageToken: next}
	for _, f := range rows {
		resp.Spends = append(resp.Spends, spendProto(f))
	}
	return resp, nil
}

// before is where a page of a list begins that shows the newest first.
func before(page paging.Page) store.Place {
	if page.First {
		return store.Last()
	}
	return store.Place{Micros: page.Key.Number, ID: page.Key.Text}
}

package scoring

import (
	"context"
	"fmt"
	"math"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// maxAhead is how far in the future an engagement may have happened, for clocks that are ahead.
const maxAhead = 24 * time.Hour

// BatchRecordEngagements implements ScoringService.
func (s *Service) BatchRecordEngagements(ctx context.Context, req *scoringv1.BatchRecordEngagementsRequest) (*scoringv1.BatchRecordEngagementsResponse, error) {
	now := s.cfg.Now()
	sightings := make([]sighting, len(req.GetEngagements()))
	for i, e := range req.GetEngagements() {
		var err error
		if sightings[i], err = s.sighting(e, fmt.Sprintf("engagements[%d].", i), now); err != nil {
			return nil, err
		}
	}
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*scoringv1.BatchRecordEngagementsResponse, error) {
		d, err := s.desk(ctx, tx, now)
		if err != nil {
			return nil, err
		}
		resp, err := d.witness(ctx, sightings)
		if err != nil {
			return nil, err
		}
		return resp, d.finish(ctx)
	})
}

// engagement reads an engagement without its lead.
func (s *Service) engagement(e *scoringv1.Engagement, field string, now time.Time) (record.Engagement, error) {
	at := moment(e.GetOccurTime())
	if at.After(now.Add(maxAhead)) {
		return record.Engagement{}, fault.Field(field+"occur_time", "is more than a day in the future")
	}
	return record.Engagement{ID: s.cfg.IDs.New(now, "engagement", e.GetSource()+"/"+e.GetSourceEventId()), Source: e.GetSource(),
		SourceEventID: e.GetSourceEventId(), Type: e.GetType(), Page: e.GetPage(), Form: e.GetForm(), Asset: e.GetAsset(),
		Campaign: ident.ID(e.GetCampaign(), "campaigns"), Channel: e.GetChannel(), Automated: e.GetAutomated(), OccurredAt: at, RecordedAt: now}, nil
}

// witness records sightings, each once: for the people and accounts that are known, or to wait for those that are not.
func (d *desk) witness(ctx context.Context, sightings []sighting) (*scoringv1.BatchRecordEngagementsResponse, error) {
	if err := d.place(ctx, sightings); err != nil {
		return nil, err
	}
	claims := map[store.Key]string{}
	var leads []string
	for i := range sightings {
		if sightings[i].ofAccount() {
			continue
		}
		if sightings[i].lead == "" {
			claims[sightings[i].key] = ""
		}
		leads = append(leads, sightings[i].lead)
	}
	taken, err := store.Claim(ctx, d.tx, claims)
	if err != nil {
		return nil, err
	}
	for _, lead := range taken {
		leads = append(leads, lead)
	}
	if err := d.open(ctx, leads); err != nil {
		return nil, err
	}
	engagements := make([]record.Engagement, len(sightings))
	keys := map[string]store.Key{} // of those that may not be known, by engagement
	for i := range sightings {
		seen := &sightings[i]
		engagements[i] = seen.Engagement
		if engagements[i].Account = seen.account; seen.ofAccount() {
			keys[seen.ID] = seen.key
		} else if engagements[i].Lead = seen.lead; seen.lead == "" {
			engagements[i].Lead = taken[seen.key]
			keys[seen.ID] = seen.key
		} else if d.person(seen.lead) == nil {
			return nil, fault.Dangling(seen.field+"lead", leadName(seen.lead))
		}
	}
	fresh, err := d.record(ctx, engagements)
	if err != nil {
		return nil, err
	}
	d.happened(fresh)
	resp := &scoringv1.BatchRecordEngagementsResponse{DuplicateCount: int32(len(sightings) - len(fresh))}
	for _, e := range fresh {
		if e.Lead != "" || e.Account != "" {
			resp.RecordedCount++
			continue
		}
		resp.WaitingCount++
		store.Wait(d.tx, keys[e.ID], e.ID)
	}
	return resp, nil
}

// ListEngagements implements ScoringService.
func (s *Service) ListEngagements(ctx context.Context, req *scoringv1.ListEngagementsRequest) (*scoringv1.ListEngagementsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	place := store.Place{OccurredAt: page.Key.Number, ID: page.Key.Text}
	if page.First {
		place.OccurredAt = math.MaxInt64
	}
	lead, err := s.visible(ctx, ident.ID(req.GetParent(), "leads"))
	if err != nil {
		return nil, err
	}
	resp := &scoringv1.ListEngagementsResponse{}
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		ids, err := withAbsorbed(ctx, tx, lead)
		if err != nil {
			return err
		}
		rows, err := store.Engagements(ctx, tx, ids, place, page.Limit())
		if err != nil {
			return err
		}
		rows, resp.NextPageToken = paging.Cut(page, rows, func(e record.Engagement) paging.Key {
			return paging.Key{Number: e.OccurredAt.UnixMicro(), Text: e.ID}
		})
		for i := range rows {
			resp.Engagements = append(resp.Engagements, toEngagement(&rows[i]))
		}
		return nil
	})
	return resp, err
}

// withAbsorbed are the ids of a lead and of those that were merged into it.
func withAbsorbed(ctx context.Context, q sqldb.Querier, lead *record.Lead) ([]string, error) {
	absorbed, err := absorbedBy(ctx, q, []*record.Lead{lead})
	ids := []string{lead.ID}
	for _, other := range absorbed[lead.ID] {
		ids = append(ids, other.ID)
	}
	return ids, err
}

func toEngagement(e *record.Engagement) *scoringv1.Engagement {
	return &scoringv1.Engagement{Name: ident.Name("engagements", e.ID), Source: e.Source, SourceEventId: e.SourceEventID,
		Who: &scoringv1.Engagement_Lead{Lead: leadName(e.Lead)}, Type: e.Type, OccurTime: instant(e.OccurredAt), Page: e.Page, Form: e.Form,
		Asset: e.Asset, Campaign: campaignName(e.Campaign), Channel: e.Channel, Automated: e.Automated, RecordTime: instant(e.RecordedAt)}
}

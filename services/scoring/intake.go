package scoring

import (
	"context"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/scoring/internal/dossier"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/store"
)

// takeIn takes in leads with what they did, in one transaction however many they are, and gives them as they stand then.
// The causes say who brought each of them; without any it is the caller of ctx.
func (s *Service) takeIn(ctx context.Context, tx *sqldb.Tx, now time.Time, newcomers []*newcomer, causes []context.Context) ([]*scoringv1.Lead, error) {
	d, err := s.desk(ctx, tx, now)
	if err != nil {
		return nil, err
	}
	for _, n := range newcomers { // they are recorded when they are judged: together
		n.lead.CreatedAt = now
	}
	who, err := d.identify(ctx, newcomers)
	if err != nil {
		return nil, err
	}
	for i, cause := range causes {
		if id := who[i].Lead.ID; d.causes[id] == nil {
			d.causes[id] = cause
		}
	}
	var brought []record.Engagement
	for i, n := range newcomers {
		for _, e := range n.engagements {
			e.Lead, e.RecordedAt = who[i].lead, now
			brought = append(brought, e)
		}
	}
	if _, err := d.record(ctx, brought); err != nil {
		return nil, err
	}
	if err := d.finish(ctx); err != nil {
		return nil, err
	}
	leads := make([]*scoringv1.Lead, len(who))
	for i := range who {
		leads[i] = toLead(who[i].Lead, who[i].Who())
	}
	return leads, nil
}

// finish settles and saves whatever happened.
func (d *desk) finish(ctx context.Context) error {
	people := d.changed()
	if err := d.settle(ctx, people, dossier.PersonChanged); err != nil {
		return err
	}
	return d.save(ctx, people)
}

// record stores engagements and adds those that are new to the people who did them, who must be open. It gives the new ones.
func (d *desk) record(ctx context.Context, engagements []record.Engagement) ([]record.Engagement, error) {
	if len(engagements) == 0 {
		return nil, nil
	}
	type event struct{ source, id string }
	seen := map[event]struct{}{}
	once := make([]record.Engagement, 0, len(engagements))
	for _, e := range engagements {
		if _, again := seen[event{e.Source, e.SourceEventID}]; !again {
			seen[event{e.Source, e.SourceEventID}] = struct{}{}
			once = append(once, e)
		}
	}
	added, err := store.AddEngagements(ctx, d.tx, once)
	if err != nil {
		return nil, err
	}
	var fresh []record.Engagement
	for _, e := range once {
		if _, is := added[e.ID]; !is {
			continue
		}
		fresh = append(fresh, e)
		if who := d.person(e.Lead); who != nil {
			who.Record(e)
		}
	}
	return fresh, nil
}

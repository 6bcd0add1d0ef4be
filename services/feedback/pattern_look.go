package feedback

import (
	"context"
	"fmt"
	"slices"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// watching is what a playbook calls a pattern, and when patterns are looked for.
type watching struct {
	pattern.Rule
	windows  []time.Duration
	cooldown time.Duration
	drop     float64 // of the mean rating
	daily    pattern.Daily
}

// patternLook is the daily look for what sales says again and again.
type patternLook struct{ *Service }

// NextDue implements alarm.Timed.
func (l patternLook) NextDue(ctx context.Context) (time.Time, bool, error) {
	return store.NextLook(ctx, l.cfg.DB)
}

// Fire implements alarm.Timed.
func (l patternLook) Fire(ctx context.Context) error {
	ctx, now := auth.WithActor(ctx, auth.Service(eventlog.Feedback)), l.cfg.Now()
	return l.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		playbook, err := l.policies.Active(ctx, tx, now)
		if err != nil {
			return err
		}
		terms := playbook.Policy.watching
		due, err := store.TakeLook(ctx, tx, now, terms.daily.After(now))
		if err != nil || !due {
			return err
		}
		seen, err := sightings(ctx, tx, terms, now)
		if err != nil {
			return err
		}
		for _, sight := range seen {
			if err := l.tellPatterns(ctx, tx, sight, store.Pattern{FoundAt: now, Playbook: playbook.Number}, terms.cooldown); err != nil {
				return err
			}
		}
		return nil
	})
}

// tellPatterns tells what was found of a subject and was not told lately; what was told lately has its figures refreshed.
func (l patternLook) tellPatterns(ctx context.Context, tx *sqldb.Tx, sight sighting, found store.Pattern, cooldown time.Duration) error {
	told, err := store.Told(ctx, tx, sight.Subject, found.FoundAt.Add(-cooldown))
	if err != nil {
		return err
	}
	refreshed := make(map[string]bool)
	for _, n := range sight.findings {
		i := slices.IndexFunc(n.slices, func(s pattern.Slice) bool { return told[s] != "" })
		if i < 0 {
			p := found
			p.Subject, p.Slices, p.Figures = sight.Subject, n.slices, n.Figures
			p.ID = l.cfg.IDs.New(p.FoundAt, "pattern", fmt.Sprint(p.FoundAt.UnixMicro(), sight.Subject, n.slices))
			if err := l.tellPattern(ctx, tx, &p); err != nil {
				return err
			}
			continue
		}
		if id := told[n.slices[i]]; !refreshed[id] {
			refreshed[id] = true
			if err := store.Refresh(ctx, tx, id, n.Figures); err != nil {
				return err
			}
		}
	}
	return nil
}

// tellPattern stores and tells a new pattern.
func (l patternLook) tellPattern(ctx context.Context, tx *sqldb.Tx, p *store.Pattern) error {
	shown := toPattern(p)
	e := &eventv1.Event{Subject: shown.GetName(), Playbook: shown.GetPlaybook(), Time: shown.GetFindTime()}
	if p.Kind == int32(feedbackv1.Pattern_KIND_QUALITY) {
		e.Payload = &eventv1.Event_QualityDropped{QualityDropped: &eventv1.QualityDropped{Pattern: shown}}
	} else {
		e.Payload = &eventv1.Event_PatternFound{PatternFound: &eventv1.PatternFound{Pattern: shown}}
	}
	if err := l.log.Emit(ctx, tx, eventlog.Key{Name: shown.GetName(), Seq: &p.Events}, e); err != nil {
		return err
	}
	store.InsertPattern(tx, p)
	return nil
}

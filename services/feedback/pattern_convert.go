package feedback

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/pattern"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// usualHour is when patterns are looked for where the playbook has no hour for the rejection report, in UTC.
const usualHour = 7

// toWatching reads what a playbook calls a pattern. Patterns are looked for each day at the hour of the rejection report.
func toWatching(policy *playbookv1.FeedbackPolicy) (watching, error) {
	p := policy.GetPatterns()
	w := watching{
		Rule:     pattern.Rule{Share: p.GetShare(), Least: int64(p.GetMinLeads())},
		windows:  []time.Duration{p.GetWindow().AsDuration(), p.GetLongWindow().AsDuration()},
		cooldown: p.GetCooldown().AsDuration(),
		drop:     p.GetRatingDrop(),
		daily:    pattern.Daily{Hour: usualHour, Zone: time.UTC},
	}
	if _, at, ok := strings.Cut(policy.GetReport().GetEvery(), " "); ok {
		hour, err := time.Parse("15:04", at)
		if err != nil {
			return w, fmt.Errorf("read the hour of the report: %w", err)
		}
		w.daily.Hour, w.daily.Minute = hour.Hour(), hour.Minute()
	}
	var err error
	if w.daily.Zone, err = time.LoadLocation(policy.GetReport().GetZone()); err != nil { // without a name it is UTC
		return w, fmt.Errorf("read the zone of the report: %w", err)
	}
	return w, nil
}

// activated keeps a playbook that came into force. The first one begins the looks for patterns.
func (s *Service) activated(ctx context.Context, tx *sqldb.Tx, batch eventlog.Batch, e *eventv1.Event) error {
	v, err := s.policies.Put(ctx, tx, e)
	if err != nil {
		return err
	}
	if err := store.Activate(ctx, tx, v.Number, e.GetTime().AsTime()); err != nil {
		return err
	}
	tx.AfterCommit(s.news.Ring) // its reports may come out sooner
	return store.PlanLook(ctx, tx, v.Policy.watching.daily.After(batch.Now))
}

// toPattern is a pattern as the API shows it.
func toPattern(p *store.Pattern) *feedbackv1.Pattern {
	out := &feedbackv1.Pattern{
		Name:          ident.Name("patterns", p.ID),
		Kind:          feedbackv1.Pattern_Kind(p.Kind),
		Reason:        playbookv1.RejectionReason(p.Reason),
		CaseCount:     p.Share.Part,
		AnsweredCount: p.Share.Whole,
		Strong:        p.Strong,
		Label:         feedbackv1.Pattern_Label(p.Label),
		StartTime:     timestamppb.New(p.From),
		EndTime:       timestamppb.New(p.To),
		FindTime:      timestamppb.New(p.FoundAt),
		Playbook:      shelf.Version[agreed]{Number: p.Playbook}.Name(),
		Acknowledger:  p.Acknowledger,
		Note:          p.Note,
	}
	if !p.AcknowledgedAt.IsZero() {
		out.AcknowledgeTime = timestamppb.New(p.AcknowledgedAt)
	}
	for _, s := range p.Slices {
		out.Slices = append(out.Slices, toPatternSlice(s))
	}
	if out.GetKind() == feedbackv1.Pattern_KIND_QUALITY {
		out.Rating = &feedbackv1.PatternRating{Recent: pattern.Ratings{Sum: p.Share.Part, Count: p.Share.Whole}.Mean(),
			Baseline: p.Before.Mean(), BaselineCount: p.Before.Count}
		return out
	}
	share, lower, upper, _ := p.Share.PerMille()
	out.Share = &feedbackv1.PatternShare{PerMille: share, LowerPerMille: lower, UpperPerMille: upper}
	return out
}

func toPatternSlice(s pattern.Slice) *feedbackv1.PatternSlice {
	out := &feedbackv1.PatternSlice{Dimension: feedbackv1.PatternSlice_Dimension(s.Dimension), Value: s.Value}
	switch s.Dimension {
	case pattern.Rep:
		out.Value = ident.Name("reps", s.Value)
	case pattern.Pool:
		out.Value = ident.Name("pools", s.Value)
	case pattern.All, pattern.Source, pattern.Campaign, pattern.LeadMagnet: // as the lead names it
	}
	return out
}

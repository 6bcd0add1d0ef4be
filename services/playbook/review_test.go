package playbook_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/metric/noop"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/testing/protocmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/host"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/playbook"
)

// raised are the reviews that the service has told.
func (b bench) raised(t *testing.T) []*eventv1.ReviewDue {
	t.Helper()
	var all []*eventv1.ReviewDue
	for _, e := range b.Told(t) {
		if due := e.GetReviewDue(); due != nil {
			all = append(all, due)
		}
	}
	return all
}

func (b bench) fire(t *testing.T, at time.Time) {
	t.Helper()
	b.Clock.Set(at)
	if err := b.service.Fire(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestAReviewIsAskedForOnceWhenItsTimeHasCome(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		if _, ok, err := b.service.NextDue(t.Context()); ok || err != nil {
			t.Errorf("before anything is in force: due %v, %v", ok, err)
		}
		p := b.active(t)
		due := roomtest.Start.AddDate(0, 0, 90)
		if at, ok, err := b.service.NextDue(t.Context()); !ok || err != nil || !at.Equal(due) {
			t.Errorf("due at %v, %v, %v; want %v", at, ok, err, due)
		}
		b.fire(t, due.Add(-time.Microsecond))
		if got := b.raised(t); len(got) != 0 {
			t.Errorf("early: told %v", got)
		}
		b.fire(t, due.Add(time.Hour))
		b.fire(t, due.Add(2*time.Hour))
		want := &playbookv1.Review{Cause: playbookv1.Review_CAUSE_SCHEDULE, DueTime: timestamppb.New(due)}
		if diff := cmp.Diff([]*eventv1.ReviewDue{{Playbook: p.GetName(), Review: want}}, b.raised(t), protocmp.Transform()); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff([]*playbookv1.Review{want}, b.get(t, p.GetName()).GetReviews(), protocmp.Transform()); diff != "" {
			t.Errorf("reviews (-want +got):\n%s", diff)
		}
		if _, ok, err := b.service.NextDue(t.Context()); ok || err != nil {
			t.Errorf("after it was told: due %v, %v", ok, err)
		}
	})
}

func TestANewVersionInForceEndsTheReview(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		b.active(t)
		b.fire(t, roomtest.Start.AddDate(0, 0, 91))
		p := b.active(t)
		if len(p.GetReviews()) != 0 {
			t.Errorf("the new version has reviews %v", p.GetReviews())
		}
		if at, ok, err := b.service.NextDue(t.Context()); !ok || err != nil || !at.Equal(roomtest.Start.AddDate(0, 0, 181)) {
			t.Errorf("the next review is due at %v, %v, %v", at, ok, err)
		}
	})
}

func slipped(name string, measure eventv1.FunnelSlipped_Measure) *eventv1.Event {
	return &eventv1.Event{Subject: name, Playbook: name, Payload: &eventv1.Event_FunnelSlipped{FunnelSlipped: &eventv1.FunnelSlipped{
		Measure: measure, Recent: 0.15, RecentCases: 40, Baseline: 0.25, BaselineCases: 160}}}
}

func TestAFigureThatFellAsksForAReviewOfTheVersionInForce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		old, p := b.active(t), b.active(t)
		draft := b.draft(t)
		b.Tell(t, eventlog.Attribution,
			slipped(old.GetName(), eventv1.FunnelSlipped_MEASURE_WIN_RATE), slipped(draft.GetName(), eventv1.FunnelSlipped_MEASURE_WIN_RATE),
			slipped("playbooks/77", eventv1.FunnelSlipped_MEASURE_WIN_RATE), slipped("", eventv1.FunnelSlipped_MEASURE_WIN_RATE),
			slipped(p.GetName(), eventv1.FunnelSlipped_MEASURE_UNSPECIFIED),
			slipped(p.GetName(), eventv1.FunnelSlipped_MEASURE_MQL_TO_SQL), slipped(p.GetName(), eventv1.FunnelSlipped_MEASURE_MQL_TO_SQL))
		want := []*playbookv1.Review{{Cause: playbookv1.Review_CAUSE_MQL_TO_SQL, DueTime: timestamppb.New(roomtest.Start),
			Recent: proto.Float64(0.15), Baseline: proto.Float64(0.25)}}
		if diff := cmp.Diff(want, b.get(t, p.GetName()).GetReviews(), protocmp.Transform()); diff != "" {
			t.Errorf("reviews (-want +got):\n%s", diff)
		}
		for _, name := range []string{old.GetName(), draft.GetName()} {
			if got := b.get(t, name).GetReviews(); len(got) != 0 {
				t.Errorf("%s has reviews %v", name, got)
			}
		}
		if got := b.raised(t); len(got) != 1 || got[0].GetPlaybook() != p.GetName() {
			t.Errorf("told %v", got)
		}
		// The schedule stays as it was.
		if at, ok, _ := b.service.NextDue(t.Context()); !ok || !at.Equal(roomtest.Start.AddDate(0, 0, 90)) {
			t.Errorf("the next review is due at %v, %v", at, ok)
		}
	})
}

func TestAReasonGivenAgainAndAgainAsksForAReview(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b bench) {
		p := b.active(t)
		found := func(kind feedbackv1.Pattern_Kind, strong bool, label feedbackv1.Pattern_Label) *eventv1.Event {
			return &eventv1.Event{Playbook: p.GetName(), Payload: &eventv1.Event_PatternFound{PatternFound: &eventv1.PatternFound{Pattern: &feedbackv1.Pattern{
				Kind: kind, Strong: strong, Label: label, CaseCount: 40, AnsweredCount: 100}}}}
		}
		b.Tell(t, eventlog.Feedback,
			found(feedbackv1.Pattern_KIND_REASON, false, feedbackv1.Pattern_LABEL_TARGETING), // may be luck
			found(feedbackv1.Pattern_KIND_REASON, true, feedbackv1.Pattern_LABEL_PROCESS),    // a matter of who answers
			found(feedbackv1.Pattern_KIND_MESSAGE, true, feedbackv1.Pattern_LABEL_TARGETING)) // a matter of the campaign
		if got := b.get(t, p.GetName()).GetReviews(); len(got) != 0 {
			t.Errorf("reviews %v", got)
		}
		b.Tell(t, eventlog.Feedback, found(feedbackv1.Pattern_KIND_REASON, true, feedbackv1.Pattern_LABEL_UNCLEAR),
			found(feedbackv1.Pattern_KIND_REASON, true, feedbackv1.Pattern_LABEL_TARGETING),
			&eventv1.Event{Playbook: p.GetName(), Payload: &eventv1.Event_QualityDropped{QualityDropped: &eventv1.QualityDropped{Pattern: &feedbackv1.Pattern{
				Kind: feedbackv1.Pattern_KIND_QUALITY, Rating: &feedbackv1.PatternRating{Recent: 3.25, Baseline: 4}}}}})
		want := []*playbookv1.Review{
			{Cause: playbookv1.Review_CAUSE_PATTERN, DueTime: timestamppb.New(roomtest.Start), Recent: proto.Float64(0.4)},
			{Cause: playbookv1.Review_CAUSE_QUALITY, DueTime: timestamppb.New(roomtest.Start), Recent: proto.Float64(3.25), Baseline: proto.Float64(4)},
		}
		if diff := cmp.Diff(want, b.get(t, p.GetName()).GetReviews(), protocmp.Transform()); diff != "" {
			t.Errorf("reviews (-want +got):\n%s", diff)
		}
	})
}

// TestTheServiceAsksForReviewsByItself runs the service on a clock that moves by itself.
func TestTheServiceAsksForReviewsByItself(t *testing.T) {
	t.Parallel()
	migrations, err := playbook.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		now := func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }
		service, err := playbook.New(t.Context(), playbook.Config{Host: host.Host{
			DB: sqldbtest.SQLite(t, migrations), Now: now, IDs: ident.Seeded("test"), Logger: slog.New(slog.DiscardHandler), Meter: noop.Meter{}},
			Peers: newPast().peers(t)})
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- service.Run(ctx) }()
		synctest.Wait() // it sleeps for want of anything to do

		p, err := service.CreatePlaybook(ops(ctx), &playbookv1.CreatePlaybookRequest{Playbook: &playbookv1.Playbook{Yaml: minimal(t) + "review_every: 10m\n"}})
		if err != nil {
			t.Fatal(err)
		}
		for team, who := range map[playbookv1.Team]context.Context{playbookv1.Team_TEAM_MARKETING: marketer(ctx), playbookv1.Team_TEAM_SALES: seller(ctx)} {
			if _, err := service.SignPlaybook(who, &playbookv1.SignPlaybookRequest{Name: p.GetName(), Team: team}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := service.ActivatePlaybook(ops(ctx), &playbookv1.ActivatePlaybookRequest{Name: p.GetName()}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10*time.Minute + time.Second) // on the bubble's own clock
		synctest.Wait()
		p, err = service.GetPlaybook(ctx, &playbookv1.GetPlaybookRequest{Name: p.GetName()})
		if err != nil || len(p.GetReviews()) != 1 || !proto.Equal(p.GetReviews()[0].GetDueTime(), p.GetReviewDueTime()) {
			t.Errorf("got reviews %v, %v", p.GetReviews(), err)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

package surge_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
	"github.com/handoffhq/handoff/services/scoring/internal/surge"
)

const (
	day   = 24 * time.Hour
	point = scorecard.Point
)

var (
	start = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	terms = surge.Terms{Enter: 30 * point, Leave: 15 * point, Window: 14 * day, Cooldown: 7 * day}
)

// constant are points that stay until the window ends.
func constant(points scorecard.Micro) surge.Finding {
	return surge.Finding{Eligible: true, Points: func(at time.Time) scorecard.Micro {
		if at.Sub(start) > terms.Window {
			return 0
		}
		return points
	}}
}

func TestAnAccountMovesByTwoThresholdsAndACooldown(t *testing.T) {
	t.Parallel()
	never := surge.State{}
	hot := surge.State{Surging: true, Number: 1, Began: start.Add(-day)}
	rests := surge.State{Number: 1, Began: start.Add(-2 * day), Ended: start.Add(-day)}
	rested := surge.State{Number: 1, Began: start.Add(-7 * day), Ended: start.Add(-day)}
	end := start.Add(14*day + time.Second)
	tests := []struct {
		name    string
		from    surge.State
		finding surge.Finding
		step    surge.Step
		want    surge.State
		due     time.Time
	}{
		{"below the line", never, constant(30*point - 1), surge.Stay, never, time.Time{}},
		{"at the line", never, constant(30 * point), surge.Begin, surge.State{Surging: true, Number: 1, Began: start}, end},
		{"hot already", hot, constant(100 * point), surge.Stay, hot, end},
		{"between the lines while hot", hot, constant(15 * point), surge.Stay, hot, end},
		{"between the lines while calm", rested, constant(29 * point), surge.Stay, rested, time.Time{}},
		{"below the lower line", hot, constant(15*point - 1), surge.End, surge.State{Number: 1, Began: hot.Began, Ended: start}, time.Time{}},
		{"hot again within the cooldown", rests, constant(30 * point), surge.Stay, rests, start.Add(5 * day)},
		{"hot again as the cooldown ends", rested, constant(30 * point), surge.Begin, surge.State{Surging: true, Number: 2, Began: start}, end},
		{"no target", never, surge.Finding{Points: constant(90 * point).Points}, surge.Stay, never, time.Time{}},
		{"no target any more", hot, surge.Finding{Points: constant(90 * point).Points}, surge.End,
			surge.State{Number: 1, Began: hot.Began, Ended: start}, time.Time{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, step, due := tt.from.Look(&terms, tt.finding, start)
			if diff := cmp.Diff(tt.want, got); diff != "" || step != tt.step || !due.Equal(tt.due) {
				t.Errorf("step %v, due %v, want %v, %v; state (-want +got):\n%s", step, due, tt.step, tt.due, diff)
			}
		})
	}
}

func TestAPlaybookWithoutASurgeEndsOne(t *testing.T) {
	t.Parallel()
	got, step, due := surge.State{Surging: true, Number: 3, Began: start.Add(-day)}.Look(nil, constant(90*point), start)
	if step != surge.End || got.Surging || got.Number != 3 || !due.IsZero() {
		t.Errorf("got %+v, %v, %v", got, step, due)
	}
	if got, step, _ := (surge.State{}).Look(nil, constant(90*point), start); step != surge.Stay || got.Number != 0 {
		t.Errorf("a calm one: got %+v, %v", got, step)
	}
}

// life is an account on which events fall; its points halve with each week.
type life struct {
	state surge.State
	due   time.Time
	times []time.Time
	began []time.Time
}

func (l *life) points(t *rapid.T) surge.Finding {
	card, err := scorecard.New(scorecard.Policy{Weights: scorecard.Weights{Engagement: point}, Engagement: []scorecard.Group{{
		Name: "surge", Cap: scorecard.Full, Events: []scorecard.EventRule{{Type: "view", Points: 10 * point, HalfLife: 7 * day, Window: terms.Window, Cap: scorecard.Full}}}}})
	if err != nil {
		t.Fatal(err)
	}
	events := make([]scorecard.Event, len(l.times))
	for i, at := range l.times {
		events[i] = scorecard.Event{ID: at.String(), Type: "view", OccurredAt: at}
	}
	return surge.Finding{Eligible: true, Points: func(at time.Time) scorecard.Micro { return card.Engagement(events, at).Total }}
}

func (l *life) look(t *rapid.T, now time.Time) {
	before := l.state
	finding := l.points(t)
	var step surge.Step
	l.state, step, l.due = l.state.Look(&terms, finding, now)
	if step == surge.Begin {
		if before.Surging {
			t.Fatal("an account surged while it surged")
		}
		l.began = append(l.began, now)
	}
	if again, step, due := l.state.Look(&terms, finding, now); again != l.state || step != surge.Stay || !due.Equal(l.due) {
		t.Fatalf("looking again at the same instant: %+v, %v", again, step)
	}
	if !l.due.IsZero() && !l.due.After(now) {
		t.Fatalf("due at %v, which is not after %v", l.due, now)
	}
}

func TestHoweverEventsFallThereIsOneAlertACooldown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, now := &life{}, start
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			next := now.Add(time.Duration(rapid.Int64Range(0, int64(3*day)).Draw(t, "pause")).Truncate(time.Microsecond))
			for !l.due.IsZero() && !l.due.After(next) { // a timer that is never late
				now = l.due
				l.look(t, now)
			}
			now = next
			for range rapid.IntRange(0, 4).Draw(t, "views") {
				late := time.Duration(rapid.Int64Range(0, int64(5*day)).Draw(t, "late")).Truncate(time.Microsecond)
				l.times = append(l.times, now.Add(-late))
			}
			l.look(t, now)
		}
		for i := 1; i < len(l.began); i++ {
			if apart := l.began[i].Sub(l.began[i-1]); apart < terms.Cooldown {
				t.Fatalf("two alerts are %v apart", apart)
			}
		}
	})
}

func TestASurgeEndsAtTheFirstSecondBelowTheLine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := &life{}
		for range rapid.IntRange(3, 12).Draw(t, "views") {
			l.times = append(l.times, start.Add(-time.Duration(rapid.Int64Range(0, int64(2*day)).Draw(t, "age")).Truncate(time.Microsecond)))
		}
		finding := l.points(t)
		state, _, due := surge.State{Surging: true, Number: 1, Began: start}.Look(&terms, finding, start)
		if !state.Surging {
			return
		}
		if finding.Points(due) >= terms.Leave || finding.Points(due.Add(-time.Second)) < terms.Leave {
			t.Fatalf("at %v there are %v points, a second before %v", due, finding.Points(due), finding.Points(due.Add(-time.Second)))
		}
	})
}

func TestWhatIsDueBeforeAnInstantIsWhatIsDueIfThatComesFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := &life{}
		for range rapid.IntRange(0, 5).Draw(t, "views") {
			l.times = append(l.times, start.Add(-time.Duration(rapid.IntRange(0, 10).Draw(t, "age"))*day))
		}
		state := surge.State{Surging: rapid.Bool().Draw(t, "hot"), Number: 1, Began: start.Add(-time.Duration(rapid.IntRange(0, 9).Draw(t, "began")) * day)}
		until := start.Add(time.Duration(rapid.IntRange(1, 16).Draw(t, "until")) * day)
		finding := l.points(t)
		finding.Eligible = rapid.IntRange(0, 4).Draw(t, "eligible") > 0
		state, _ = state.Move(&terms, finding, start)
		want := state.Due(&terms, finding, start)
		if !want.Before(until) {
			want = time.Time{}
		}
		if got := state.DueBefore(&terms, finding, start, until); !got.Equal(want) {
			t.Fatalf("due at %v, want %v", got, want)
		}
	})
}

func TestTheOrderInWhichEventsArriveDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var times []time.Time
		for range rapid.IntRange(1, 8).Draw(t, "views") {
			times = append(times, start.Add(-time.Duration(rapid.Int64Range(0, int64(20*day)).Draw(t, "age")).Truncate(time.Microsecond)))
		}
		together := &life{times: times}
		together.look(t, start)
		oneByOne := &life{}
		for _, at := range rapid.Permutation(times).Draw(t, "order") {
			oneByOne.times = append(oneByOne.times, at)
			oneByOne.look(t, start)
		}
		if together.state != oneByOne.state || !together.due.Equal(oneByOne.due) {
			t.Fatalf("together %+v, due %v; one by one %+v, due %v", together.state, together.due, oneByOne.state, oneByOne.due)
		}
	})
}

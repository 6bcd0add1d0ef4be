package deadline_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// watch looks at a clock at one instant after another and lists what it told, and when.
func watch(t testing.TB, kind deadline.Kind, looks ...look) []deadline.Alarm {
	t.Helper()
	var told deadline.Alerts
	var all []deadline.Alarm
	for _, l := range looks {
		c := find(t, deadline.Clocks(l.facts, usual(), nil, l.at), kind, 1)
		for _, alarm := range c.Alarms(told, l.at) {
			told = told.With(alarm.Alert)
			all = append(all, alarm)
		}
	}
	return all
}

type look struct {
	at    time.Time
	facts deadline.Facts
}

func TestAlarms(t *testing.T) {
	t.Parallel()
	open := lead(assigned(1, "ann", 0))
	const due, risk = 24 * time.Hour, 18 * time.Hour
	for name, test := range map[string]struct {
		looks []look
		want  []deadline.Alarm
	}{
		"nothing before its instant":     {[]look{{at(risk - time.Microsecond), open}}, nil},
		"at risk at its instant":         {[]look{{at(risk), open}, {at(risk + time.Hour), open}}, []deadline.Alarm{{Alert: deadline.AlertAtRisk, At: at(risk)}}},
		"no breach within the second":    {[]look{{at(risk), open}, {at(due + deadline.Settle - time.Microsecond), open}}, []deadline.Alarm{{Alert: deadline.AlertAtRisk, At: at(risk)}}},
		"a breach one second after":      {[]look{{at(risk), open}, {at(due + deadline.Settle), open}, {far, open}}, []deadline.Alarm{{Alert: deadline.AlertAtRisk, At: at(risk)}, {Alert: deadline.AlertBreached, At: at(due + deadline.Settle)}}},
		"both late, in order":            {[]look{{far, open}}, []deadline.Alarm{{Alert: deadline.AlertAtRisk, At: at(risk)}, {Alert: deadline.AlertBreached, At: at(due + deadline.Settle)}}},
		"met, and nothing else":          {[]look{{at(2 * time.Hour), lead(assigned(1, "ann", 0), touched(time.Hour, 0))}}, []deadline.Alarm{{Alert: deadline.AlertMet, At: at(2 * time.Hour)}}},
		"an answer within the second":    {[]look{{at(due + 500*time.Millisecond), lead(assigned(1, "ann", 0), touched(due+400*time.Millisecond, 0))}}, []deadline.Alarm{{Alert: deadline.AlertBreached, At: at(due + 500*time.Millisecond)}}},
		"an answer after a breach":       {[]look{{at(due + time.Minute), open}, {at(due + time.Hour), lead(assigned(1, "ann", 0), touched(due+time.Hour, 0))}}, []deadline.Alarm{{Alert: deadline.AlertAtRisk, At: at(risk)}, {Alert: deadline.AlertBreached, At: at(due + deadline.Settle)}}},
		"a breach that was none":         {[]look{{at(due + time.Minute), open}, {at(due + 2*time.Hour), lead(assigned(1, "ann", 0), touched(due-time.Hour, 3*time.Hour))}}, []deadline.Alarm{{Alert: deadline.AlertAtRisk, At: at(risk)}, {Alert: deadline.AlertBreached, At: at(due + deadline.Settle)}, {Alert: deadline.AlertRetracted, At: at(due + 2*time.Hour)}, {Alert: deadline.AlertMet, At: at(due + 2*time.Hour)}}},
		"disposed without a touch":       {[]look{{at(2 * time.Hour), lead(assigned(1, "ann", 0), accepted(1, 0), closed(deadline.StepDispose, deadline.OutcomeSQL, 1, time.Hour))}}, []deadline.Alarm{{Alert: deadline.AlertBreached, At: at(2 * time.Hour)}}},
		"cancelled: nothing":             {[]look{{at(2 * time.Hour), lead(assigned(1, "ann", 0), merged(time.Hour))}}, nil},
		"answered before it could warn":  {[]look{{at(risk + time.Hour), lead(assigned(1, "ann", 0), touched(risk+time.Minute, 0))}}, []deadline.Alarm{{Alert: deadline.AlertMet, At: at(risk + time.Hour)}}},
		"missed and recorded much later": {[]look{{far, lead(assigned(1, "ann", 0), touched(due+time.Hour, 0))}}, []deadline.Alarm{{Alert: deadline.AlertBreached, At: at(due + deadline.Settle)}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			equal(t, "alarms", watch(t, deadline.FirstTouch, test.looks...), test.want)
		})
	}
}

// TestNextIsWhenSomethingWillBeToldAndNotBefore looks at a clock only when it says so, and at random instants between.
func TestNextIsWhenSomethingWillBeToldAndNotBefore(t *testing.T) {
	t.Parallel()
	open := lead(assigned(1, "ann", 0))
	rapid.Check(t, func(t *rapid.T) {
		var told deadline.Alerts
		now := mql
		count := 0
		for range 4 {
			c := deadline.Clocks(open, only(usual(), deadline.FirstTouch), nil, now)[0]
			for _, alarm := range c.Alarms(told, now) {
				if told.Has(alarm.Alert) || alarm.At.After(now) {
					t.Fatalf("told %v at %v, told before: %v", alarm, now, told)
				}
				told = told.With(alarm.Alert)
				count++
			}
			next := c.Next(told)
			if next.IsZero() {
				break
			}
			if d := next.Sub(now); d > time.Microsecond {
				when := now.Add(time.Duration(rapid.Int64Range(1, d.Microseconds()-1).Draw(t, "between")) * time.Microsecond)
				between := deadline.Clocks(open, only(usual(), deadline.FirstTouch), nil, when)[0]
				if early := between.Alarms(told, when); len(early) > 0 {
					t.Fatalf("at %v, before %v: %v", when, next, early)
				}
			}
			now = next
		}
		if count != 2 {
			t.Fatalf("told %d alarms, want 2", count)
		}
	})
}

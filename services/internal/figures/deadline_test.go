package figures_test

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/figures"
)

func TestADeadlineIsExplainedLineByLine(t *testing.T) {
	t.Parallel()
	monday := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	at := func(after time.Duration) *timestamppb.Timestamp { return timestamppb.New(monday.Add(after)) }
	hours := func(d time.Duration) *playbookv1.Budget {
		return &playbookv1.Budget{Amount: &playbookv1.Budget_Time{Time: durationpb.New(d)}}
	}
	told := &slav1.DeadlineExplanation{
		Clock: &slav1.Clock{Kind: "first_touch", State: slav1.Clock_STATE_MISSED, Playbook: "playbooks/3", Unit: playbookv1.TimeUnit_TIME_UNIT_BUSINESS,
			StopTime: at(51 * time.Hour), DueTime: at(50 * time.Hour)},
		From: playbookv1.ClockAnchor_CLOCK_ANCHOR_ASSIGNED, Allowed: durationpb.New(4 * time.Hour), Counted: durationpb.New(5 * time.Hour), IntervalCount: 2,
		Terms: []*slav1.AgreedTerm{{Tier: "T2", Within: &playbookv1.Budget{Amount: &playbookv1.Budget_Days{Days: 1}}}, {ChangeTime: at(time.Hour), Tier: "T1", Within: hours(4 * time.Hour)}},
		Intervals: []*slav1.CountedInterval{
			{LocalStart: "Mon 2026-03-02 09:00 EST", LocalEnd: "Mon 2026-03-02 11:00 EST", Counted: durationpb.New(2 * time.Hour), Rep: "reps/ann"},
			{LocalStart: "Wed 2026-03-04 09:00 EST", LocalEnd: "Wed 2026-03-04 12:00 EST", Counted: durationpb.New(3 * time.Hour), Rep: "reps/bob"}},
		Calendars: []*slav1.CalendarUse{{Calendar: "calendars/us", Edition: 2, TimeZone: "America/New_York", TzdataVersion: "2025b"}},
		Days:      []*slav1.UnusualDay{{Date: "2026-03-02", Hours: []string{"09:00-12:00"}}, {Date: "2026-03-03", Holiday: true, DisplayName: "Town Meeting Day"}},
		Pauses: []*slav1.ExplainedPause{{Reason: playbookv1.PauseReason_PAUSE_REASON_DISPUTE, Role: accessv1.Role_ROLE_SALES_MANAGER, StartTime: at(2 * time.Hour),
			EndTime: at(3 * time.Hour), End: slav1.ExplainedPause_END_RESUMED}},
		Activities: []*slav1.CountedActivity{{OccurTime: at(time.Hour), RecordTime: at(51 * time.Hour), CountTime: at(51 * time.Hour), Answers: true},
			{OccurTime: at(2 * time.Hour), RecordTime: at(2 * time.Hour), Flagged: true}},
		Shares: []*slav1.OwnerShare{{Rep: "reps/ann", Held: durationpb.New(2 * time.Hour)}, {Rep: "reps/bob", Held: durationpb.New(3 * time.Hour)}},
	}
	var out strings.Builder
	p := figures.New(&out)
	p.Deadline(told)
	if err := p.Flush(); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != deadlineText {
		t.Errorf("got\n%s\nwant\n%s", got, deadlineText)
	}
}

const deadlineText = `  first touch was missed: it ended Wed 2026-03-04 17:00 UTC, when 5h of 4h were used; due Wed 2026-03-04 16:00 UTC.

Agreed in playbooks/3
  T2  1 d of business time  from the start, assigned
  T1   4h of business time  since Mon 2026-03-02 15:00 UTC

Counted
  from                      until                     time  who had it  calendar
  Mon 2026-03-02 09:00 EST  Mon 2026-03-02 11:00 EST    2h  reps/ann    calendars/us, edition 2, America/New_York (tzdata 2025b)
  Wed 2026-03-04 09:00 EST  Wed 2026-03-04 12:00 EST    3h  reps/bob    calendars/us, edition 2, America/New_York (tzdata 2025b)
  in all                                                5h

Who had it how long
  reps/ann  2h
  reps/bob  3h

Not counted
  2026-03-02                open 09:00-12:00 alone    hours of its own
  2026-03-03                closed                    Town Meeting Day
  Mon 2026-03-02 16:00 UTC  Mon 2026-03-02 17:00 UTC  pause for dispute, by sales manager, ended by somebody

Done
  happened                  recorded                  counts
  Mon 2026-03-02 15:00 UTC  Wed 2026-03-04 17:00 UTC  when it was recorded, which was too late, and is the answer
  Mon 2026-03-02 16:00 UTC  Mon 2026-03-02 16:00 UTC  not, unless somebody confirms it: there were too many at once
`

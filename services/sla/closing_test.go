package sla_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/monday"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
	"github.com/handoffhq/handoff/services/sla/internal/store"
)

const (
	firstWeek = "2026-W10"      // that begins on the day of the start, in New York, in winter time
	weekOver  = 158 * time.Hour // after the start: the clock was put on in the last night
)

// closeWeek has a week of leads end in one that nobody touched on its Sunday, and closes it two hours after its end.
func (b *bench) closeWeek() *slav1.SlaPeriod {
	b.Helper()
	b.quarter()
	b.wait(150 * time.Hour)
	b.intake(20, "T1", 150*time.Hour)
	b.wait(weekOver + 2*time.Hour)
	return b.close(firstWeek)
}

func (b *bench) close(period string) *slav1.SlaPeriod {
	b.Helper()
	closed, err := b.api.CloseSlaPeriod(b.admin(), &slav1.CloseSlaPeriodRequest{Name: "slaPeriods/" + period})
	if err != nil {
		b.Fatal(err)
	}
	return closed
}

// restatements lists what has changed since a period was closed, two a page, and what that does to its figures.
func (b *bench) restatements(ctx context.Context, period string) (all []*slav1.Restatement, sums *slav1.ListRestatementsResponse) {
	b.Helper()
	req := &slav1.ListRestatementsRequest{Parent: "slaPeriods/" + period, PageSize: 2}
	for {
		page, err := b.api.ListRestatements(ctx, req)
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, page.GetRestatements()...)
		if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" {
			return all, page
		}
	}
}

// people is the report of a period by rep, as a table.
func (b *bench) people(r *slav1.ComplianceReport) string {
	b.Helper()
	var out strings.Builder
	if err := monday.CSV(&out, r, "rep"); err != nil {
		b.Fatal(err)
	}
	return out.String()
}

// figures are a report without what says that its period is closed, and as of when it is.
func figures(r *slav1.ComplianceReport) *slav1.ComplianceReport {
	return clear(r, "close_time", "closed_by", "restatement_count", "as_of_time")
}

func TestAClosedPeriodAnswersAsItStood(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		period := b.closeWeek()
		equal(b, "the period", clear(period, "clock_count"), &slav1.SlaPeriod{Name: "slaPeriods/2026-W10", StartTime: stamp(at(-9 * time.Hour)), EndTime: stamp(at(weekOver)),
			TimeZone: "America/New_York", CloseTime: stamp(at(weekOver + 2*time.Hour)), ClosedBy: "revops", Playbook: "playbooks/1"})
		settled := b.report(&slav1.GetComplianceReportRequest{Period: firstWeek})
		equal(b, "at that moment", figures(settled), figures(b.report(&slav1.GetComplianceReportRequest{Period: firstWeek, Live: true})))
		equal(b, "it says so", [2]any{settled.GetCloseTime().AsTime(), settled.GetClosedBy()}, [2]any{at(weekOver + 2*time.Hour), "revops"})

		b.room.Clock.Set(at(weekOver + 3*time.Hour))
		b.call(b.admin(), 20, at(152*time.Hour)) // in time, and logged within the tolerance
		after := b.report(&slav1.GetComplianceReportRequest{Period: "last-week"})
		equal(b, "restatements", after.GetRestatementCount(), 1)
		equal(b, "the closed report", figures(after), figures(settled))
		equal(b, "as of its closing", after.GetAsOfTime(), settled.GetAsOfTime())
		equal(b, "the table of people", b.people(after), b.people(settled))
		live := b.report(&slav1.GetComplianceReportRequest{Period: firstWeek, Live: true})
		was, is := row(settled.GetClocks(), "first_touch", ""), row(live.GetClocks(), "first_touch", "")
		equal(b, "today's view", [2]int64{is.GetMetCount() - was.GetMetCount(), is.GetMissedCount() - was.GetMissedCount()}, [2]int64{1, -1})
		equal(b, "today's view is not closed", live.GetCloseTime() == nil && live.GetRestatementCount() == 0, true)
		b.explains(firstWeek)
	})
}

func TestALateTouchIsExactlyOneRestatement(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.closeWeek()
		none, sums := b.restatements(b.admin(), firstWeek)
		equal(b, "before it", len(none)+len(sums.GetClocks())+len(sums.GetCommitments()), 0)
		b.room.Clock.Set(at(weekOver + 3*time.Hour))
		b.call(b.admin(), 20, at(152*time.Hour))
		all, sums := b.restatements(b.admin(), firstWeek)
		counted := &slav1.CountedClock{Outcome: slav1.CountedClock_OUTCOME_MISSED, DueTime: stamp(at(154 * time.Hour)), Elapsed: durationpb.New(0), Tier: "T1",
			Rep: "reps/ann", Pool: "pools/west", Source: "website", Causes: []*slav1.BreachCauseShare{{Cause: 1}, {Cause: 2}, {Cause: 3}, {Cause: 4}, {Cause: 5, PerMille: 1000, ClockCount: 1}}}
		touched := proto.CloneOf(counted)
		touched.Outcome, touched.Answered, touched.Elapsed, touched.Causes = slav1.CountedClock_OUTCOME_MET, true, durationpb.New(2*time.Hour), nil
		equal(b, "restatements", all, []*slav1.Restatement{{Clock: handoff(20) + "/clocks/first_touch-1", Handoff: handoff(20), Kind: "first_touch", Closed: counted,
			Live: touched, Changes: []string{"outcome", "answered", "elapsed", "causes"}, ChangeTime: stamp(at(weekOver + 3*time.Hour)), ChangedBy: "activity_recorded"}})
		equal(b, "kinds", len(sums.GetClocks()), 1)
		var measures []string
		for _, c := range sums.GetCommitments() {
			measures = append(measures, fmt.Sprint(c.GetClosed().GetMeasure(), " ", c.GetLive().GetPartCount()-c.GetClosed().GetPartCount()))
		}
		equal(b, "promises", measures, []string{"first_touch_in_time 1", "contacted 1"})
	})
}

// TestWhateverBecomesKnownLaterIsARestatement has all that can change what counted, and what changes nothing.
func TestWhateverBecomesKnownLaterIsARestatement(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter()
		b.wait(150 * time.Hour)
		for n := 20; n <= 23; n++ {
			b.intake(n, "T1", 150*time.Hour)
		}
		b.wait(weekOver + 2*time.Hour)
		b.close(firstWeek)
		b.wait(weekOver + 3*time.Hour)
		b.room.Tell(b, eventlog.Scoring, merged(20, weekOver+3*time.Hour))
		b.room.Tell(b, eventlog.Routing, assigned(21, 2, "bob", "", 153*time.Hour))
		b.pause(b.admin(), &slav1.PauseClocksRequest{Handoff: handoff(22), Reason: forIncident, StartTime: stamp(at(152 * time.Hour)), EndTime: stamp(at(weekOver))})
		if _, err := b.api.UpdateCalendar(b.admin(), &slav1.UpdateCalendarRequest{Calendar: &slav1.Calendar{Name: "calendars/us", Holidays: []string{"2026-03-03"}}}); err != nil {
			b.Fatal(err)
		}
		b.drop(23, "first_touch")
		all, _ := b.restatements(b.admin(), firstWeek)
		got := map[string]string{}
		for _, r := range all {
			side := "other"
			if r.GetLive() == nil {
				side = "gone"
			}
			got[strings.TrimPrefix(r.GetClock(), "handoffs/")] = fmt.Sprint(side, " ", r.GetChangedBy(), " ", r.GetChanges())
		}
		equal(b, "restatements", got, map[string]string{
			id(20) + "/clocks/first_touch-1": "other lead_merged [outcome elapsed causes]",
			id(21) + "/clocks/first_touch-1": "other handoff_assigned [rep]",
			id(22) + "/clocks/first_touch-1": "gone clocks_paused []", // it falls due in the week after
			id(23) + "/clocks/first_touch-1": "gone handoff_closed []",
		})
		b.explains(firstWeek)
	})
}

// TestABurstThatIsFoundLaterNamesItselfInRestatements has the eleventh of eleven mails recorded after the week was closed, and one of
// the eleven confirmed after that.
func TestABurstThatIsFoundLaterNamesItselfInRestatements(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.inbox("playbooks/1", 11)
		first := b.mail(mailed(1, 1))
		b.mail(blast(10)[1:]...)
		b.wait(weekOver + 2*time.Hour)
		b.close(firstWeek)
		restated := func() map[string]int {
			all, _ := b.restatements(b.admin(), firstWeek)
			by := map[string]int{}
			for _, r := range all {
				by[r.GetKind()+" by "+r.GetChangedBy()]++
			}
			return by
		}
		b.mail(mailed(11, 11))
		equal(b, "flagged", restated(), map[string]int{"first_touch by activity_flagged": 10})
		_, err := b.confirm(first.GetName())
		equal(b, "error", refusal(err), "OK")
		equal(b, "what is confirmed counts as it did", restated(), map[string]int{"first_touch by activity_flagged": 9})
		b.explains(firstWeek)
	})
}

// TestAConfirmationAfterThePeriodNamesItselfInRestatements has a burst of the week that was closed confirmed afterwards.
func TestAConfirmationAfterThePeriodNamesItselfInRestatements(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.inbox("playbooks/1", 11)
		last := b.mail(blast(11)...)
		b.wait(weekOver + 2*time.Hour)
		b.close(firstWeek)
		_, err := b.confirm(last.GetName())
		equal(b, "error", refusal(err), "OK")
		all, _ := b.restatements(b.admin(), firstWeek)
		equal(b, "one clock", len(all), 1)
		equal(b, "which and why", [2]string{all[0].GetClock(), all[0].GetChangedBy()}, [2]string{handoff(11) + "/clocks/first_touch-1", "activity_confirmed"})
		equal(b, "met after all", [2]slav1.CountedClock_Outcome{all[0].GetClosed().GetOutcome(), all[0].GetLive().GetOutcome()},
			[2]slav1.CountedClock_Outcome{slav1.CountedClock_OUTCOME_MISSED, slav1.CountedClock_OUTCOME_MET})
		b.explains(firstWeek)
	})
}

// drop has a clock of a handoff cease to exist.
func (b *bench) drop(n int, kind string) {
	b.Helper()
	err := b.room.Host.DB.InTx(b.Context(), func(ctx context.Context, tx *sqldb.Tx) error {
		return store.DropClock(ctx, tx, id(n), store.ClockKey{Kind: deadline.Kind(kind), Run: 1}, b.room.Clock.Now(), "handoff_closed")
	})
	if err != nil {
		b.Fatal(err)
	}
}

// explains makes sure that today's figures are those of the closed period and what the restatements do to them.
func (b *bench) explains(period string) {
	b.Helper()
	all, sums := b.restatements(b.admin(), period)
	closed := b.report(&slav1.GetComplianceReportRequest{Period: period})
	live := b.report(&slav1.GetComplianceReportRequest{Period: period, Live: true})
	reckoned := map[string][3]int64{}
	for _, c := range closed.GetClocks() {
		reckoned[c.GetKind()] = [3]int64{c.GetMetCount(), c.GetMissedCount(), c.GetCancelledCount()}
	}
	restated := map[string]int64{}
	for _, r := range all {
		n := reckoned[r.GetKind()]
		if r.GetClosed() != nil {
			n[r.GetClosed().GetOutcome()-1]--
		}
		if r.GetLive() != nil {
			n[r.GetLive().GetOutcome()-1]++
		}
		reckoned[r.GetKind()] = n
		restated[r.GetKind()]++
	}
	for _, c := range live.GetClocks() {
		equal(b, c.GetKind()+" explained", reckoned[c.GetKind()], [3]int64{c.GetMetCount(), c.GetMissedCount(), c.GetCancelledCount()})
	}
	equal(b, "kinds that are summed up", len(sums.GetClocks()), len(restated))
	for _, sum := range sums.GetClocks() {
		equal(b, sum.GetKind()+" restated", sum.GetRestatementCount(), restated[sum.GetKind()])
		equal(b, sum.GetKind()+" closed", sum.GetClosed(), clear(row(closed.GetClocks(), sum.GetKind(), ""), "previous_met_per_mille"))
		equal(b, sum.GetKind()+" live", sum.GetLive(), clear(row(live.GetClocks(), sum.GetKind(), ""), "previous_met_per_mille"))
	}
}

func TestPeriodsAreClosedOnceInOrderAndWhenTheyAreOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		first := b.closeWeek()
		b.wait(weekOver + 200*time.Hour) // in the third week
		again, err := b.api.CloseSlaPeriod(b.admin(), &slav1.CloseSlaPeriodRequest{Name: first.GetName()})
		equal(b, "error", refusal(err), "OK")
		equal(b, "a second time", again, first)
		for _, test := range []struct {
			who  context.Context
			name string
			want string
		}{
			{b.admin(), "2026-W12", "STATE_CONFLICT"}, // not over
			{b.admin(), "2026-03", "STATE_CONFLICT"},
			{b.admin(), "2026-W09", "STATE_CONFLICT"}, // the one before the first
			{b.admin(), "2026-W08", "STATE_CONFLICT"},
			{b.admin(), "2026-W54", "FIELD_INVALID"},
			{b.admin(), "2026-13", "FIELD_INVALID"},
			{b.admin(), "2026-Q5", "FIELD_INVALID"},
			{b.rep("ann"), "2026-W11", "ROLE_MISSING"},
			{b.as("max", accessv1.Role_ROLE_SALES_MANAGER), "2026-W11", "ROLE_MISSING"},
			{b.as("feed", accessv1.Role_ROLE_SERVICE), "2026-02", "OK"}, // months by themselves
			{b.admin(), "2026-W11", "OK"},
		} {
			_, err := b.api.CloseSlaPeriod(test.who, &slav1.CloseSlaPeriodRequest{Name: "slaPeriods/" + test.name})
			equal(b, test.name, refusal(err), test.want)
		}
		list, err := b.api.ListSlaPeriods(b.rep("ann"), &slav1.ListSlaPeriodsRequest{PageSize: 2})
		equal(b, "error", refusal(err), "OK")
		rest, err := b.api.ListSlaPeriods(b.rep("ann"), &slav1.ListSlaPeriodsRequest{PageSize: 2, PageToken: list.GetNextPageToken()})
		equal(b, "error", refusal(err), "OK")
		var names []string
		for _, p := range append(list.GetSlaPeriods(), rest.GetSlaPeriods()...) {
			names = append(names, p.GetName()+" by "+p.GetClosedBy())
		}
		equal(b, "closed", names, []string{"slaPeriods/2026-02 by service", "slaPeriods/2026-W10 by revops", "slaPeriods/2026-W11 by revops"})
		got, err := b.api.GetSlaPeriod(b.rep("ann"), &slav1.GetSlaPeriodRequest{Name: first.GetName()})
		equal(b, "error", refusal(err), "OK")
		equal(b, "the first", got, first)
		_, err = b.api.GetSlaPeriod(b.admin(), &slav1.GetSlaPeriodRequest{Name: "slaPeriods/2026-03"})
		equal(b, "one that is not closed", refusal(err), "RESOURCE_NOT_FOUND")
		_, err = b.api.ListRestatements(b.admin(), &slav1.ListRestatementsRequest{Parent: "slaPeriods/2026-03"})
		equal(b, "nor restated", refusal(err), "RESOURCE_NOT_FOUND")
	})
}

func TestPeriodsMeetAlsoWhenTheZoneOfThePlaybookChanges(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		first := b.closeWeek()
		b.calendar("tokyo", office("Asia/Tokyo"))
		moved := document()
		moved.Sla.Calendar = "tokyo"
		b.room.Tell(b, eventlog.Playbook, &eventv1.Event{Subject: "playbooks/2", Time: stamp(at(weekOver + 2*time.Hour)), Payload: &eventv1.Event_PlaybookActivated{
			PlaybookActivated: &eventv1.PlaybookActivated{Playbook: "playbooks/2", Hash: "h2", Document: moved}}})
		b.wait(weekOver + 200*time.Hour)
		second := b.close("2026-W11")
		equal(b, "begins where the first ended", second.GetStartTime(), first.GetEndTime())
		equal(b, "ends at midnight in Tokyo", second.GetEndTime().AsTime().Format(time.RFC3339), "2026-03-15T15:00:00Z")
		report := b.report(&slav1.GetComplianceReportRequest{Period: firstWeek})
		equal(b, "the first stays in New York", [2]string{report.GetTimeZone(), report.GetEndTime().AsTime().Format(time.RFC3339)}, [2]string{"America/New_York", "2026-03-09T04:00:00Z"})
	})
}

func TestClosingIsToldOnceWhoeverWasFaster(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter()
		b.wait(weekOver)
		other := b.replica(t)
		periods := make([]*slav1.SlaPeriod, 4)
		var all sync.WaitGroup
		for i := range periods {
			side := []*bench{b, other}[i%2]
			all.Go(func() {
				var err error
				if periods[i], err = side.api.CloseSlaPeriod(b.admin(), &slav1.CloseSlaPeriodRequest{Name: "slaPeriods/" + firstWeek}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		for _, p := range periods {
			equal(b, "the same for everybody", p, periods[0])
		}
		var told, audited int
		for _, e := range b.room.Told(b) {
			if p := e.GetSlaPeriodClosed(); p != nil {
				told++
				equal(b, "told", p, &eventv1.SlaPeriodClosed{SlaPeriod: "slaPeriods/2026-W10", StartTime: periods[0].GetStartTime(), EndTime: stamp(at(weekOver)),
					ClockCount: periods[0].GetClockCount()})
			}
			if c := e.GetResourceChanged(); c.GetMethod() == "CloseSlaPeriod" {
				audited++
			}
		}
		equal(b, "told and audited once", [2]int{told, audited}, [2]int{1, 1})
	})
}

func TestARepSeesTheirOwnClosedFigures(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter()
		b.wait(150 * time.Hour)
		b.intake(20, "T1", 150*time.Hour)
		b.wait(weekOver + 2*time.Hour)
		own := func(rep string, live bool) *slav1.ComplianceReport {
			r, err := b.api.GetComplianceReport(b.rep(rep), &slav1.GetComplianceReportRequest{Period: firstWeek, Live: live})
			equal(b, "error", refusal(err), "OK")
			return r
		}
		reps := []string{"ann", "bob", "zoe"}
		before := map[string]*slav1.ComplianceReport{}
		for _, rep := range reps {
			before[rep] = own(rep, false)
		}
		b.close(firstWeek)
		for _, rep := range reps {
			equal(b, rep+" as it stood", clear(own(rep, false), "close_time", "closed_by"), before[rep])
		}
		b.room.Clock.Set(at(weekOver + 3*time.Hour))
		b.room.Tell(b, eventlog.Routing, assigned(20, 2, "bob", "", 153*time.Hour)) // it was bob's who missed it
		for rep, want := range map[string]string{"ann": "true false", "bob": "false true"} {
			equal(b, rep+" after", figures(own(rep, false)), figures(before[rep]))
			equal(b, rep+" has a restatement", own(rep, false).GetRestatementCount(), 1)
			all, sums := b.restatements(b.rep(rep), firstWeek)
			equal(b, rep+" of one clock", len(all), 1)
			equal(b, rep+" sees their side", fmt.Sprint(all[0].GetClosed() != nil, " ", all[0].GetLive() != nil), want)
			equal(b, rep+" sees no promises", len(sums.GetCommitments()), 0)
		}
		none, _ := b.restatements(b.rep("zoe"), firstWeek)
		equal(b, "another sees nothing", len(none), 0)
	})
}

package sla_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// quarter makes a day of ten leads: 1 to 7 are touched after so many half hours, 8 is merged, 9 is rejected as a bad fit, and
// 10 is forgotten. The lead of the day before, 11, fell due this day; the lead 12 falls due after it.
func (b *bench) quarter() {
	b.Helper()
	b.open()
	b.room.Tell(b, eventlog.Playbook, &eventv1.Event{Subject: "playbooks/1", Time: stamp(at(-100 * time.Hour)), Payload: &eventv1.Event_PlaybookActivated{
		PlaybookActivated: &eventv1.PlaybookActivated{Playbook: "playbooks/1", Hash: "h", Document: document()}}})
	for n := 1; n <= 10; n++ {
		b.intake(n, "T1", 0)
	}
	b.room.Tell(b, eventlog.Scoring, qualified(11, -23*time.Hour), merged(8, 10*time.Minute))
	b.room.Tell(b, eventlog.Routing, opened(11, "", -23*time.Hour, playbookv1.ContextField_CONTEXT_FIELD_CAMPAIGN), assigned(11, 1, "bob", "", -23*time.Hour),
		rejected(9, 1, 20*time.Minute), closed(9, routingv1.Step_STEP_REJECT, routingv1.Handoff_OUTCOME_DISQUALIFIED, 1, 20*time.Minute))
	b.wait(8 * time.Hour)
	for n := 1; n <= 7; n++ {
		b.call(b.admin(), n, at(time.Duration(n)*30*time.Minute))
	}
	b.call(b.admin(), 3, at(5*time.Hour)) // too late to matter: 3 was touched before
	b.intake(12, "T1", 7*time.Hour)
}

func (b *bench) report(req *slav1.GetComplianceReportRequest) *slav1.ComplianceReport {
	b.Helper()
	report, err := b.api.GetComplianceReport(b.admin(), req)
	if err != nil {
		b.Fatal(err)
	}
	return report
}

// row is the row of a kind and slice; nil if there is none.
func row(rows []*slav1.ClockCompliance, kind, slice string) *slav1.ClockCompliance {
	for _, r := range rows {
		if r.GetKind() == kind && r.GetSlice() == slice {
			return r
		}
	}
	return nil
}

func TestComplianceCountsWhatFellDue(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter()
		report := b.report(&slav1.GetComplianceReportRequest{StartTime: stamp(at(0)), EndTime: stamp(at(8 * time.Hour))})
		var kinds []string
		for _, r := range report.GetClocks() {
			kinds = append(kinds, r.GetKind())
		}
		equal(b, "kinds", kinds, []string{"assign", "accept", "first_touch", "speed_to_lead", "disposition", "demo_booked"})
		minutes := func(n time.Duration) *durationpb.Duration { return durationpb.New(n * time.Minute) }
		equal(b, "first touch", row(report.GetClocks(), "first_touch", ""), &slav1.ClockCompliance{Kind: "first_touch",
			MetCount: 7, MissedCount: 2, CancelledCount: 2, MetPerMille: new(int32(778)), Median: minutes(120), P90: minutes(210)})
		equal(b, "by tier", row(report.GetTiers(), "first_touch", "T1"), &slav1.ClockCompliance{Kind: "first_touch", Slice: "T1",
			MetCount: 7, MissedCount: 1, CancelledCount: 2, MetPerMille: new(int32(875)), Median: minutes(120), P90: minutes(210)})
		equal(b, "by rep", row(report.GetReps(), "first_touch", "reps/bob"), &slav1.ClockCompliance{Kind: "first_touch", Slice: "reps/bob",
			MissedCount: 1, MetPerMille: new(int32(0))})
		equal(b, "by team", row(report.GetTeams(), "first_touch", "pools/west").GetMetCount(), 7)
		equal(b, "by source", row(report.GetSources(), "first_touch", "website").GetMissedCount(), 2)
		equal(b, "what nobody gave has no team", row(report.GetTeams(), "assign", "pools/west") == nil, true)
		equal(b, "no tier is no slice", row(report.GetTiers(), "first_touch", "") == nil, true)
		equal(b, "the suite is no rep", row(report.GetReps(), "assign", "") == nil, true)
		equal(b, "nothing fell due", row(report.GetClocks(), "disposition", ""), &slav1.ClockCompliance{Kind: "disposition"})
	})
}

func TestThePeriodOfAReport(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter()
		whole := b.report(&slav1.GetComplianceReportRequest{})
		equal(b, "ends now", whole.GetEndTime(), stamp(at(8*time.Hour)))
		equal(b, "begins thirty days before", whole.GetStartTime(), stamp(at(8*time.Hour-30*24*time.Hour)))
		edge := b.report(&slav1.GetComplianceReportRequest{StartTime: stamp(at(4 * time.Hour)), EndTime: stamp(at(4*time.Hour + time.Microsecond))})
		equal(b, "the first instant is in", row(edge.GetClocks(), "first_touch", "").GetMetCount(), 7)
		edge = b.report(&slav1.GetComplianceReportRequest{StartTime: stamp(at(3 * time.Hour)), EndTime: stamp(at(4 * time.Hour))})
		equal(b, "the last is out", row(edge.GetClocks(), "first_touch", "").GetMetCount(), 0)
		ahead := b.report(&slav1.GetComplianceReportRequest{StartTime: stamp(at(8 * time.Hour)), EndTime: stamp(at(48 * time.Hour))})
		equal(b, "what is not due yet is neither", row(ahead.GetClocks(), "first_touch", "").MetPerMille == nil, true)
		_, err := b.api.GetComplianceReport(b.admin(), &slav1.GetComplianceReportRequest{StartTime: stamp(at(0)), EndTime: stamp(at(0))})
		equal(b, "an empty period", refusal(err), "FIELD_INVALID")
		b.room.Clock.Set(at(12 * time.Hour)) // lead 12 fell due an hour ago, and no timer has fired since
		unseen := b.report(&slav1.GetComplianceReportRequest{StartTime: stamp(at(8 * time.Hour)), EndTime: stamp(at(12 * time.Hour))})
		equal(b, "overdue before anybody looked is missed", row(unseen.GetClocks(), "first_touch", "").GetMissedCount(), 1)
	})
}

func TestCommitmentsOfBothTeams(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter()
		report := b.report(&slav1.GetComplianceReportRequest{StartTime: stamp(at(-24 * time.Hour)), EndTime: stamp(at(8 * time.Hour))})
		marketing, sales := playbookv1.Team_TEAM_MARKETING, playbookv1.Team_TEAM_SALES
		equal(b, "commitments", report.GetCommitments(), []*slav1.CommitmentResult{
			{Team: marketing, Measure: "mql_volume", Target: new(int64(3)), Actual: new(int64(12)), Kept: new(true), PartCount: 12, PreviousActual: new(int64(0))},
			{Team: marketing, Measure: "criteria_met", Target: new(int64(950)), Actual: new(int64(917)), Kept: new(false), PartCount: 11, WholeCount: 12},
			{Team: marketing, Measure: "context_complete", Target: new(int64(980)), Actual: new(int64(917)), Kept: new(false), PartCount: 11, WholeCount: 12},
			{Team: marketing, Measure: "assigned_in_time", Actual: new(int64(1000)), PartCount: 12, WholeCount: 12},
			{Team: sales, Measure: "accepted_in_time", Actual: new(int64(100)), PartCount: 1, WholeCount: 10},
			{Team: sales, Measure: "first_touch_in_time", Target: new(int64(900)), Actual: new(int64(778)), Kept: new(false), PartCount: 7, WholeCount: 9},
			{Team: sales, Measure: "disposition_in_time"},
			{Team: sales, Measure: "disposition_complete", Target: new(int64(980))},
			{Team: sales, Measure: "contacted", Actual: new(int64(636)), PartCount: 7, WholeCount: 11},
		})
		equal(b, "the playbook", report.GetPlaybook(), "playbooks/1")
		before := b.report(&slav1.GetComplianceReportRequest{StartTime: stamp(at(-300 * time.Hour)), EndTime: stamp(at(-200 * time.Hour))})
		equal(b, "before any playbook", len(before.GetCommitments()), 0)
	})
}

func TestHowSoonLeadsAreTouched(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter()
		b.room.Tell(b, eventlog.Routing, accepted(2, 1, time.Hour), closed(2, routingv1.Step_STEP_DISPOSE, routingv1.Handoff_OUTCOME_SQL, 1, 7*time.Hour))
		report := b.report(&slav1.GetComplianceReportRequest{StartTime: stamp(at(0)), EndTime: stamp(at(8 * time.Hour))})
		five, hour, day := durationpb.New(5*time.Minute), durationpb.New(time.Hour), durationpb.New(24*time.Hour)
		four, two, three := durationpb.New(4*time.Hour), durationpb.New(48*time.Hour), durationpb.New(72*time.Hour)
		want := &slav1.ResponseTimes{From: slav1.ResponseTimes_FROM_MQL, LeadCount: 10, ContactedCount: 7, ContactedPerMille: new(int32(700)),
			Median: durationpb.New(2 * time.Hour), P90: durationpb.New(210 * time.Minute), Mean: durationpb.New(2 * time.Hour), Buckets: []*slav1.ResponseBucket{
				{AtLeast: durationpb.New(0), Below: five},
				{AtLeast: five, Below: hour, LeadCount: 1, SqlPerMille: new(int32(0))},
				{AtLeast: hour, Below: four, LeadCount: 6, AcceptedCount: 1, SqlCount: 1, SqlPerMille: new(int32(167))},
				{AtLeast: four, Below: day}, {AtLeast: day, Below: two}, {AtLeast: two, Below: three}, {AtLeast: three},
				{LeadCount: 3, SqlPerMille: new(int32(0))}}}
		equal(b, "from the MQL", report.GetResponseTimes()[0], want)
		want.From = slav1.ResponseTimes_FROM_ASSIGNED // at once, in this room
		equal(b, "from the assignment", report.GetResponseTimes()[1], want)
	})
}

func TestAPeriodOfTheCalendarIsComparedWithTheOneBefore(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter() // on a Monday in New York: lead 11 of the day before fell due on it, too
		b.room.Clock.Set(at(7 * 24 * time.Hour))
		now := b.report(&slav1.GetComplianceReportRequest{Period: "last-week"})
		named := b.report(&slav1.GetComplianceReportRequest{Period: now.GetPeriod()})
		equal(b, "the same by its name", named, now)
		equal(b, "zone", now.GetTimeZone(), "America/New_York")
		monday := now.GetStartTime().AsTime()
		equal(b, "a week in which the clock is put on", now.GetEndTime().AsTime().Sub(monday), (7*24-1)*time.Hour)
		equal(b, "the week before", now.GetPreviousStartTime(), stamp(monday.AddDate(0, 0, -7)))
		equal(b, "first touch", row(now.GetClocks(), "first_touch", "").GetMetPerMille(), 700)
		after := b.report(&slav1.GetComplianceReportRequest{Period: "this-week"})
		equal(b, "what was", row(after.GetClocks(), "first_touch", "").GetPreviousMetPerMille(), 700)
		equal(b, "and of a tier in which nothing falls due", row(after.GetTiers(), "first_touch", "T1") == nil, true)
		for _, wrong := range []*slav1.GetComplianceReportRequest{{Period: "2026-W60"}, {Period: "last-week", EndTime: stamp(at(0))}} {
			_, err := b.api.GetComplianceReport(b.admin(), wrong)
			equal(b, "refusal", refusal(err), "FIELD_INVALID")
		}
	})
}

func TestWhatIsOverdueNow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter()
		equal(b, "overdue", b.report(&slav1.GetComplianceReportRequest{Period: "last-quarter"}).GetOverdue(), []*slav1.OverdueClocks{
			{Kind: "first_touch", Rep: "reps/bob", ClockCount: 1, OldestDueTime: stamp(at(time.Hour))},
			{Kind: "accept", Rep: "reps/ann", ClockCount: 8, OldestDueTime: stamp(at(4 * time.Hour))},
			{Kind: "accept", Rep: "reps/bob", ClockCount: 1, OldestDueTime: stamp(at(4 * time.Hour))},
			{Kind: "first_touch", Rep: "reps/ann", ClockCount: 1, OldestDueTime: stamp(at(4 * time.Hour))}})
		own, err := b.api.GetComplianceReport(b.rep("bob"), &slav1.GetComplianceReportRequest{})
		equal(b, "error", refusal(err), "OK")
		equal(b, "a rep's own", len(own.GetOverdue()), 2)
	})
}

func TestAVolumeIsJudgedWhenItsMonthIsOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter() // two of its leads became MQLs in March's second week, the others in its first
		volume := func(end time.Time) *slav1.CommitmentResult {
			return b.report(&slav1.GetComplianceReportRequest{StartTime: stamp(end.AddDate(0, 0, -7)), EndTime: stamp(end)}).GetCommitments()[0]
		}
		result := func(actual int64, kept *bool, before int64) *slav1.CommitmentResult {
			return &slav1.CommitmentResult{Team: playbookv1.Team_TEAM_MARKETING, Measure: "mql_volume", Target: new(int64(3)), Actual: &actual, PartCount: actual,
				Kept: kept, PreviousActual: &before}
		}
		newYork, err := time.LoadLocation("America/New_York")
		if err != nil {
			b.Fatal(err)
		}
		april := time.Date(2026, 4, 1, 0, 0, 0, 0, newYork)
		equal(b, "the month in which the period ends", volume(at(-22*time.Hour)), result(1, nil, 0))
		b.room.Clock.Set(april.AddDate(0, 1, 0))
		equal(b, "before the month is over in its zone", volume(april.Add(-time.Hour)), result(12, new(true), 12))
		equal(b, "a whole month", volume(april), result(12, new(true), 12))
		equal(b, "a month without any", volume(april.AddDate(0, 1, 0)), result(0, new(false), 0))
	})
}

func TestARepsReportCountsTheirOwnClocks(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.quarter()
		period := &slav1.GetComplianceReportRequest{StartTime: stamp(at(0)), EndTime: stamp(at(8 * time.Hour))}
		report, err := b.api.GetComplianceReport(b.rep("bob"), period)
		equal(b, "error", refusal(err), "OK")
		equal(b, "own clocks", row(report.GetClocks(), "first_touch", ""), &slav1.ClockCompliance{Kind: "first_touch", MissedCount: 1, MetPerMille: new(int32(0))})
		equal(b, "the suite's clocks", row(report.GetClocks(), "assign", ""), &slav1.ClockCompliance{Kind: "assign"})
		equal(b, "other reps", row(report.GetReps(), "first_touch", "reps/ann") == nil, true)
		equal(b, "tiers of others", len(report.GetTiers()), 0)
		equal(b, "own clocks by source", row(report.GetSources(), "first_touch", "website").GetMissedCount(), 1)
		equal(b, "how soon anybody's leads are touched", len(report.GetResponseTimes()), 0)
		equal(b, "the teams' commitments", len(report.GetCommitments()), 0)
		report, err = b.api.GetComplianceReport(b.rep("zoe"), period)
		equal(b, "error", refusal(err), "OK")
		equal(b, "a rep whom nobody knows", row(report.GetClocks(), "first_touch", ""), &slav1.ClockCompliance{Kind: "first_touch"})
	})
}

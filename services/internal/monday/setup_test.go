package monday_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
)

func utc(text string) *timestamppb.Timestamp {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		panic(err)
	}
	return timestamppb.New(at)
}

// week is a week's report in which marketing kept everything that is settled and sales did not.
func week() *slav1.ComplianceReport {
	marketing, sales := playbookv1.Team_TEAM_MARKETING, playbookv1.Team_TEAM_SALES
	minutes := func(n int64) *durationpb.Duration { return durationpb.New(time.Duration(n) * time.Minute) }
	clock := func(kind, slice string, met, missed, cancelled int64, before int32) *slav1.ClockCompliance {
		c := &slav1.ClockCompliance{Kind: kind, Slice: slice, MetCount: met, MissedCount: missed, CancelledCount: cancelled}
		if met+missed > 0 {
			c.MetPerMille, c.PreviousMetPerMille = new(int32(met*1000/(met+missed))), &before
			c.Median, c.P90 = minutes(42), minutes(1510)
		}
		return c
	}
	return &slav1.ComplianceReport{
		StartTime: utc("2026-03-02T05:00:00Z"), EndTime: utc("2026-03-09T04:00:00Z"), Period: "2026-W10", TimeZone: "America/New_York",
		PreviousStartTime: utc("2026-02-23T05:00:00Z"), Playbook: "playbooks/7", AsOfTime: utc("2026-03-09T12:00:00Z"),
		Commitments: []*slav1.CommitmentResult{
			{Team: marketing, Measure: "mql_volume", Target: new(int64(120)), Actual: new(int64(38)), PartCount: 38, PreviousActual: new(int64(31))},
			{Team: marketing, Measure: "criteria_met", Target: new(int64(950)), Actual: new(int64(974)), Kept: new(true), PartCount: 37, WholeCount: 38, PreviousActual: new(int64(962))},
			{Team: marketing, Measure: "context_complete"},
			{Team: marketing, Measure: "assigned_in_time", Actual: new(int64(1000)), PartCount: 38, WholeCount: 38, PreviousActual: new(int64(1000))},
			{Team: sales, Measure: "accepted_in_time", Target: new(int64(900)), Actual: new(int64(875)), Kept: new(false), PartCount: 35, WholeCount: 40, PreviousActual: new(int64(900))},
			{Team: sales, Measure: "first_touch_in_time", Target: new(int64(900)), Strict: true, Actual: new(int64(900)), Kept: new(false), PartCount: 36, WholeCount: 40},
			{Team: sales, Measure: "disposition_complete", Target: new(int64(980)), Actual: new(int64(1000)), Kept: new(true), PartCount: 12, WholeCount: 12},
		},
		Clocks: []*slav1.ClockCompliance{clock("assign", "", 38, 0, 0, 1000), clock("accept", "", 35, 5, 2, 900), clock("first_touch", "", 36, 4, 2, 920),
			clock("second_call", "", 1, 1, 0, 0), clock("demo_booked", "", 0, 0, 0, 0)},
		Reps: []*slav1.ClockCompliance{clock("accept", "reps/ann", 30, 0, 0, 1000), clock("accept", "reps/bob", 5, 5, 2, 700), clock("first_touch", "reps/ann", 33, 2, 0, 950),
			clock("first_touch", "reps/bob", 2, 2, 0, 800)},
		Teams:   []*slav1.ClockCompliance{clock("accept", "pools/west", 35, 5, 2, 900)},
		Tiers:   []*slav1.ClockCompliance{clock("accept", "T1", 6, 3, 0, 900), clock("accept", "T2", 29, 2, 2, 900)},
		Sources: []*slav1.ClockCompliance{clock("accept", "=<b>|evil", 3, 3, 0, 500), clock("accept", "website", 32, 2, 2, 900)},
		ResponseTimes: []*slav1.ResponseTimes{
			{From: slav1.ResponseTimes_FROM_MQL, LeadCount: 38, ContactedCount: 30, ContactedPerMille: new(int32(789)), Median: minutes(61), P90: minutes(1700), Mean: minutes(333), Buckets: buckets()},
			{From: slav1.ResponseTimes_FROM_ASSIGNED, Buckets: buckets()[:1]}},
		Diagnoses: []*slav1.BreachDiagnosis{{Kind: "accept", MissedCount: 5, Causes: []*slav1.BreachCauseShare{
			{Cause: slav1.BreachCause_BREACH_CAUSE_SYSTEM, PerMille: 40}, {Cause: slav1.BreachCause_BREACH_CAUSE_ROUTING, PerMille: 0}, {Cause: slav1.BreachCause_BREACH_CAUSE_CAPACITY, PerMille: 260, ClockCount: 1},
			{Cause: slav1.BreachCause_BREACH_CAUSE_FIT, PerMille: 0}, {Cause: slav1.BreachCause_BREACH_CAUSE_REP, PerMille: 700, ClockCount: 4}}}},
		Overdue: []*slav1.OverdueClocks{{Kind: "first_touch", Rep: "reps/bob", ClockCount: 2, OldestDueTime: utc("2026-03-06T09:30:00Z")},
			{Kind: "assign", ClockCount: 1, OldestDueTime: utc("2026-03-09T11:59:30Z")}},
	}
}

func buckets() []*slav1.ResponseBucket {
	h := func(n time.Duration) *durationpb.Duration { return durationpb.New(n * time.Hour) }
	five := durationpb.New(5 * time.Minute)
	return []*slav1.ResponseBucket{{AtLeast: h(0), Below: five, LeadCount: 4, AcceptedCount: 4, SqlCount: 2, SqlPerMille: new(int32(500))},
		{AtLeast: five, Below: h(1), LeadCount: 10, AcceptedCount: 9, SqlCount: 3, SqlPerMille: new(int32(300))}, {AtLeast: h(1), Below: h(4), LeadCount: 12, AcceptedCount: 10, SqlCount: 3},
		{AtLeast: h(4), Below: h(24)}, {AtLeast: h(24), Below: h(48), LeadCount: 4, AcceptedCount: 1}, {AtLeast: h(48), Below: h(72)}, {AtLeast: h(72)}, {LeadCount: 8}}
}

// golden compares with a file of testdata, or writes it when UPDATE_GOLDEN is set.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

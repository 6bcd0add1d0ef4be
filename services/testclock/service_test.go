package testclock_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/timestamppb"

	testclockv1 "github.com/handoffhq/handoff/gen/go/handoff/testclock/v1"
	"github.com/handoffhq/handoff/services/internal/clock"
	"github.com/handoffhq/handoff/services/internal/sqldb/sqldbtest"
	"github.com/handoffhq/handoff/services/testclock"
)

var start = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)

func after(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }

// planner is a service with plans; it writes down when it did what was planned.
type planner struct {
	name  string
	clock *clock.Test
	plans []time.Time
	diary *[]string
}

func (p *planner) NextDue(context.Context) (time.Time, bool, error) {
	if len(p.plans) == 0 {
		return time.Time{}, false, nil
	}
	return p.plans[0], true, nil
}

func (p *planner) Fire(context.Context) error {
	*p.diary = append(*p.diary, fmt.Sprintf("%s at %d", p.name, p.clock.Now().Sub(start)/time.Minute))
	for len(p.plans) > 0 && !p.plans[0].After(p.clock.Now()) {
		p.plans = p.plans[1:]
	}
	return nil
}

func TestWhoeverPlannedSomethingForAnInstantFiresThenAndNobodyElse(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, testclock.Migrations())
	if _, _, err := testclock.Load(t.Context(), db, start, "seed"); err != nil {
		t.Fatal(err)
	}
	var diary []string
	now := clock.NewTest(start)
	plan := func(name string, at ...time.Time) *planner { return &planner{name, now, at, &diary} }
	s := testclock.New(testclock.Config{DB: db, Clock: now, Timers: []testclock.Timers{
		plan("first", after(2), after(5)), plan("second", after(-3), after(5)), plan("third", after(9)), plan("idle")}})
	if _, err := s.AdvanceTestClock(t.Context(), &testclockv1.AdvanceTestClockRequest{To: timestamppb.New(after(7))}); err != nil {
		t.Fatal(err)
	}
	want := []string{"second at 0", "first at 2", "first at 5", "second at 5"}
	if diff := cmp.Diff(want, diary); diff != "" {
		t.Errorf("who fired when, in minutes (-want +got):\n%s", diff)
	}
	stored, _, err := testclock.Load(t.Context(), db, start, "seed")
	if err != nil || !stored.Equal(after(7)) {
		t.Errorf("stored instant %s, %v; want %s", stored, err, after(7))
	}
}

package sla_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
)

// TestWhateverHappensAClosedWeekStaysAndEachDifferenceIsExplained closes three weeks of random leads, and tells random news of
// them after each.
func TestWhateverHappensAClosedWeekStaysAndEachDifferenceIsExplained(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		const week = 7 * 24 * time.Hour
		random := rand.New(rand.NewPCG(10, 11))
		b.quarter()
		next := 100
		var closed []string
		var kept []*slav1.ComplianceReport
		for i := range 3 {
			over := weekOver + time.Duration(i)*week
			for day := over - week + 24*time.Hour; day < over; day += 24 * time.Hour {
				b.wait(day)
				for range 6 {
					b.intake(next, []string{"", "T1", "T2"}[random.IntN(3)], day)
					next++
				}
				b.happen(random, next-30, next, day)
			}
			b.wait(over + time.Hour)
			name := fmt.Sprintf("2026-W%d", 10+i)
			before := b.views(name, true)
			b.close(name)
			equal(b, name+" at its closing", b.views(name, false), before)
			closed, kept = append(closed, name), append(kept, before...)
			b.wait(over + 4*time.Hour)
			b.happen(random, next-50, next, over+4*time.Hour)
			for _, name := range closed {
				b.explains(name)
			}
		}
		var after []*slav1.ComplianceReport
		for _, name := range closed {
			after = append(after, b.views(name, false)...)
		}
		equal(b, "closed weeks after all", after, kept)
		var restated int
		for _, name := range closed {
			all, _ := b.restatements(b.admin(), name)
			restated += len(all)
		}
		equal(b, "there was something to explain", restated > 10, true)
	})
}

// views are the figures of a period as everybody, ann and bob see them.
func (b *bench) views(period string, live bool) []*slav1.ComplianceReport {
	b.Helper()
	req := &slav1.GetComplianceReportRequest{Period: period, Live: live}
	views := []*slav1.ComplianceReport{figures(b.report(req))}
	for _, rep := range []string{"ann", "bob"} {
		r, err := b.api.GetComplianceReport(b.rep(rep), req)
		if err != nil {
			b.Fatal(err)
		}
		views = append(views, figures(r))
	}
	return views
}

// happen tells random news of leads, most of it late.
func (b *bench) happen(random *rand.Rand, from, to int, now time.Duration) {
	b.Helper()
	for n := max(from, 100); n < to; n++ {
		when := now - time.Duration(random.IntN(23*60))*time.Minute
		switch random.IntN(9) {
		case 0, 1:
			b.call(b.admin(), n, at(when))
		case 2:
			b.room.Tell(b, eventlog.Routing, accepted(n, 1, when))
		case 3:
			b.room.Tell(b, eventlog.Routing, assigned(n, 2, "bob", "", when))
		case 4:
			b.room.Tell(b, eventlog.Scoring, merged(n, when))
		case 5:
			b.room.Tell(b, eventlog.Routing, rejected(n, 1, when), closed(n, routingv1.Step_STEP_REJECT, routingv1.Handoff_OUTCOME_DISQUALIFIED, 1, when))
		}
	}
}

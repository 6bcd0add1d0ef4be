package hindsight_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/internal/proportion"
	"github.com/handoffhq/handoff/services/playbook/internal/hindsight"
)

const day = 24 * time.Hour

var (
	start  = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	period = hindsight.Period{Start: start, End: start.Add(28 * day), AsOf: start.Add(28 * day), Maturity: 14 * day}
)

func on(days float64, tier string) hindsight.Qualification {
	return hindsight.Qualification{At: start.Add(time.Duration(days * float64(day))), Cycle: 1, Tier: tier}
}

// lead is one that qualifies by the baseline and by the draft at these times.
func lead(id string, baseline, draft []hindsight.Qualification) *hindsight.Lead {
	l := &hindsight.Lead{ID: id, Reason: hindsight.Reason{Label: "the line", Words: "because of " + id}}
	l.Found[hindsight.Baseline], l.Found[hindsight.Draft] = baseline, draft
	return l
}

func q(all ...hindsight.Qualification) []hindsight.Qualification { return all }

func TestLeadsAreGainedLostOrKeptByWhatLiesInThePeriod(t *testing.T) {
	t.Parallel()
	tally := hindsight.New(period, hindsight.NewDeals(), 10)
	for _, l := range []*hindsight.Lead{
		lead("a", q(on(1, "T1")), q(on(1, "T1"))),
		lead("b", q(on(9, "T1")), q(on(8, "T2"))),
		lead("c", q(on(9, "")), q(on(10, "T2"))),
		lead("d", nil, q(on(3, "T2"), on(20, "T2"))),
		lead("e", q(on(27.9, "T1")), nil),
		lead("f", q(on(-1, "T1")), q(on(28, "T1"))), // before the period, and at its end
	} {
		tally.Add(l)
	}
	baseline, draft, kept := tally.Sums(hindsight.Baseline), tally.Sums(hindsight.Draft), tally.Kept()
	if diff := cmp.Diff(hindsight.Sums{Qualified: 4, Leads: 4, Weeks: []int64{1, 2, 0, 1}, Tiers: map[string]int64{"T1": 3, "": 1}}, baseline); diff != "" {
		t.Errorf("baseline (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(hindsight.Sums{Qualified: 5, Leads: 4, Weeks: []int64{2, 2, 1, 0}, Tiers: map[string]int64{"T1": 1, "T2": 4}}, draft); diff != "" {
		t.Errorf("draft (-want +got):\n%s", diff)
	}
	want := hindsight.Kept{Leads: 3, Earlier: 1, Later: 1, Moves: map[hindsight.Move]int64{{From: "T1", To: "T1"}: 1, {From: "T1", To: "T2"}: 1, {From: "", To: "T2"}: 1}}
	if diff := cmp.Diff(want, kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]hindsight.Move{{From: "T1", To: "T1"}, {From: "T1", To: "T2"}, {From: "", To: "T2"}}, kept.Sorted()); diff != "" {
		t.Errorf("no tier comes last (-want +got):\n%s", diff)
	}
	if tally.Gained().Leads != 1 || tally.Lost().Leads != 1 || tally.Gained().Examples()[0].Lead != "d" || tally.Lost().Examples()[0].Lead != "e" {
		t.Errorf("gained %v, lost %v", tally.Gained().Examples(), tally.Lost().Examples())
	}
}

func TestOnlySoManyExamplesAreKeptAndTheyAreTheFirst(t *testing.T) {
	t.Parallel()
	tally := hindsight.New(period, hindsight.NewDeals(), 3)
	for i := range 100 {
		tally.Add(lead(fmt.Sprintf("%02d", i), nil, q(on(float64((i*37)%100)/5, "T1"))))
	}
	var got []string
	for _, e := range tally.Gained().Examples() {
		got = append(got, e.Lead+" "+e.Reason)
	}
	if diff := cmp.Diff([]string{"00 because of 00", "73 because of 73", "46 because of 46"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]hindsight.Counted{{Label: "the line", Leads: 100}}, tally.Gained().Reasons()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestQualificationIsHeldAgainstWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	deals := hindsight.NewDeals()
	deals.Add(hindsight.Deal{People: []string{"hit"}, OpenedAt: start.Add(5 * day), Won: true})
	deals.Add(hindsight.Deal{Handoff: "h", OpenedAt: start.Add(5 * day)})                          // lost
	deals.Add(hindsight.Deal{Account: "acme", OpenedAt: start.Add(6 * day), Open: true})           // of all leads there
	deals.Add(hindsight.Deal{People: []string{"late"}, OpenedAt: start.Add(2 * day)})              // before it qualified
	deals.Add(hindsight.Deal{People: []string{"stranger"}, OpenedAt: start.Add(3 * day)})          // of nobody whom we know
	deals.Add(hindsight.Deal{People: []string{"hit"}, OpenedAt: start.Add(-day)})                  // before the period
	deals.Add(hindsight.Deal{People: []string{"joined"}, OpenedAt: start.Add(9 * day), Won: true}) // of a lead that became another
	tally := hindsight.New(period, deals, 0)
	one := func(id string, days float64, change func(*hindsight.Lead)) {
		l := lead(id, q(on(days, "T1")), nil)
		if change != nil {
			change(l)
		}
		tally.Add(l)
	}
	one("hit", 1, nil)
	one("sold", 1, func(l *hindsight.Lead) { l.Handoffs = []string{"h"} })
	one("there", 1, func(l *hindsight.Lead) { l.Account = "acme" })
	one("late", 4, nil)
	one("miss", 1, nil)
	one("young", 20, nil)
	one("now", 8, func(l *hindsight.Lead) { l.Members = []string{"now", "joined"} })
	got := tally.Fit(hindsight.Baseline, hindsight.Opportunity)
	want := hindsight.Fit{Precision: proportion.Share{Part: 4, Whole: 6}, Recall: proportion.Share{Part: 4, Whole: 6}, Immature: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("opportunities (-want +got):\n%s", diff)
	}
	got = tally.Fit(hindsight.Baseline, hindsight.Won)
	want = hindsight.Fit{Precision: proportion.Share{Part: 2, Whole: 5}, Recall: proportion.Share{Part: 2, Whole: 2}, Immature: 2}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("won (-want +got):\n%s", diff)
	}
	if got := tally.Fit(hindsight.Draft, hindsight.Opportunity); got.Precision.Whole != 0 || got.Recall != (proportion.Share{Whole: 6}) {
		t.Errorf("a version that qualifies nobody foretells %v", got)
	}
}

func TestALoadTellsWhoGetsWhatAndWhoWaits(t *testing.T) {
	t.Parallel()
	load := hindsight.NewLoad()
	on := func(day int) time.Time { return time.Date(2026, 3, day, 0, 0, 0, 0, time.UTC) }
	for _, a := range []hindsight.Assignment{
		{Rep: "ann", Pool: "east", Day: on(1)}, {Rep: "ann", Pool: "east", Day: on(1), Held: true}, {Rep: "ann", Day: on(2)},
		{Rep: "bob", Pool: "east", Day: on(1)}, {Held: true}, {Held: true, Queued: true}, {Nurtured: true}, {Disqualified: true},
	} {
		load.Add(a)
	}
	if diff := cmp.Diff([]hindsight.Carried{{Rep: "ann", Total: 3, OnBusiestDay: 2}, {Rep: "bob", Total: 1, OnBusiestDay: 1}}, load.Reps()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]hindsight.Counted{{Label: "east", Leads: 3}}, load.Pools()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if load.Held != 2 || load.Unassigned != 1 || load.Queued != 1 || load.Nurtured != 1 || load.Disqualified != 1 {
		t.Errorf("held %d, unassigned %d, queued %d, nurtured %d, disqualified %d", load.Held, load.Unassigned, load.Queued, load.Nurtured, load.Disqualified)
	}
}

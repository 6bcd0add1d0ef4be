package compliance_test

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/sla/internal/compliance"
	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestCountsByHand(t *testing.T) {
	t.Parallel()
	var l compliance.Ledger
	touch := func(outcome compliance.Outcome, minutes int, rep, team, source string) {
		l.AddClock(compliance.Clock{Kind: "first_touch", Outcome: outcome, Answered: minutes > 0, Elapsed: time.Duration(minutes) * time.Minute,
			Tier: "T1", Rep: rep, Team: team, Source: source})
	}
	touch(compliance.Met, 10, "reps/ann", "pools/west", "website")
	touch(compliance.Met, 30, "reps/ann", "pools/west", "website")
	touch(compliance.Missed, 500, "reps/ann", "pools/west", "webinar")
	touch(compliance.Missed, 0, "reps/bob", "", "webinar") // an owner, whom no pool gave it
	touch(compliance.Cancelled, 0, "reps/bob", "", "website")
	touch(compliance.Pending, 0, "reps/bob", "", "website")
	l.AddClock(compliance.Clock{Kind: "assign", Outcome: compliance.Met, Answered: true, Elapsed: time.Minute, Source: "website"})
	for by, want := range map[compliance.Slice][]string{
		compliance.Whole:    {"assign : 1 met 0 missed 0 cancelled 1 answered 1m0s 1m0s 1m0s", "first_touch : 2 met 2 missed 1 cancelled 3 answered 30m0s 8h20m0s 3h0m0s"},
		compliance.ByTier:   {"first_touch T1: 2 met 2 missed 1 cancelled 3 answered 30m0s 8h20m0s 3h0m0s"},
		compliance.ByRep:    {"first_touch reps/ann: 2 met 1 missed 0 cancelled 3 answered 30m0s 8h20m0s 3h0m0s", "first_touch reps/bob: 0 met 1 missed 1 cancelled 0 answered 0s 0s 0s"},
		compliance.ByTeam:   {"first_touch pools/west: 2 met 1 missed 0 cancelled 3 answered 30m0s 8h20m0s 3h0m0s"},
		compliance.BySource: {"assign website: 1 met 0 missed 0 cancelled 1 answered 1m0s 1m0s 1m0s", "first_touch webinar: 0 met 2 missed 0 cancelled 1 answered 8h20m0s 8h20m0s 8h20m0s", "first_touch website: 2 met 0 missed 1 cancelled 2 answered 10m0s 30m0s 20m0s"},
	} {
		var got []string
		for _, r := range l.Tallies(by) {
			got = append(got, fmt.Sprintf("%s %s: %d met %d missed %d cancelled %d answered %v %v %v", r.Kind, r.Slice, r.Met, r.Missed, r.Cancelled, r.Answered,
				r.Spread.Median, r.Spread.P90, r.Spread.Mean))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("slice %d (-want +got):\n%s", by, diff)
		}
	}
}

func TestWhatTheTeamsPromisedIsTakenFromTheCounts(t *testing.T) {
	t.Parallel()
	var l compliance.Ledger
	for i, kind := range []deadline.Kind{deadline.Assign, deadline.Accept, deadline.FirstTouch, deadline.Disposition} {
		for n := range 10 {
			outcome := compliance.Missed
			if n <= i {
				outcome = compliance.Met
			}
			l.AddClock(compliance.Clock{Kind: kind, Outcome: outcome, Answered: n < 6})
		}
	}
	for n := range 8 {
		l.AddLead(compliance.Lead{MQL: monday, Touched: monday, Misfit: n < 3, Opened: n < 6, Complete: n < 2, ForSales: n < 4})
	}
	l.AddLead(compliance.Lead{MQL: monday, ForSales: true, Complete: true})
	want := compliance.Record{CriteriaMet: compliance.Share{Part: 6, Whole: 9}, ContextComplete: compliance.Share{Part: 2, Whole: 6},
		AssignedInTime: compliance.Share{Part: 1, Whole: 10}, AcceptedInTime: compliance.Share{Part: 2, Whole: 10}, FirstTouchInTime: compliance.Share{Part: 3, Whole: 10},
		DispositionInTime: compliance.Share{Part: 4, Whole: 10}, DispositionComplete: compliance.Share{Part: 6, Whole: 10}, Contacted: compliance.Share{Part: 4, Whole: 5}}
	if diff := cmp.Diff(want, l.Record()); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	if l.MQLs() != 9 {
		t.Errorf("got %d MQLs, want 9", l.MQLs())
	}
}

func TestABucketBeginsAtItsEdge(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		wait time.Duration
		want int
	}{
		{-time.Hour, 0}, {0, 0}, {5*time.Minute - 1, 0}, {5 * time.Minute, 1}, {time.Hour - 1, 1}, {time.Hour, 2}, {4*time.Hour - 1, 2}, {4 * time.Hour, 3},
		{24*time.Hour - 1, 3}, {24 * time.Hour, 4}, {48*time.Hour - 1, 4}, {48 * time.Hour, 5}, {72*time.Hour - 1, 5}, {72 * time.Hour, 6}, {9000 * time.Hour, 6},
	} {
		var l compliance.Ledger
		l.AddLead(compliance.Lead{MQL: monday, Assigned: monday.Add(-time.Hour), Touched: monday.Add(test.wait), Accepted: true, SQL: true, ForSales: true})
		for i, b := range l.Response(compliance.FromMQL).Buckets {
			if b.Leads != map[bool]int64{true: 1}[i == test.want] || b.Accepted != b.Leads || b.SQLs != b.Leads {
				t.Errorf("%v: got %+v in bucket %d, want it in %d", test.wait, b, i, test.want)
			}
		}
	}
}

func TestSpeedToLeadAndWhatSalesAnswersForAreApart(t *testing.T) {
	t.Parallel()
	var l compliance.Ledger
	at := func(hours int) time.Time { return monday.Add(time.Duration(hours) * time.Hour) }
	l.AddLead(compliance.Lead{MQL: at(0), Assigned: at(30), Touched: at(31), Accepted: true, ForSales: true})
	l.AddLead(compliance.Lead{MQL: at(0), Touched: at(5 * 7 * 24), ForSales: true}) // before anybody was assigned, in the last instant of five weeks
	l.AddLead(compliance.Lead{MQL: at(0), Assigned: at(1), Touched: at(5*7*24 + 2), SQL: true, ForSales: true})
	l.AddLead(compliance.Lead{MQL: at(0), Assigned: at(1), ForSales: true})
	l.AddLead(compliance.Lead{MQL: at(0), Assigned: at(1), Touched: at(2)}) // joined another lead
	for from, want := range map[compliance.From]string{
		compliance.FromMQL:      "4 leads, 2 of 4 contacted, 3 touched, half in 840h0m0s, [0 0 0 0 1 0 2 1]",
		compliance.FromAssigned: "3 leads, 1 of 3 contacted, 2 touched, half in 1h0m0s, [0 0 1 0 0 0 1 1]",
	} {
		r := l.Response(from)
		var counts []int64
		for _, b := range r.Buckets {
			counts = append(counts, b.Leads)
		}
		got := fmt.Sprintf("%d leads, %d of %d contacted, %d touched, half in %v, %v", r.Leads, r.Contacted.Part, r.Contacted.Whole, r.Touched, r.Spread.Median, counts)
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if last := r.Buckets[len(r.Buckets)-1]; !last.Never() || r.Buckets[0].Never() {
			t.Errorf("the last bucket, and no other, is that of the leads that nobody touched")
		}
	}
}

// TestSpreadsAreNearestRanks holds them against the definition.
func TestSpreadsAreNearestRanks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		used := rapid.SliceOfN(rapid.Int64Range(0, 20), 1, 40).Draw(t, "used")
		var l compliance.Ledger
		sum := int64(0)
		for _, n := range used {
			l.AddClock(compliance.Clock{Kind: "accept", Outcome: compliance.Met, Answered: true, Elapsed: time.Duration(n) * time.Second})
			sum += n
		}
		spread := l.Of("accept").Spread
		for share, got := range map[int]time.Duration{5: spread.Median, 9: spread.P90} {
			want := slices.MinFunc(slices.DeleteFunc(slices.Clone(used), func(limit int64) bool {
				within := 0
				for _, n := range used {
					if n <= limit {
						within++
					}
				}
				return within*10 < len(used)*share
			}), func(a, b int64) int { return int(a - b) })
			if got != time.Duration(want)*time.Second {
				t.Errorf("%d tenths of %v are within %ds, got %v", share, used, want, got)
			}
		}
		if want := (time.Duration(sum) * time.Second / time.Duration(len(used))).Truncate(time.Microsecond); spread.Mean != want {
			t.Errorf("mean of %v: got %v, want %v", used, spread.Mean, want)
		}
	})
}

func TestTheOrderOfCountingDoesNotMatterAndSlicesAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		clock := rapid.Custom(func(t *rapid.T) compliance.Clock {
			name := func(what string) string { return rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, what) }
			return compliance.Clock{Kind: rapid.SampledFrom([]deadline.Kind{deadline.Assign, deadline.Accept, "second_call"}).Draw(t, "kind"), Outcome: compliance.Outcome(rapid.IntRange(0, 3).Draw(t, "outcome")), Answered: rapid.Bool().Draw(t, "answered"),
				Elapsed: time.Duration(rapid.IntRange(0, 9).Draw(t, "elapsed")), Tier: name("tier"), Rep: name("rep"), Team: name("team"), Source: name("source")}
		})
		clocks := rapid.SliceOfN(clock, 1, 30).Draw(t, "clocks")
		other := slices.Clone(clocks)
		rand.New(rand.NewSource(rapid.Int64().Draw(t, "order"))).Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		var one, two compliance.Ledger
		for i := range clocks {
			one.AddClock(clocks[i])
			two.AddClock(other[i])
		}
		for by := compliance.Whole; by <= compliance.BySource; by++ {
			if diff := cmp.Diff(one.Tallies(by), two.Tallies(by)); diff != "" {
				t.Fatalf("slice %d in another order:\n%s", by, diff)
			}
			whole := map[deadline.Kind]int64{}
			for _, r := range one.Tallies(by) {
				whole[r.Kind] += r.Met + 1000*r.Missed + 1_000_000*r.Cancelled
			}
			for _, r := range one.Tallies(compliance.Whole) {
				if want := r.Met + 1000*r.Missed + 1_000_000*r.Cancelled; whole[r.Kind] != want {
					t.Errorf("slice %d of %s adds up to %d, the whole is %d", by, r.Kind, whole[r.Kind], want)
				}
			}
		}
	})
}

package dispatch_test

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/internal/worktime"
	"github.com/handoffhq/handoff/services/routing/internal/coverage"
	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/fairness"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
)

func TestTheTrailTellsWhoWasAskedAndWhyNot(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	away := []worktime.Interval{{Start: noon.Add(-time.Hour), End: noon.Add(2 * time.Hour)}}
	f.rep("olga", "", presence.Rep{Absences: away})
	f.Rep("olga").Cover = "otto"
	f.rep("otto", "night", presence.Rep{})
	f.rep("ann", "", presence.Rep{Open: 3, MaxOpen: limit(3)})
	f.rep("bob", "", presence.Rep{Caps: []presence.Cap{{Window: presence.Day, Most: 1}}, Got: []time.Time{noon.Add(-time.Hour)}})
	f.rep("cat", "", presence.Rep{})
	f.AddRep("dan", &dispatch.Rep{})
	f.AddRep("eva", &dispatch.Rep{Rep: presence.Rep{Active: true}, Coverage: coverage.New(nil, nil, nil, []string{"de"})})
	f.AddRep("fay", &dispatch.Rep{Rep: presence.Rep{Active: true, Open: 2}, Coverage: coverage.New(nil, nil, nil, []string{"de"})})
	f.pool("first", "second", "ann", "bob", "cat", "dan", "gone")
	f.pool("second", "", "eva", "fay")
	placed, _, err := f.Place(dispatch.Lead{Owner: "olga", Pool: "first", Overflow: 1, Calendar: "day", Needs: coverage.New(nil, nil, nil, []string{"de"}),
		Refused: []string{"eva"}})
	if err != nil {
		t.Fatal(err)
	}
	got := placed.Trail.Rungs(10)
	want := []dispatch.Rung{
		{Kind: dispatch.AskOwner, Candidates: []dispatch.Candidate{{Rep: "olga", Availability: fairness.OnLeave, Next: noon.Add(2 * time.Hour)}}},
		{Kind: dispatch.AskCover, Candidates: []dispatch.Candidate{{Rep: "otto", Availability: fairness.OffShift, Next: noon.Add(6 * time.Hour)}}},
		{Kind: dispatch.AskPool, Pool: "first", Candidates: []dispatch.Candidate{
			{Rep: "ann", Availability: fairness.Unsuited, Lacking: []string{"language de"}, Open: 3, Weight: 1},
			{Rep: "bob", Availability: fairness.Unsuited, Lacking: []string{"language de"}, Weight: 1},
			{Rep: "cat", Availability: fairness.Unsuited, Lacking: []string{"language de"}, Weight: 1},
			{Rep: "dan", Availability: fairness.Inactive, Weight: 1},
			{Rep: "gone", Availability: fairness.Inactive, Unknown: true, Weight: 1},
		}},
		{Kind: dispatch.AskOverflow, Pool: "second", Epoch: 3, Turn: 1, Candidates: []dispatch.Candidate{
			{Rep: "fay", Availability: fairness.Available, Picked: true, Open: 2, Weight: 1, Share: fairness.PerLead, Deficit: fairness.PerLead},
			{Rep: "eva", Availability: fairness.AnsweredBefore, Weight: 1},
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("trail (-want +got):\n%s", diff)
	}
}

func TestTheTrailTellsWhichCapStandsInTheWay(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.rep("ann", "", presence.Rep{Open: 3, MaxOpen: limit(3)})
	f.rep("bob", "", presence.Rep{Caps: []presence.Cap{{Window: presence.Day, Most: 1}}, Got: []time.Time{noon.Add(-time.Hour)}})
	f.pool("p", "gone", "ann", "bob")
	_, hold, err := f.Place(dispatch.Lead{Pool: "p", Overflow: 1, Calendar: "day"})
	if err != nil || hold == nil {
		t.Fatal(err, hold)
	}
	want := []dispatch.Rung{
		{Kind: dispatch.AskPool, Pool: "p", Candidates: []dispatch.Candidate{
			{Rep: "ann", Availability: fairness.AtCap, Open: 3, Weight: 1, Spent: &presence.Spent{Open: true, Cap: presence.Cap{Most: 3}, Count: 3}},
			{Rep: "bob", Availability: fairness.AtCap, Weight: 1, Spent: &presence.Spent{Cap: presence.Cap{Window: presence.Day, Most: 1}, Count: 1},
				Next: time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)},
		}},
		{Kind: dispatch.AskOverflow, Pool: "gone", Missing: true, Candidates: []dispatch.Candidate{}},
	}
	if diff := cmp.Diff(want, hold.Trail.Rungs(10)); diff != "" {
		t.Errorf("trail (-want +got):\n%s", diff)
	}
}

// TestThePickFollowsFromTheTrailAlone picks again by the published rules, from what the trail tells and nothing else, with
// reps who come and go, any weights and every mode.
func TestThePickFollowsFromTheTrailAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		f := newFloor(t)
		n := rapid.IntRange(1, 8).Draw(rt, "members")
		ledger := fairness.Pool{}
		var members []string
		for i := range n {
			id := fmt.Sprintf("rep%d", i)
			ledger, _ = ledger.Join(id, rapid.Int64Range(1, 5).Draw(rt, "weight"))
			f.rep(id, "", presence.Rep{Open: rapid.Int64Range(0, 3).Draw(rt, "open")})
			members = append(members, id)
		}
		pool := &dispatch.Pool{Book: &dispatch.Book{Ledger: ledger}, Members: members, Policy: fairness.Policy{
			Mode: rapid.SampledFrom([]fairness.Mode{fairness.Fair, fairness.Quota, fairness.LeastLoaded}).Draw(rt, "mode"), AccrueWhenCapped: rapid.Bool().Draw(rt, "accrue")}}
		f.AddPool("p", pool)
		for turn := range rapid.IntRange(1, 25).Draw(rt, "leads") {
			for _, id := range members {
				r := f.Rep(id)
				if rapid.IntRange(0, 4).Draw(rt, "moves") == 0 {
					r.Active, r.MaxOpen = rapid.Bool().Draw(rt, "active"), rapid.SampledFrom([]*int64{nil, limit(2)}).Draw(rt, "cap")
				}
			}
			key := fairness.LeadKey{Source: "web", SourceID: fmt.Sprint(turn)}
			placed, hold, err := f.Place(dispatch.Lead{Key: key, Pool: "p", Calendar: "day"})
			if err != nil {
				rt.Fatal(err)
			}
			if hold != nil {
				continue
			}
			rung := placed.Trail.Rungs(200)[0]
			if rep, why := again(rung, key); rep != placed.Rep {
				rt.Fatalf("%v: %s got it, and %s by the trail (%s):\n%+v", rung.Mode, placed.Rep, rep, why, rung.Candidates)
			}
			verdicts(rt, rung)
			if few := placed.Trail.Rungs(2)[0]; shares(few) != fairness.PerLead || len(few.Candidates) > 2 || few.Candidates[0].Rep != placed.Rep {
				rt.Fatalf("cut down to two the shares are %d: %+v", shares(few), few)
			}
		}
	})
}

// shares are the parts of all candidates.
func shares(r dispatch.Rung) (sum fairness.Units) {
	for _, c := range r.Candidates {
		sum += c.Share
	}
	for _, rest := range r.More {
		sum += rest.Share
	}
	return sum
}

// verdicts makes sure that everybody but who got it is told why not, and that the shares are one lead.
func verdicts(rt *rapid.T, r dispatch.Rung) {
	for _, c := range r.Candidates {
		if c.Picked == (c.Availability.Eligible() && c.Loss == fairness.NoLoss) {
			continue
		}
		rt.Fatalf("%s: picked %t, %v, %v", c.Rep, c.Picked, c.Availability, c.Loss)
	}
	if sum := shares(r); sum != fairness.PerLead {
		rt.Fatalf("the shares are %d", sum)
	}
}

// again picks by the rules as they are published.
func again(r dispatch.Rung, lead fairness.LeadKey) (rep, why string) {
	var able []dispatch.Candidate
	accrue := int64(0)
	for _, c := range r.Candidates {
		if c.Availability == fairness.Available {
			able = append(able, c)
		}
		if c.Share > 0 {
			accrue++
		}
	}
	slices.SortFunc(able, func(a, b dispatch.Candidate) int { // by id: the order of Candidates must not matter
		if a.Rep < b.Rep {
			return -1
		}
		return 1
	})
	if len(able) == 1 {
		return able[0].Rep, "alone"
	}
	const lead1, slack = int64(1e9), int64(4)
	// ahead tells how far a is ahead of b, and how much counts as nothing.
	ahead, why := func(a, b dispatch.Candidate) (int64, int64) { return int64(a.Deficit - b.Deficit), slack }, "deficit"
	switch r.Mode {
	case fairness.Quota:
		margin := lead1 / (2*accrue - 2)
		due := slices.DeleteFunc(slices.Clone(able), func(c dispatch.Candidate) bool { return int64(c.Deficit) < margin-slack })
		if len(due) > 0 {
			able, why = due, "deadline"
			ahead = func(a, b dispatch.Candidate) (int64, int64) {
				left := func(c dispatch.Candidate) int64 { return lead1 - margin - int64(c.Deficit) }
				return left(b)*a.Weight - left(a)*b.Weight, slack * (a.Weight + b.Weight)
			}
		}
	case fairness.LeastLoaded:
		ahead, why = func(a, b dispatch.Candidate) (int64, int64) { return b.Open*a.Weight - a.Open*b.Weight, 0 }, "load"
	}
	first := able[0]
	for _, c := range able {
		if gap, _ := ahead(c, first); gap > 0 {
			first = c
		}
	}
	var tied []dispatch.Candidate
	for _, c := range able {
		if gap, slack := ahead(first, c); gap <= slack {
			tied = append(tied, c)
		}
	}
	best := tied[0]
	for _, c := range tied[1:] {
		if before(c, best, r.Epoch, lead) {
			best = c
		}
	}
	return best.Rep, why
}

// before breaks a tie: fewer turns for the weight, longer ago, smaller hash.
func before(a, b dispatch.Candidate, epoch int64, lead fairness.LeadKey) bool {
	if x, y := a.Credits*b.Weight, b.Credits*a.Weight; x != y {
		return x < y
	}
	if !a.LastAssigned.Equal(b.LastAssigned) {
		return a.LastAssigned.Before(b.LastAssigned)
	}
	return hash(epoch, lead, a.Rep) < hash(epoch, lead, b.Rep)
}

func hash(epoch int64, lead fairness.LeadKey, rep string) uint64 {
	text := binary.BigEndian.AppendUint64(nil, uint64(epoch))
	for _, part := range []string{lead.Source, lead.SourceID, rep} {
		text = append(binary.BigEndian.AppendUint32(text, uint32(len(part))), part...)
	}
	sum := sha256.Sum256(text)
	return binary.BigEndian.Uint64(sum[:8])
}

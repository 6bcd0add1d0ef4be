package dispatch_test

import (
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

// noon is a Monday in winter.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// floor is a desk with people on it, put together by name.
type floor struct {
	*dispatch.Desk
}

// newFloor has two calendars: `day`, open now, and `night`, open from 18:00 on.
func newFloor(t testing.TB) floor {
	t.Helper()
	d := dispatch.New(noon)
	for name, span := range map[string]worktime.Span{
		"day": {Open: 8 * time.Hour, Close: 18 * time.Hour}, "night": {Open: 18 * time.Hour, Close: 24 * time.Hour},
	} {
		spec := worktime.Spec{TimeZone: "UTC"}
		for day := range spec.Hours {
			spec.Hours[day] = []worktime.Span{span}
		}
		hours, err := worktime.New(spec)
		if err != nil {
			t.Fatal(err)
		}
		d.AddCalendar(name, hours)
	}
	return floor{d}
}

func (f floor) rep(id, calendar string, r presence.Rep) {
	r.Active = true
	f.AddRep(id, &dispatch.Rep{Rep: r, Calendar: calendar})
}

func (f floor) pool(id, overflow string, members ...string) {
	p := fairness.Pool{}
	for _, m := range members {
		p, _ = p.Join(m, 1)
	}
	f.AddPool(id, &dispatch.Pool{Book: &dispatch.Book{Ledger: p}, Members: slices.Sorted(slices.Values(members)), Overflow: overflow})
}

func (f floor) place(t testing.TB, l dispatch.Lead) (rep, pool string, hold *dispatch.Hold) {
	t.Helper()
	l.Key = fairness.LeadKey{Source: "web", SourceID: "1"}
	if l.Calendar == "" {
		l.Calendar = "day"
	}
	p, hold, err := f.Place(l)
	if err != nil {
		t.Fatal(err)
	}
	return p.Rep, p.Pool, untold(hold)
}

// untold is a hold without the way to it.
func untold(h *dispatch.Hold) *dispatch.Hold {
	if h != nil {
		h.Trail = nil
	}
	return h
}

func limit(n int64) *int64 { return &n }

func TestWhoGetsALead(t *testing.T) {
	t.Parallel()
	away := []worktime.Interval{{Start: noon.Add(-time.Hour), End: noon.Add(time.Hour)}}
	evening := noon.Add(6 * time.Hour)
	for _, tc := range []struct {
		name      string
		set       func(f floor)
		lead      dispatch.Lead
		rep, pool string
		hold      *dispatch.Hold
	}{
		{name: "the owner, past the pool",
			set: func(f floor) {
				f.rep("olga", "", presence.Rep{})
				f.rep("ann", "", presence.Rep{})
				f.pool("p", "", "ann")
			},
			lead: dispatch.Lead{Owner: "olga", Pool: "p"}, rep: "olga"},
		{name: "the pool when the owner is away",
			set: func(f floor) {
				f.rep("olga", "", presence.Rep{Absences: away})
				f.rep("ann", "", presence.Rep{})
				f.pool("p", "", "ann")
			},
			lead: dispatch.Lead{Owner: "olga", Pool: "p"}, rep: "ann", pool: "p"},
		{name: "the pool when the owner is no rep",
			set:  func(f floor) { f.rep("ann", "", presence.Rep{}); f.pool("p", "", "ann") },
			lead: dispatch.Lead{Owner: "ghost", Waits: true, Pool: "p"}, rep: "ann", pool: "p"},
		{name: "nobody while the lead waits for its owner",
			set: func(f floor) {
				f.rep("olga", "", presence.Rep{Absences: away})
				f.rep("ann", "", presence.Rep{})
				f.pool("p", "", "ann")
			},
			lead: dispatch.Lead{Owner: "olga", Waits: true, Pool: "p"},
			hold: &dispatch.Hold{Reason: dispatch.NobodyAvailable, Next: noon.Add(time.Hour)}},
		{name: "the pool when the awaited owner has refused",
			set: func(f floor) {
				f.rep("olga", "night", presence.Rep{})
				f.rep("ann", "", presence.Rep{})
				f.pool("p", "", "ann")
			},
			lead: dispatch.Lead{Owner: "olga", Waits: true, Pool: "p", Refused: []string{"olga"}}, rep: "ann", pool: "p"},
		{name: "nobody when the owner has refused and there is no pool",
			set:  func(f floor) { f.rep("olga", "", presence.Rep{}) },
			lead: dispatch.Lead{Owner: "olga", Waits: true, Refused: []string{"olga"}},
			hold: &dispatch.Hold{Reason: dispatch.EverybodyDeclined}},
		{name: "nobody at all", set: func(floor) {}, lead: dispatch.Lead{}, hold: &dispatch.Hold{Reason: dispatch.NobodyAvailable}},
		{name: "no such pool", set: func(floor) {}, lead: dispatch.Lead{Pool: "p"}, hold: &dispatch.Hold{Reason: dispatch.PoolMissing}},
		{name: "a pool without members", set: func(f floor) { f.pool("p", "") }, lead: dispatch.Lead{Pool: "p"},
			hold: &dispatch.Hold{Reason: dispatch.PoolEmpty}},
		{name: "everybody off shift until the evening",
			set:  func(f floor) { f.rep("ann", "night", presence.Rep{}); f.pool("p", "", "ann") },
			lead: dispatch.Lead{Pool: "p"}, hold: &dispatch.Hold{Reason: dispatch.NobodyAvailable, Next: evening}},
		{name: "a calendar that has not arrived",
			set:  func(f floor) { f.rep("ann", "nowhere", presence.Rep{}); f.pool("p", "", "ann") },
			lead: dispatch.Lead{Pool: "p"}, hold: &dispatch.Hold{Reason: dispatch.NobodyAvailable}},
		{name: "the playbook's calendar for whoever has none",
			set:  func(f floor) { f.rep("ann", "", presence.Rep{}); f.pool("p", "", "ann") },
			lead: dispatch.Lead{Pool: "p", Calendar: "night"}, hold: &dispatch.Hold{Reason: dispatch.NobodyAvailable, Next: evening}},
		{name: "who is there is at a cap, another comes in the evening",
			set: func(f floor) {
				f.rep("ann", "", presence.Rep{Open: 3, MaxOpen: limit(3)})
				f.rep("bob", "night", presence.Rep{})
				f.pool("p", "", "ann", "bob")
			},
			lead: dispatch.Lead{Pool: "p"}, hold: &dispatch.Hold{Reason: dispatch.EverybodyAtCap, Next: evening}},
		{name: "who is there has declined, and is not waited for",
			set:  func(f floor) { f.rep("ann", "", presence.Rep{}); f.pool("p", "", "ann") },
			lead: dispatch.Lead{Pool: "p", Refused: []string{"ann"}}, hold: &dispatch.Hold{Reason: dispatch.EverybodyDeclined}},
		{name: "a decliner off shift is not waited for either",
			set:  func(f floor) { f.rep("ann", "night", presence.Rep{}); f.pool("p", "", "ann") },
			lead: dispatch.Lead{Pool: "p", Refused: []string{"ann"}}, hold: &dispatch.Hold{Reason: dispatch.NobodyAvailable}},
		{name: "the overflow pool",
			set: func(f floor) {
				f.rep("ann", "night", presence.Rep{})
				f.rep("zoe", "", presence.Rep{})
				f.pool("p", "q", "ann")
				f.pool("q", "", "zoe")
			},
			lead: dispatch.Lead{Pool: "p", Overflow: 1}, rep: "zoe", pool: "q"},
		{name: "no overflow unless the playbook says so",
			set: func(f floor) {
				f.rep("ann", "night", presence.Rep{})
				f.rep("zoe", "", presence.Rep{})
				f.pool("p", "q", "ann")
				f.pool("q", "", "zoe")
			},
			lead: dispatch.Lead{Pool: "p"}, hold: &dispatch.Hold{Reason: dispatch.NobodyAvailable, Next: evening}},
		{name: "overflow pools as deep as the playbook says",
			set: func(f floor) {
				f.rep("zoe", "", presence.Rep{})
				f.pool("p", "q")
				f.pool("q", "r")
				f.pool("r", "", "zoe")
			},
			lead: dispatch.Lead{Pool: "p", Overflow: 1}, hold: &dispatch.Hold{Reason: dispatch.PoolEmpty}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFloor(t)
			tc.set(f)
			rep, pool, hold := f.place(t, tc.lead)
			if rep != tc.rep || pool != tc.pool {
				t.Errorf("got %q of pool %q, want %q of %q", rep, pool, tc.rep, tc.pool)
			}
			if diff := cmp.Diff(tc.hold, hold); diff != "" {
				t.Errorf("hold (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAPlacementCountsForTheNext(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.rep("ann", "", presence.Rep{MaxOpen: limit(1)})
	f.rep("bob", "", presence.Rep{Caps: []presence.Cap{{Window: presence.Day, Most: 1}}})
	f.pool("p", "", "ann", "bob")
	got := map[string]int{}
	for range 2 {
		rep, _, _ := f.place(t, dispatch.Lead{Pool: "p"})
		got[rep]++
	}
	if diff := cmp.Diff(map[string]int{"ann": 1, "bob": 1}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	_, _, hold := f.place(t, dispatch.Lead{Pool: "p"})
	want := &dispatch.Hold{Reason: dispatch.EverybodyAtCap, Next: time.Date(2026, 3, 3, 8, 0, 0, 0, time.UTC)}
	if diff := cmp.Diff(want, hold); diff != "" {
		t.Errorf("hold (-want +got):\n%s", diff)
	}
}

// TestNobodyIsAskedForWhatPeoplePick: it waits in its queue, whoever is there.
func TestNobodyIsAskedForWhatPeoplePick(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.rep("ann", "", presence.Rep{})
	f.pool("p", "", "ann")
	lead := dispatch.Lead{Queued: true, Owner: "ann", Pool: "p", Calendar: "day"}
	placed, hold, err := f.Place(lead)
	if err != nil || placed.Rep != "" || hold == nil || hold.Reason != dispatch.Queued || !hold.Next.IsZero() {
		t.Errorf("got %v, %v, %v", placed, hold, err)
	}
	if f.Suits("ann", lead) || f.Rep("ann").Open != 0 {
		t.Error("somebody was asked")
	}
}

// TestWhoTakesALeadThemselves: their hours do not matter; all else does.
func TestWhoTakesALeadThemselves(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.rep("ann", "night", presence.Rep{MaxOpen: limit(1)})
	f.rep("bob", "night", presence.Rep{Absences: []worktime.Interval{{Start: noon, End: noon.Add(time.Hour)}}})
	lead := dispatch.Lead{Calendar: "day"}
	german := dispatch.Lead{Calendar: "day", Needs: coverage.Coverage{Languages: []string{"de"}}}
	for _, tc := range []struct {
		rep         string
		lead        dispatch.Lead
		give, claim fairness.Availability
	}{
		{"ann", german, fairness.OffShift, fairness.Unsuited},
		{"ann", dispatch.Lead{Calendar: "day", Refused: []string{"ann"}}, fairness.OffShift, fairness.AnsweredBefore},
		{"ann", lead, fairness.OffShift, fairness.Available},
		{"ann", lead, fairness.OffShift, fairness.AtCap}, // they took one
		{"bob", lead, fairness.OnLeave, fairness.OnLeave},
		{"ghost", lead, fairness.Inactive, fairness.Inactive},
	} {
		if got := f.Give(tc.rep, tc.lead); got != tc.give {
			t.Errorf("give %s %+v: got %v, want %v", tc.rep, tc.lead, got, tc.give)
		}
		if got := f.Claim(tc.rep, tc.lead); got != tc.claim {
			t.Errorf("%s claims %+v: got %v, want %v", tc.rep, tc.lead, got, tc.claim)
		}
	}
}

func TestTheOwnersLeadIsInNoLedger(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.rep("ann", "", presence.Rep{})
	f.pool("p", "", "ann")
	before := f.Pool("p").Book.Ledger
	if rep, pool, _ := f.place(t, dispatch.Lead{Owner: "ann", Pool: "p"}); rep != "ann" || pool != "" {
		t.Fatalf("got %q of pool %q", rep, pool)
	}
	if diff := cmp.Diff(before, f.Pool("p").Book.Ledger); diff != "" {
		t.Errorf("the ledger changed (-before +after):\n%s", diff)
	}
}

// TestNobodyGetsALeadWhoCannotTakeIt draws people in every state, and checks who gets leads against their state.
func TestNobodyGetsALeadWhoCannotTakeIt(t *testing.T) {
	t.Parallel()
	away := []worktime.Interval{{Start: noon, End: noon.Add(time.Hour)}}
	rapid.Check(t, func(rt *rapid.T) {
		f := newFloor(t)
		members := []string{"ann", "bob", "cat", "dan"}
		free := map[string]int64{} // how many leads each can take
		for _, id := range members {
			r := presence.Rep{Open: rapid.Int64Range(0, 2).Draw(rt, "open"), MaxOpen: limit(rapid.Int64Range(0, 3).Draw(rt, "cap"))}
			calendar := rapid.SampledFrom([]string{"day", "night", "", "nowhere"}).Draw(rt, "calendar")
			if rapid.Bool().Draw(rt, "away") {
				r.Absences = away
			}
			if r.Absences == nil && (calendar == "day" || calendar == "") {
				free[id] = max(0, *r.MaxOpen-r.Open)
			}
			f.rep(id, calendar, r)
		}
		f.pool("p", "q", members[:2]...)
		f.pool("q", "", members[2:]...)
		for range 12 {
			l := dispatch.Lead{Pool: "p", Overflow: 1, Refused: rapid.SliceOfN(rapid.SampledFrom(members), 0, 2).Draw(rt, "refused"),
				Owner: rapid.SampledFrom(append(members, "")).Draw(rt, "owner")}
			rep, _, hold := f.place(t, l)
			if hold != nil {
				for _, id := range members {
					if free[id] > 0 && !slices.Contains(l.Refused, id) {
						rt.Fatalf("held, and %s can take it", id)
					}
				}
				continue
			}
			if free[rep] <= 0 || slices.Contains(l.Refused, rep) {
				rt.Fatalf("%s got a lead, with room for %d, refused %v", rep, free[rep], l.Refused)
			}
			free[rep]--
		}
	})
}

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
	"github.com/handoffhq/handoff/services/routing/internal/presence"
)

func speaks(languages ...string) coverage.Coverage { return coverage.New(nil, nil, nil, languages) }

// person puts somebody on the floor who covers languages, and for whom somebody may stand in.
func (f floor) person(id, calendar, cover string, r presence.Rep, languages ...string) {
	r.Active = true
	f.AddRep(id, &dispatch.Rep{Rep: r, Calendar: calendar, Cover: cover, Coverage: speaks(languages...)})
}

func TestWhatALeadNeedsAndWhoIsAskedLast(t *testing.T) {
	t.Parallel()
	evening := noon.Add(6 * time.Hour)
	for _, tc := range []struct {
		name string
		set  func(f floor)
		lead dispatch.Lead
		want dispatch.Placement
		hold *dispatch.Hold
	}{
		{name: "whoever covers it, though another is owed more",
			set: func(f floor) {
				f.person("ann", "", "", presence.Rep{}, "en")
				f.person("bob", "", "", presence.Rep{}, "en", "de")
				f.pool("p", "", "ann", "bob")
			},
			lead: dispatch.Lead{Pool: "p", Needs: speaks("de")}, want: dispatch.Placement{Rep: "bob", Pool: "p"}},
		{name: "the overflow pool has somebody who covers it",
			set: func(f floor) {
				f.person("ann", "", "", presence.Rep{})
				f.person("zoe", "", "", presence.Rep{}, "de")
				f.pool("p", "q", "ann")
				f.pool("q", "", "zoe")
			},
			lead: dispatch.Lead{Pool: "p", Overflow: 1, Needs: speaks("de")}, want: dispatch.Placement{Rep: "zoe", Pool: "q"}},
		{name: "nobody covers it",
			set: func(f floor) {
				f.person("ann", "", "", presence.Rep{}, "en")
				f.person("bob", "night", "", presence.Rep{})
				f.pool("p", "", "ann", "bob")
			},
			lead: dispatch.Lead{Pool: "p", Needs: speaks("de")}, hold: &dispatch.Hold{Reason: dispatch.NobodySuited}},
		{name: "who covers it comes in the evening",
			set: func(f floor) {
				f.person("ann", "", "", presence.Rep{})
				f.person("bob", "night", "", presence.Rep{}, "de")
				f.pool("p", "", "ann", "bob")
			},
			lead: dispatch.Lead{Pool: "p", Needs: speaks("de")}, hold: &dispatch.Hold{Reason: dispatch.NobodyAvailable, Next: evening}},
		{name: "who does not cover it is not waited for",
			set: func(f floor) {
				f.person("ann", "night", "", presence.Rep{})
				f.person("bob", "", "", presence.Rep{MaxOpen: limit(0)}, "de")
				f.pool("p", "", "ann", "bob")
			},
			lead: dispatch.Lead{Pool: "p", Needs: speaks("de")}, hold: &dispatch.Hold{Reason: dispatch.EverybodyAtCap}},
		{name: "an owner is chosen as a person",
			set:  func(f floor) { f.person("olga", "", "", presence.Rep{}) },
			lead: dispatch.Lead{Owner: "olga", Needs: speaks("de")}, want: dispatch.Placement{Rep: "olga"}},

		{name: "the fallback pool, after the overflow",
			set: func(f floor) {
				f.person("zoe", "", "", presence.Rep{})
				f.pool("p", "q")
				f.pool("q", "")
				f.pool("last", "", "zoe")
			},
			lead: dispatch.Lead{Pool: "p", Overflow: 1, Fallback: dispatch.Fallback{Pool: "last"}}, want: dispatch.Placement{Rep: "zoe", Pool: "last"}},
		{name: "the fallback when the lead's pool does not exist",
			set:  func(f floor) { f.person("zoe", "", "", presence.Rep{}) },
			lead: dispatch.Lead{Pool: "p", Fallback: dispatch.Fallback{Rep: "zoe"}}, want: dispatch.Placement{Rep: "zoe"}},
		{name: "a fallback rep who is away is waited for",
			set:  func(f floor) { f.person("zoe", "night", "", presence.Rep{}); f.pool("p", "") },
			lead: dispatch.Lead{Pool: "p", Fallback: dispatch.Fallback{Rep: "zoe"}}, hold: &dispatch.Hold{Reason: dispatch.PoolEmpty, Next: evening}},
		{name: "no fallback while the lead waits for its owner",
			set: func(f floor) {
				f.person("olga", "night", "", presence.Rep{})
				f.person("zoe", "", "", presence.Rep{})
			},
			lead: dispatch.Lead{Owner: "olga", Waits: true, Fallback: dispatch.Fallback{Rep: "zoe"}},
			hold: &dispatch.Hold{Reason: dispatch.NobodyAvailable, Next: evening}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFloor(t)
			tc.set(f)
			f.expect(t, tc.lead, tc.want, tc.hold)
		})
	}
}

// expect places a lead and compares, but for the turn.
func (f floor) expect(t *testing.T, l dispatch.Lead, want dispatch.Placement, hold *dispatch.Hold) {
	t.Helper()
	l.Calendar = "day"
	got, held, err := f.Place(l)
	if err != nil {
		t.Fatal(err)
	}
	got.Decision, got.Trail = want.Decision, nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("placement (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(hold, untold(held)); diff != "" {
		t.Errorf("hold (-want +got):\n%s", diff)
	}
}

func TestWhoStandsInForAnOwner(t *testing.T) {
	t.Parallel()
	away := presence.Rep{Absences: []worktime.Interval{{Start: noon.Add(-time.Hour), End: noon.Add(time.Hour)}}}
	team := func(f floor, stands presence.Rep, calendar string) {
		f.person("olga", "", "carl", away)
		f.person("carl", calendar, "dora", stands)
		f.person("dora", "", "", presence.Rep{})
		f.person("ann", "", "", presence.Rep{})
		f.pool("p", "", "ann", "carl")
	}
	owners := dispatch.Lead{Owner: "olga", Pool: "p"}
	awaits := dispatch.Lead{Owner: "olga", Pool: "p", Waits: true}
	refused := dispatch.Lead{Owner: "olga", Pool: "p", Refused: []string{"carl"}}
	for _, tc := range []struct {
		name     string
		stands   presence.Rep // who stands in for the owner
		calendar string
		lead     dispatch.Lead
		want     dispatch.Placement
		hold     *dispatch.Hold
	}{
		{name: "the cover, in the owner's stead", lead: owners, want: dispatch.Placement{Rep: "carl", CoverFor: "olga", Past: "p"}},
		{name: "the cover of a cover who is away, too", stands: away, lead: owners, want: dispatch.Placement{Rep: "dora", CoverFor: "olga"}},
		{name: "the pool when the cover is off shift", calendar: "night", lead: owners, want: dispatch.Placement{Rep: "ann", Pool: "p"}},
		{name: "the pool when the cover has refused", lead: refused, want: dispatch.Placement{Rep: "ann", Pool: "p"}},
		{name: "a lead that waits goes to the cover, too", lead: awaits, want: dispatch.Placement{Rep: "carl", CoverFor: "olga", Past: "p"}},
		{name: "and waits for the first of them who comes", calendar: "night", lead: awaits,
			hold: &dispatch.Hold{Reason: dispatch.NobodyAvailable, Next: noon.Add(time.Hour)}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			f := newFloor(t)
			team(f, tc.stands, tc.calendar)
			f.expect(t, tc.lead, tc.want, tc.hold)
		})
	}
}

func TestNobodyStandsInWhileTheOwnerIsThere(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.person("olga", "night", "carl", presence.Rep{}) // off shift is not away
	f.person("carl", "", "", presence.Rep{})
	f.expect(t, dispatch.Lead{Owner: "olga", Waits: true}, dispatch.Placement{},
		&dispatch.Hold{Reason: dispatch.NobodyAvailable, Next: noon.Add(6 * time.Hour)})
}

func TestCoversThatGoInACircleEnd(t *testing.T) {
	t.Parallel()
	away := presence.Rep{Absences: []worktime.Interval{{Start: noon.Add(-time.Hour), End: noon.Add(time.Hour)}}}
	f := newFloor(t)
	f.person("olga", "", "carl", away)
	f.person("carl", "", "olga", away)
	f.expect(t, dispatch.Lead{Owner: "olga"}, dispatch.Placement{}, &dispatch.Hold{Reason: dispatch.NobodyAvailable, Next: noon.Add(time.Hour)})
}

// TestAPoolGivesToWhomCoversTheNeeds draws who covers what, and checks each placement against it.
func TestAPoolGivesToWhomCoversTheNeeds(t *testing.T) {
	t.Parallel()
	languages := rapid.SliceOfN(rapid.SampledFrom([]string{"de", "en", "fr"}), 0, 3)
	rapid.Check(t, func(rt *rapid.T) {
		f := newFloor(t)
		covers := map[string]coverage.Coverage{}
		for _, id := range []string{"ann", "bob", "cat"} {
			spoken := languages.Draw(rt, id)
			covers[id] = speaks(spoken...)
			f.person(id, "", "", presence.Rep{}, spoken...)
		}
		f.pool("p", "", "ann", "bob", "cat")
		for range 8 {
			l := dispatch.Lead{Pool: "p", Needs: speaks(languages.Draw(rt, "needs")...), Calendar: "day"}
			placed, hold, err := f.Place(l)
			if err != nil {
				rt.Fatal(err)
			}
			var suited []string
			for id, c := range covers {
				if c.Covers(l.Needs) {
					suited = append(suited, id)
				}
			}
			switch {
			case hold == nil && !slices.Contains(suited, placed.Rep):
				rt.Fatalf("%s got a lead that needs %v", placed.Rep, l.Needs)
			case hold != nil && (len(suited) > 0 || hold.Reason != dispatch.NobodySuited):
				rt.Fatalf("held for %v, and %v cover %v", hold.Reason, suited, l.Needs)
			}
		}
	})
}

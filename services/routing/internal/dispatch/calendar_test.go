package dispatch_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/routing/internal/dispatch"
	"github.com/handoffhq/handoff/services/routing/internal/presence"
)

func TestARepWorksByTheirOwnCalendarOrElseTheirPoolsOrElseThePlaybooks(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.rep("own", "day", presence.Rep{})
	f.rep("ann", "", presence.Rep{})
	f.rep("bob", "", presence.Rep{})
	f.rep("eve", "", presence.Rep{})
	f.rep("out", "", presence.Rep{})
	for id, p := range map[string]struct {
		calendar, overflow string
		members            []string
	}{"home": {"night", "over", []string{"ann", "own"}}, "over": {"other", "plain", []string{"ann", "bob"}}, "plain": {"", "", []string{"bob", "eve"}}, "last": {"late", "", []string{"eve", "out"}}} {
		f.pool(id, p.overflow, p.members...)
		f.Pool(id).Calendar = p.calendar
	}
	way := dispatch.Lead{Pool: "home", Overflow: 5, Fallback: dispatch.Fallback{Pool: "last"}, Calendar: "playbook"}
	short := way
	short.Overflow = 0
	short.Fallback = dispatch.Fallback{}
	for _, tt := range []struct {
		rep  string
		lead dispatch.Lead
		want string
	}{
		{"own", way, "day"}, {"ann", way, "night"}, {"bob", way, "other"}, {"eve", way, ""}, {"out", way, "late"},
		{"bob", short, ""}, {"out", short, ""}, {"ann", dispatch.Lead{}, ""}, {"out", dispatch.Lead{Pool: "none", Fallback: dispatch.Fallback{Pool: "last"}}, "late"},
	} {
		if got := f.Calendar(tt.rep, tt.lead); got != tt.want {
			t.Errorf("%s for %+v: got %q, want %q", tt.rep, tt.lead, got, tt.want)
		}
	}
}

func TestAPoolsCalendarSaysWhoIsThereAndWhenTheyCome(t *testing.T) {
	t.Parallel()
	f := newFloor(t)
	f.rep("ann", "", presence.Rep{})
	f.rep("bob", "", presence.Rep{})
	f.pool("home", "over", "ann")
	f.pool("over", "", "bob")
	f.Pool("home").Calendar = "night"
	lead := dispatch.Lead{Pool: "home", Calendar: "day"}
	if _, _, hold := f.place(t, lead); hold == nil || hold.Reason != dispatch.NobodyAvailable || !hold.Next.Equal(noon.Add(6*time.Hour)) {
		t.Errorf("got %+v, want held until the evening", hold)
	}
	if f.Suits("ann", lead) {
		t.Error("ann suits by the playbook's hours")
	}
	lead.Overflow = 1
	if rep, pool, hold := f.place(t, lead); rep != "bob" || pool != "over" {
		t.Errorf("got %q by %q, %+v, want bob by the hours of the playbook", rep, pool, hold)
	}
	f.Pool("over").Calendar = "night"
	if rep, _, hold := f.place(t, lead); rep != "" || hold == nil {
		t.Errorf("got %q, want nobody by the hours of the overflow pool", rep)
	}
}

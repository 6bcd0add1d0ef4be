package sla_test

import (
	"testing"
	"time"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	slav1 "github.com/handoffhq/handoff/gen/go/handoff/sla/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func TestAConfirmedActivityCountsWhenItHappened(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.inbox("playbooks/1", 11)
		last := b.mail(blast(11)...)
		b.wait(6 * time.Hour)
		made, err := b.confirm(last.GetName())
		equal(b, "error", refusal(err), "OK")
		equal(b, "still suspect, and confirmed", []any{made.GetSuspect(), made.GetConfirmTime().AsTime()}, []any{true, at(6 * time.Hour)})
		c := b.clock(11, "first_touch-1")
		equal(b, "met", []any{c.GetState(), c.GetStopTime().AsTime()}, []any{slav1.Clock_STATE_MET, at(time.Hour + 11*time.Second)})
		equal(b, "told", only(b.alarms(), "first_touch-1")[len(only(b.alarms(), "first_touch-1"))-2:],
			[]string{"retracted first_touch-1 6h0m0s", "met first_touch-1 6h0m0s"})
		equal(b, "the others wait", b.touched(11), []int{11})
		told := b.touches()
		equal(b, "a first touch after all", told[len(told)-1].GetFirstTouchMade().GetActivity(), last.GetName())

		b.room.Clock.Set(at(7 * time.Hour))
		again, err := b.confirm(last.GetName())
		equal(b, "error", refusal(err), "OK")
		equal(b, "again", again, made)
		equal(b, "told once", b.count(confirmed), 1)
	})
}

func TestSeveralAreConfirmedAtOnceOrNone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.inbox("playbooks/1", 11)
		b.mail(blast(11)...)
		machine := mailed(1, 2)
		machine.Activity.Automated = true
		automated := b.mail(machine).GetName()
		var names []string
		req := &slav1.ListSuspectActivitiesRequest{PageSize: 4}
		for {
			page, err := b.api.ListSuspectActivities(b.admin(), req)
			equal(b, "error", refusal(err), "OK")
			for _, a := range page.GetActivities() {
				names = append(names, a.GetName())
			}
			if req.PageToken = page.GetNextPageToken(); req.GetPageToken() == "" {
				break
			}
		}
		equal(b, "listed", len(names), 11)
		for _, other := range []struct{ name, want string }{{automated, "STATE_CONFLICT"}, {handoff(1) + "/activities/" + id(7), "RESOURCE_NOT_FOUND"},
			{handoff(99) + "/activities/" + id(7), "RESOURCE_NOT_FOUND"}} {
			_, err := b.api.BatchConfirmActivities(b.admin(), &slav1.BatchConfirmActivitiesRequest{Names: []string{names[0], other.name}})
			equal(b, "with "+other.name, refusal(err), other.want)
		}
		equal(b, "none", b.count(confirmed), 0)
		_, err := b.confirm(names[2])
		equal(b, "error", refusal(err), "OK")

		some := []string{names[3], names[1], names[2]}
		id := "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
		for range 2 {
			made, err := b.api.BatchConfirmActivities(b.admin(), &slav1.BatchConfirmActivitiesRequest{Names: some, RequestId: id})
			equal(b, "error", refusal(err), "OK")
			var got []string
			for _, a := range made.GetActivities() {
				got = append(got, a.GetName())
			}
			equal(b, "in their order", got, some)
		}
		equal(b, "each once", b.count(confirmed), 3)
		equal(b, "they count", b.touched(11), []int{2, 3, 4})
		for rep, want := range map[string]int{"": 8, "reps/ann": 8, "reps/bob": 0} {
			rest, err := b.api.ListSuspectActivities(b.admin(), &slav1.ListSuspectActivitiesRequest{Rep: rep})
			equal(b, "error", refusal(err), "OK")
			equal(b, "of "+rep+" are left", len(rest.GetActivities()), want)
		}
		_, err = b.api.ListSuspectActivities(b.rep("ann"), &slav1.ListSuspectActivitiesRequest{})
		equal(b, "a rep sees none", refusal(err), "ROLE_MISSING")
		_, err = b.api.BatchConfirmActivities(b.rep("ann"), &slav1.BatchConfirmActivitiesRequest{Names: names})
		equal(b, "nor confirms any", refusal(err), "ROLE_MISSING")
	})
}

func TestWhatIsConfirmedBeforeItIsFlaggedCounts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.inbox("playbooks/1", 11)
		first := b.mail(mailed(1, 1))
		made, err := b.confirm(first.GetName())
		equal(b, "error", refusal(err), "OK")
		equal(b, "not suspect", made.GetSuspect(), false)
		b.mail(blast(11)[1:]...)
		equal(b, "suspects", b.suspects(11), upTo(11))
		equal(b, "counts", b.touched(11), []int{1})
		equal(b, "told which counts", b.count(func(e *eventv1.Event) bool { return e.GetActivityFlagged().GetCounts() }), 1)
	})
}

func TestWhoConfirms(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, b *bench) {
		b.inbox("playbooks/1", 1)
		a := b.mail(mailed(1, 1))
		machine := mailed(1, 2)
		machine.Activity.Automated = true
		_, err := b.confirm(b.mail(machine).GetName())
		equal(b, "a machine's", refusal(err), "STATE_CONFLICT")
		_, err = b.confirm(handoff(1) + "/activities/" + id(7))
		equal(b, "nobody's", refusal(err), "RESOURCE_NOT_FOUND")
		_, err = b.confirm(handoff(2) + "/activities/" + id(7))
		equal(b, "of no handoff", refusal(err), "RESOURCE_NOT_FOUND")
		for _, role := range []accessv1.Role{accessv1.Role_ROLE_SALES_REP, accessv1.Role_ROLE_SERVICE, accessv1.Role_ROLE_MARKETING_LEAD} {
			_, err := b.api.ConfirmActivity(roomtest.As(b.Context(), "ann", role), &slav1.ConfirmActivityRequest{Name: a.GetName()})
			equal(b, role.String(), refusal(err), "ROLE_MISSING")
		}
		_, err = b.api.ConfirmActivity(b.admin(), &slav1.ConfirmActivityRequest{Name: a.GetName()})
		equal(b, "RevOps", refusal(err), "OK")
		equal(b, "told", b.count(confirmed), 1)
	})
}

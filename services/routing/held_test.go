package routing_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

func (b *bundle) updateRep(t *testing.T, r *routingv1.Rep, paths ...string) {
	t.Helper()
	req := &routingv1.UpdateRepRequest{Rep: r, UpdateMask: &fieldmaskpb.FieldMask{Paths: paths}}
	if _, err := b.client.UpdateRep(revops(t), req); err != nil {
		t.Fatalf("update %s: %v", r.GetName(), err)
	}
}

func (b *bundle) updatePool(t *testing.T, p *routingv1.Pool, paths ...string) {
	t.Helper()
	req := &routingv1.UpdatePoolRequest{Pool: p, UpdateMask: &fieldmaskpb.FieldMask{Paths: paths}}
	if _, err := b.client.UpdatePool(revops(t), req); err != nil {
		t.Fatalf("update %s: %v", p.GetName(), err)
	}
}

func (b *bundle) absent(t *testing.T, rep string, from, to time.Time) string {
	t.Helper()
	a, err := b.client.CreateAbsence(revops(t), &routingv1.CreateAbsenceRequest{Parent: "reps/" + rep, Absence: &routingv1.Absence{
		StartTime: timestamppb.New(from), EndTime: timestamppb.New(to), Kind: "vacation"}})
	if err != nil {
		t.Fatalf("absence of %s: %v", rep, err)
	}
	return a.GetName()
}

// TestTheSecondTierGoesBeforeTheTenth: tiers rank as people count, not letter by letter.
func TestTheSecondTierGoesBeforeTheTenth(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		doc := example()
		tiers := doc.GetRouting().GetTiers()
		tiers["T10"] = tiers["T3"]
		delete(tiers, "T3")
		tiers["T1"].Assign, tiers["T2"].Assign = pool("velocity"), pool("velocity")
		b.activate(t, 2, doc)
		b.pool(t, "velocity")
		of2 := func(e *eventv1.Event) *eventv1.Event { e.Playbook = "playbooks/2"; return e }
		tenth, second := of2(b.lead()), of2(b.lead(target, mediumIntent))
		b.Tell(t, eventlog.Scoring, tenth)
		b.Tell(t, eventlog.Scoring, second)
		b.rep(t, "vic", maxOpen(1))
		b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/vic"}}}, "members")
		b.assignedTo(t, second.GetHandoff(), "vic")
		b.heldFor(t, tenth.GetHandoff(), routingv1.Hold_REASON_EVERYBODY_AT_CAP)
	})
}

// TestWhatFreesAHeldLead: each change gives the lead to vic at once.
func TestWhatFreesAHeldLead(t *testing.T) {
	start := roomtest.Start
	for _, tc := range []struct {
		name   string
		before func(t *testing.T, b *bundle)
		reason routingv1.Hold_Reason
		change func(t *testing.T, b *bundle)
	}{
		{"the pool is made", func(t *testing.T, b *bundle) { b.rep(t, "vic") }, routingv1.Hold_REASON_POOL_MISSING,
			func(t *testing.T, b *bundle) { b.pool(t, "velocity", "vic") }},
		{"a member joins", func(t *testing.T, b *bundle) { b.rep(t, "vic"); b.pool(t, "velocity") }, routingv1.Hold_REASON_POOL_EMPTY,
			func(t *testing.T, b *bundle) {
				b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Members: []*routingv1.PoolMember{{Rep: "reps/vic"}}}, "members")
			}},
		{"the rep becomes active", func(t *testing.T, b *bundle) { b.rep(t, "vic", inactive); b.pool(t, "velocity", "vic") },
			routingv1.Hold_REASON_NOBODY_AVAILABLE,
			func(t *testing.T, b *bundle) {
				b.updateRep(t, &routingv1.Rep{Name: "reps/vic", Active: proto.Bool(true)}, "active")
			}},
		{"the cap is raised", func(t *testing.T, b *bundle) { b.rep(t, "vic", maxOpen(0)); b.pool(t, "velocity", "vic") },
			routingv1.Hold_REASON_EVERYBODY_AT_CAP,
			func(t *testing.T, b *bundle) {
				b.updateRep(t, &routingv1.Rep{Name: "reps/vic", MaxOpen: proto.Int32(1)}, "max_open")
			}},
		{"the rep works by another calendar", func(t *testing.T, b *bundle) {
			b.calendar(t, hours("night", "America/New_York", "18:00", "24:00", wholeWeek...))
			b.rep(t, "vic", worksBy("night"))
			b.pool(t, "velocity", "vic")
		}, routingv1.Hold_REASON_NOBODY_AVAILABLE, func(t *testing.T, b *bundle) {
			b.updateRep(t, &routingv1.Rep{Name: "reps/vic"}, "calendar")
		}},
		{"the calendar arrives", func(t *testing.T, b *bundle) {
			b.rep(t, "vic", worksBy("own"))
			b.pool(t, "velocity", "vic")
		}, routingv1.Hold_REASON_NOBODY_AVAILABLE, func(t *testing.T, b *bundle) {
			b.calendar(t, hours("own", "UTC", "00:00", "24:00", wholeWeek...))
		}},
		{"the calendar changes", func(t *testing.T, b *bundle) {
			b.calendar(t, hours("own", "UTC", "18:00", "24:00", wholeWeek...))
			b.rep(t, "vic", worksBy("own"))
			b.pool(t, "velocity", "vic")
		}, routingv1.Hold_REASON_NOBODY_AVAILABLE, func(t *testing.T, b *bundle) {
			b.calendar(t, hours("own", "UTC", "00:00", "24:00", wholeWeek...))
		}},
		{"the pool works by another calendar", func(t *testing.T, b *bundle) {
			b.calendar(t, hours("night", "America/New_York", "18:00", "24:00", wholeWeek...))
			b.calendar(t, hours("round", "America/New_York", "00:00", "24:00", wholeWeek...))
			b.rep(t, "vic")
			b.pool(t, "velocity", "vic")
			b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Calendar: "calendars/night"}, "calendar")
		}, routingv1.Hold_REASON_NOBODY_AVAILABLE, func(t *testing.T, b *bundle) {
			b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Calendar: "calendars/round"}, "calendar")
		}},
		{"the pool works by the playbook's calendar again", func(t *testing.T, b *bundle) {
			b.calendar(t, hours("night", "America/New_York", "18:00", "24:00", wholeWeek...))
			b.rep(t, "vic")
			b.pool(t, "velocity", "vic")
			b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Calendar: "calendars/night"}, "calendar")
		}, routingv1.Hold_REASON_NOBODY_AVAILABLE, func(t *testing.T, b *bundle) {
			b.updatePool(t, &routingv1.Pool{Name: "pools/velocity"}, "calendar")
		}},
		{"the pool's calendar changes", func(t *testing.T, b *bundle) {
			b.calendar(t, hours("own", "UTC", "18:00", "24:00", wholeWeek...))
			b.rep(t, "vic")
			b.pool(t, "velocity", "vic")
			b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Calendar: "calendars/own"}, "calendar")
		}, routingv1.Hold_REASON_NOBODY_AVAILABLE, func(t *testing.T, b *bundle) {
			b.calendar(t, hours("own", "UTC", "00:00", "24:00", wholeWeek...))
		}},
		{"the absence ends", func(t *testing.T, b *bundle) {
			b.rep(t, "vic")
			b.pool(t, "velocity", "vic")
			b.absent(t, "vic", start.Add(-time.Hour), start.Add(time.Hour))
		}, routingv1.Hold_REASON_NOBODY_AVAILABLE, func(t *testing.T, b *bundle) { b.advanceTo(t, start.Add(time.Hour)) }},
		{"an overflow pool is named", func(t *testing.T, b *bundle) {
			b.rep(t, "vic")
			b.pool(t, "velocity")
			b.pool(t, "spare", "vic")
		}, routingv1.Hold_REASON_POOL_EMPTY, func(t *testing.T, b *bundle) {
			b.updatePool(t, &routingv1.Pool{Name: "pools/velocity", Overflow: "pools/spare"}, "overflow")
		}},
		{"a member joins the overflow pool", func(t *testing.T, b *bundle) {
			b.rep(t, "vic")
			b.pool(t, "spare")
			b.overflowing(t, "velocity", "spare")
		}, routingv1.Hold_REASON_POOL_EMPTY, func(t *testing.T, b *bundle) {
			b.updatePool(t, &routingv1.Pool{Name: "pools/spare", Members: []*routingv1.PoolMember{{Rep: "reps/vic"}}}, "members")
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			each(t, func(t *testing.T, b *bundle) {
				tc.before(t, b)
				name := b.qualify(t)
				b.heldFor(t, name, tc.reason)
				tc.change(t, b)
				b.assignedTo(t, name, "vic")
				want := []string{"handoff_opened", "handoff_held", "handoff_assigned"}
				if diff := cmp.Diff(want, b.toldOf(t, name)); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestAnAbsenceThatIsTakenBackFreesItsRep(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		absence := b.absent(t, "vic", roomtest.Start, roomtest.Start.Add(time.Hour))
		name := b.qualify(t)
		b.heldFor(t, name, routingv1.Hold_REASON_NOBODY_AVAILABLE)
		if _, err := b.client.DeleteAbsence(revops(t), &routingv1.DeleteAbsenceRequest{Name: absence}); err != nil {
			t.Fatal(err)
		}
		b.assignedTo(t, name, "vic")
	})
}

func TestAnOwnerWhoIsEnteredLaterGetsWhatWaitsForThem(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		name := b.qualify(t, dealOf("olga"), lowIntent) // the table has no pool for it
		b.heldFor(t, name, routingv1.Hold_REASON_NOBODY_AVAILABLE)
		b.rep(t, "olga")
		b.assignedTo(t, name, "olga")
	})
}

func TestAnAbsenceDelaysWhoWaits(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.rep(t, "vic")
		b.pool(t, "velocity", "vic")
		b.advanceTo(t, at("2026-03-02T18:00-05:00"))
		name := b.qualify(t)
		if got, want := b.heldFor(t, name, routingv1.Hold_REASON_NOBODY_AVAILABLE).AsTime(), at("2026-03-03T09:00-05:00"); !got.Equal(want) {
			t.Fatalf("got next %v, want %v", got, want)
		}
		b.absent(t, "vic", at("2026-03-03T00:00-05:00"), at("2026-03-03T13:00-05:00"))
		if got, want := b.heldFor(t, name, routingv1.Hold_REASON_NOBODY_AVAILABLE).AsTime(), at("2026-03-03T13:00-05:00"); !got.Equal(want) {
			t.Fatalf("got next %v, want %v", got, want)
		}
		held := lastTold[*eventv1.HandoffHeld](t, b, "handoff_held")
		if got := held.GetNextAvailableTime().AsTime(); !got.Equal(at("2026-03-03T13:00-05:00")) {
			t.Errorf("told %v", got)
		}
	})
}

func (b *bundle) openCount(t *testing.T, rep string) int32 {
	t.Helper()
	r, err := b.client.GetRep(revops(t), &routingv1.GetRepRequest{Name: "reps/" + rep})
	if err != nil {
		t.Fatal(err)
	}
	return r.GetOpenCount()
}

func TestTheDaysCapEndsAtTheRepsMidnight(t *testing.T) {
	each(t, func(t *testing.T, b *bundle) {
		b.calendar(t, hours("always", "Europe/Berlin", "00:00", "24:00", wholeWeek...))
		b.rep(t, "vic", maxPerDay(2), worksBy("always"))
		b.pool(t, "velocity", "vic")
		b.qualify(t)
		b.advanced(t, "vic", b.qualify(t), 1, routingv1.Step_STEP_REJECT) // it came today all the same
		third := b.qualify(t)
		next := b.heldFor(t, third, routingv1.Hold_REASON_EVERYBODY_AT_CAP)
		if want := at("2026-03-03T00:00+01:00"); !next.AsTime().Equal(want) {
			t.Fatalf("got next %v, want %v", next.AsTime(), want)
		}
		b.advanceTo(t, next.AsTime().Add(-time.Microsecond))
		b.heldFor(t, third, routingv1.Hold_REASON_EVERYBODY_AT_CAP)
		b.advanceTo(t, next.AsTime())
		b.assignedTo(t, third, "vic")
	})
}

// disqualified says that a lead meets a disqualifier.
func disqualified(lead *eventv1.Event) *eventv1.Event {
	return &eventv1.Event{Key: lead.GetLead(), Lead: lead.GetLead(), Handoff: lead.GetHandoff(), Payload: &eventv1.Event_LeadDisqualified{
		LeadDisqualified: &eventv1.LeadDisqualified{Lead: lead.GetLead(), Handoff: lead.GetHandoff(), Disqualifier: "competitor"}}}
}

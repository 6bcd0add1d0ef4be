package routing_test

import (
	"cmp"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"
	"pgregory.net/rapid"

	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
)

// anAbsence draws when somebody is away, and who stands in.
func (m *machine) anAbsence(rt *rapid.T) *routingv1.Absence {
	start := m.Clock.Now().Add(time.Duration(rapid.IntRange(-2, 4).Draw(rt, "start")) * time.Hour)
	return &routingv1.Absence{StartTime: timestamppb.New(start),
		EndTime: timestamppb.New(start.Add(time.Duration(rapid.IntRange(1, 30).Draw(rt, "hours")) * time.Hour)),
		Cover:   rapid.SampledFrom([]string{"", "reps/ann", "reps/bob", "reps/cat", "reps/dan"}).Draw(rt, "cover")}
}

func (m *machine) enterAbsence(rt *rapid.T) {
	id := rapid.SampledFrom(crew).Draw(rt, "rep")
	a, err := m.client.CreateAbsence(revops(m.t), &routingv1.CreateAbsenceRequest{Parent: "reps/" + id, Absence: m.anAbsence(rt)})
	switch reason := refusalOf(err).reason; {
	case reason == "RESOURCE_EXISTS" || reason == "CYCLE":
		rt.Skip("it was entered at this instant already, or would make a cycle")
	case err != nil:
		rt.Fatal(err)
	}
	m.absences[id] = append(m.absences[id], a)
}

func (m *machine) changeAbsence(rt *rapid.T) {
	id := rapid.SampledFrom(crew).Draw(rt, "rep")
	if len(m.absences[id]) == 0 {
		rt.Skip("there is none")
	}
	i := rapid.IntRange(0, len(m.absences[id])-1).Draw(rt, "which")
	wanted := m.anAbsence(rt)
	wanted.Name = m.absences[id][i].GetName()
	a, err := m.updateAbsence(m.t, wanted, "start_time", "end_time", "cover")
	switch {
	case refusalOf(err).reason == "CYCLE":
		rt.Skip("it would make a cycle")
	case err != nil:
		rt.Fatal(err)
	}
	m.absences[id][i] = a
}

func (m *machine) deleteAbsence(rt *rapid.T) {
	id := rapid.SampledFrom(crew).Draw(rt, "rep")
	if len(m.absences[id]) == 0 {
		rt.Skip("there is none")
	}
	if _, err := m.client.DeleteAbsence(revops(m.t), &routingv1.DeleteAbsenceRequest{Name: m.absences[id][0].GetName()}); err != nil {
		rt.Fatal(err)
	}
	m.absences[id] = m.absences[id][1:]
}

// leaveOf is whether a rep is away, and who was named to stand in: by the absence that began last and names somebody.
func (m *machine) leaveOf(id string) (away bool, cover string) {
	now, ordered := m.Clock.Now(), slices.Clone(m.absences[id])
	slices.SortFunc(ordered, func(a, b *routingv1.Absence) int {
		return cmp.Or(a.GetStartTime().AsTime().Compare(b.GetStartTime().AsTime()), cmp.Compare(a.GetName(), b.GetName()))
	})
	for _, a := range ordered {
		if !now.Before(a.GetStartTime().AsTime()) && now.Before(a.GetEndTime().AsTime()) {
			away, cover = true, cmp.Or(a.GetCover(), cover)
		}
	}
	return away, cover
}

// standIn is who stands in for a rep; empty for nobody.
func (m *machine) standIn(id string) string {
	away, cover := m.leaveOf(id)
	for away && cover != "" {
		id = cover[len("reps/"):]
		if m.inactive[id] {
			return ""
		}
		if away, cover = m.leaveOf(id); !away {
			return "reps/" + id
		}
	}
	return ""
}

// missed is the working time of an absence that a rep is in, with all that follow without a break.
func (m *machine) missed(id string) time.Duration {
	now := m.Clock.Now()
	start, end := now, now
	for range m.absences[id] {
		for _, a := range m.absences[id] {
			if a.GetEndTime().AsTime().After(now) && !a.GetStartTime().AsTime().After(end) {
				start = slices.MinFunc([]time.Time{start, a.GetStartTime().AsTime()}, time.Time.Compare)
				end = slices.MaxFunc([]time.Time{end, a.GetEndTime().AsTime()}, time.Time.Compare)
			}
		}
	}
	return m.hours[id].Worked(start, end)
}

// checkCovers compares who stands in, and who sees what, with the absences; and makes sure that nothing waits for the answer of
// somebody who will not give it.
func (m *machine) checkCovers(t reporter) {
	t.Helper()
	resp, err := m.client.ListHandoffs(revops(m.t), &routingv1.ListHandoffsRequest{PageSize: 1000})
	if err != nil {
		t.Fatalf("%v", err)
	}
	seen := map[string][]string{}
	for _, id := range crew {
		own, err := m.client.ListHandoffs(as(m.t, id), &routingv1.ListHandoffsRequest{PageSize: 1000})
		if err != nil {
			t.Fatalf("%v", err)
		}
		seen[id] = namesOf(own.GetHandoffs())
	}
	for _, h := range resp.GetHandoffs() {
		assigned := h.GetState() == routingv1.Handoff_STATE_ASSIGNED
		if !assigned && h.GetState() != routingv1.Handoff_STATE_ACCEPTED {
			continue
		}
		id := h.GetRep()[len("reps/"):]
		cover := m.standIn(id)
		if h.GetCover() != cover {
			t.Fatalf("%s of %s is covered by %q, want %q", h.GetName(), id, h.GetCover(), cover)
		}
		for _, viewer := range crew {
			want := viewer == id || "reps/"+viewer == cover
			if got := slices.Contains(seen[viewer], h.GetName()); got != want {
				t.Fatalf("%s sees %s of %s, covered by %q: %v", viewer, h.GetName(), id, cover, got)
			}
		}
		away, _ := m.leaveOf(id)
		if assigned && (m.inactive[id] || away && cover == "" && m.missed(id) > 4*time.Hour) {
			t.Fatalf("%s waits for %s, who takes no leads (%v) or is away for %v", h.GetName(), id, m.inactive[id], m.missed(id))
		}
	}
}

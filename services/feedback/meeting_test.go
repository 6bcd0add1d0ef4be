package feedback_test

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	routingv1 "github.com/handoffhq/handoff/gen/go/handoff/routing/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// fact is what the service keeps of a handoff or a meeting.
type fact struct {
	Of, Handoff, Partner, Source, Campaign, Magnet string
	Kind, Playbook                                 int64
	Added                                          bool
	BroughtAt                                      time.Time
	Checks                                         int
}

// facts are what the service keeps of handoffs and then of meetings, in the order of their names.
func (o *office) facts(t *testing.T) []fact {
	t.Helper()
	var all []fact
	for row, err := range o.Host.DB.Query(t.Context(), `SELECT meeting, id, partner, source, campaign, lead_magnet, kind, playbook FROM handoff ORDER BY id`) {
		var f fact
		if err == nil {
			err = row.Scan(&f.Of, &f.Handoff, &f.Partner, &f.Source, &f.Campaign, &f.Magnet, &f.Kind, &f.Playbook)
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	for row, err := range o.Host.DB.Query(t.Context(), `SELECT name, handoff_id, partner, playbook, added, brought_at, checks FROM meeting ORDER BY name`) {
		var (
			f       fact
			brought int64
			checks  []byte
			rubric  scoringv1.Rubric
		)
		if err == nil {
			err = row.Scan(&f.Of, &f.Handoff, &f.Partner, &f.Playbook, &f.Added, &brought, &checks)
		}
		if err == nil {
			err = proto.Unmarshal(checks, &rubric)
		}
		if err != nil {
			t.Fatal(err)
		}
		f.BroughtAt, f.Checks = time.UnixMicro(brought).UTC(), len(rubric.GetChecks())
		all = append(all, f)
	}
	return all
}

// TestWhatIsKnownOfAMeetingDependsOnNoOrder: Routing opens the handoff, and Scoring tells of a second meeting with the lead.
func TestWhatIsKnownOfAMeetingDependsOnNoOrder(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		const lead = "leads/0195568e62d870008000000000000001"
		at := timestamppb.New(roomtest.Start)
		checks := &scoringv1.Rubric{Checks: make([]*scoringv1.RubricCheck, 6)}
		for i := range checks.GetChecks() {
			checks.Checks[i] = &scoringv1.RubricCheck{Kind: scoringv1.RubricCheck_Kind(i + 1)}
		}
		tell := []func(n int){
			func(n int) {
				o.Tell(t, eventlog.Routing, &eventv1.Event{Handoff: handoff(n), Lead: lead, Playbook: loose, Partner: "agency",
					Payload: &eventv1.Event_HandoffOpened{HandoffOpened: &eventv1.HandoffOpened{Handoff: handoff(n), Lead: lead, MqlTime: at,
						Source: "agency", Campaign: "campaigns/cold", LeadMagnet: "ebook", Kind: routingv1.Handoff_KIND_MEETING,
						Meeting: lead + "/meetings/a" + handoff(n)[9:], Rubric: checks}}})
			},
			func(n int) {
				o.Tell(t, eventlog.Scoring, &eventv1.Event{Handoff: handoff(n), Lead: lead, Playbook: loose, Partner: "agency", Key: handoff(n), Time: at,
					Payload: &eventv1.Event_MeetingAdded{MeetingAdded: &eventv1.MeetingAdded{Handoff: handoff(n), Lead: lead,
						Meeting: lead + "/meetings/b" + handoff(n)[9:]}}})
			},
		}
		for n := range 2 {
			tell[n](n)
			tell[1-n](n)
		}
		var want []fact
		for n := range 2 {
			want = append(want, fact{Of: lead + "/meetings/a" + handoff(n)[9:], Handoff: handoff(n)[9:], Partner: "agency", Source: "agency",
				Campaign: "campaigns/cold", Magnet: "ebook", Kind: int64(routingv1.Handoff_KIND_MEETING), Playbook: 2})
		}
		for _, added := range []bool{false, true} {
			for n := range 2 {
				want = append(want, fact{Of: lead + "/meetings/" + map[bool]string{false: "a", true: "b"}[added] + handoff(n)[9:],
					Handoff: handoff(n)[9:], Partner: "agency", Playbook: 2, Added: added, BroughtAt: roomtest.Start, Checks: map[bool]int{false: 6}[added]})
			}
		}
		same(t, "facts", want, o.facts(t))
	})
}

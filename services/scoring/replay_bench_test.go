package scoring_test

import (
	"errors"
	"io"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/roomtest"
	"github.com/handoffhq/handoff/services/scoring/scoringtest"
)

// BenchmarkReplayLeads judges 100,000 leads with 1,000,000 engagements again by two versions.
func BenchmarkReplayLeads(b *testing.B) {
	benchmark(b, func(b *testing.B, room *bundle) {
		end := roomtest.Start
		history := scoringtest.History{Seed: 1, Leads: 100_000, Deeds: 10, Start: end.Add(-90 * day), End: end}
		if err := scoringtest.Fill(b.Context(), room.Host.DB, history); err != nil {
			b.Fatal(err)
		}
		draft := signable()
		draft.Stages.Mql = "fit > 60 && engagement > 30"
		req := &scoringv1.ReplayLeadsRequest{Baseline: &scoringv1.ReplayedVersion{Document: signable()}, Draft: &scoringv1.ReplayedVersion{Document: draft},
			StartTime: timestamppb.New(history.Start), EndTime: timestamppb.New(end.Add(time.Microsecond))}
		b.ReportAllocs()
		for b.Loop() {
			room.replay(b, req)
		}
		b.ReportMetric(float64(history.Leads*b.N)/b.Elapsed().Seconds(), "leads/s")
	})
}

// signable is the usual playbook with what no playbook goes without.
func signable() *playbookv1.Document {
	doc := document()
	doc.Sla = &playbookv1.SlaPolicy{Calendar: "business", Clocks: map[string]*playbookv1.ClockPolicy{"first_touch": {
		Within: &playbookv1.Budget{Amount: &playbookv1.Budget_Time{Time: durationpb.New(day)}}, Unit: playbookv1.TimeUnit_TIME_UNIT_WALL}}}
	doc.Routing.Otherwise = &playbookv1.Destination{To: &playbookv1.Destination_Pool{Pool: "sales"}}
	return doc
}

// replay judges history again, and gives the leads with whom something happens, and how far it came.
func (b *bundle) replay(t testing.TB, req *scoringv1.ReplayLeadsRequest) (leads []*scoringv1.ReplayedLead, progress *scoringv1.ReplayProgress) {
	t.Helper()
	parts, err := b.ReplayLeads(roomtest.AsService(t.Context(), eventlog.Playbook), proto.CloneOf(req))
	if err != nil {
		t.Fatal(err)
	}
	for {
		part, err := parts.Recv()
		if errors.Is(err, io.EOF) {
			return leads, progress
		}
		if err != nil {
			t.Fatal(err)
		}
		leads, progress = append(leads, part.GetLeads()...), part.GetProgress()
	}
}

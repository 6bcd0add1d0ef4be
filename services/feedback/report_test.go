package feedback_test

import (
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	accessv1 "github.com/handoffhq/handoff/gen/go/handoff/access/v1"
	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/roomtest"
)

// busyWeek lets an hour pass before each of these answers:
//
//	1  web    spring  jane  accepts, and recycles an hour later
//	2  web    spring  jane  rejects: not ready
//	3  web    spring  jane  rejects: bad data
//	4  web    -       jane  recycles
//	5  email  -       jane  declines, and joe rejects an hour later: bad data
//	6  email  -       joe   rejects: not ready
//	7  email  spring  joe   declines, and nobody is left
func (o *office) busyWeek(t *testing.T) {
	t.Helper()
	o.desk.magnet, o.desk.pool, o.desk.tier = "guide", "pools/west", "T1"
	for n, h := range []struct {
		source, campaign string
		reps             []string
	}{{"web", "spring", []string{jane}}, {"web", "spring", []string{jane}}, {"web", "spring", []string{jane}}, {"web", "", []string{jane}},
		{"email", "", []string{jane, joe}}, {"email", "", []string{joe}}, {"email", "spring", []string{joe}}} {
		o.desk.open(handoff(n+1), loose, h.source, h.campaign, h.reps...)
	}
	for _, req := range []proto.Message{
		&feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1},
		&feedbackv1.RecycleHandoffRequest{Name: handoff(1), Assignment: 1},
		&feedbackv1.RejectHandoffRequest{Name: handoff(2), Assignment: 1, Reason: notReady},
		&feedbackv1.RejectHandoffRequest{Name: handoff(3), Assignment: 1, Reason: badData},
		&feedbackv1.RecycleHandoffRequest{Name: handoff(4), Assignment: 1},
		&feedbackv1.DeclineHandoffRequest{Name: handoff(5), Assignment: 1},
		&feedbackv1.RejectHandoffRequest{Name: handoff(5), Assignment: 2, Reason: badData},
		&feedbackv1.RejectHandoffRequest{Name: handoff(6), Assignment: 1, Reason: notReady},
		&feedbackv1.DeclineHandoffRequest{Name: handoff(7), Assignment: 1},
	} {
		o.pass(time.Hour)
		if _, err := o.send(asManager(t), req); err != nil {
			t.Fatal(err)
		}
	}
}

func hours(n int) *timestamppb.Timestamp {
	return timestamppb.New(roomtest.Start.Add(time.Duration(n) * time.Hour))
}

// part is the slice of a report; it fails the test without one.
func part(t *testing.T, r *feedbackv1.RejectionReport, kind feedbackv1.RejectionSlice_Kind, name string) *feedbackv1.RejectionSlice {
	t.Helper()
	for _, s := range r.GetSlices() {
		if s.GetKind() == kind && s.GetSlice() == name {
			return s
		}
	}
	t.Fatalf("there is no slice %v %q in %v", kind, name, r)
	return nil
}

func TestTheReportByHand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.busyWeek(t)
		o.hear(t, -1)
		got, err := o.client.GetRejectionReport(asManager(t), &feedbackv1.GetRejectionReportRequest{StartTime: hours(0), EndTime: hours(100)})
		if err != nil {
			t.Fatal(err)
		}
		// Six assignments were answered: handoffs 1 to 4, the second assignment of 5, and 6. Four were rejected.
		same(t, "all", &feedbackv1.RejectionSlice{Kind: feedbackv1.RejectionSlice_KIND_ALL,
			Rejected:         &playbookv1.Proportion{PartCount: 4, WholeCount: 6, PerMille: proto.Int32(667), LowerPerMille: proto.Int32(300), UpperPerMille: proto.Int32(903)},
			PreviousRejected: &playbookv1.Proportion{}, Trend: feedbackv1.RejectionSlice_TREND_UNKNOWN,
			Reasons: []*feedbackv1.ReasonCount{{Reason: notReady, Count: 2}, {Reason: badData, Count: 2}}}, got.GetAll())
		for _, test := range []struct {
			kind               feedbackv1.RejectionSlice_Kind
			name               string
			rejected, answered int64
		}{
			{feedbackv1.RejectionSlice_KIND_SOURCE, "email", 2, 2}, {feedbackv1.RejectionSlice_KIND_SOURCE, "web", 2, 4},
			{feedbackv1.RejectionSlice_KIND_CAMPAIGN, "", 2, 3}, {feedbackv1.RejectionSlice_KIND_CAMPAIGN, "spring", 2, 3},
			{feedbackv1.RejectionSlice_KIND_LEAD_MAGNET, "guide", 4, 6}, {feedbackv1.RejectionSlice_KIND_PARTNER, "agency", 4, 6},
			{feedbackv1.RejectionSlice_KIND_REASON, "not_ready", 2, 6}, {feedbackv1.RejectionSlice_KIND_REASON, "bad_data", 2, 6},
			{feedbackv1.RejectionSlice_KIND_DETAIL, "", 4, 6}, {feedbackv1.RejectionSlice_KIND_POOL, "pools/west", 4, 6},
			{feedbackv1.RejectionSlice_KIND_TIER, "T1", 4, 6}, {feedbackv1.RejectionSlice_KIND_REP, "reps/jane", 2, 4},
			{feedbackv1.RejectionSlice_KIND_REP, "reps/joe", 2, 2},
		} {
			s := part(t, got, test.kind, test.name).GetRejected()
			if s.GetPartCount() != test.rejected || s.GetWholeCount() != test.answered {
				t.Errorf("%v %q: got %d of %d, want %d of %d", test.kind, test.name, s.GetPartCount(), s.GetWholeCount(), test.rejected, test.answered)
			}
		}
		if len(got.GetSlices()) != 13 || got.GetPeriod() != "" || got.GetTimeZone() != "UTC" || len(got.GetHistoryPeriods()) > 0 {
			t.Errorf("got %v", got)
		}
	})
}

func TestWhatAReportCovers(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.busyWeek(t)
		o.pass(7 * 24 * time.Hour) // to an instant before which seven days begin with the last answer
		marketing := roomtest.As(t.Context(), "mia", accessv1.Role_ROLE_MARKETING)
		for _, test := range []struct {
			name               string
			from, to           *timestamppb.Timestamp
			who                string // a rep; empty for marketing
			answered, rejected int64
		}{
			{"the start is inside", hours(3), hours(5), "", 2, 2},
			{"the end is outside", hours(1), hours(3), "", 1, 0},
			{"a recycle after an accept is no answer", hours(2), hours(3), "", 0, 0},
			{"a decline is no answer", hours(9), hours(10), "", 0, 0},
			{"seven days before the end", nil, hours(7*24 + 4), "", 4, 3},
			{"seven days before now", nil, nil, "", 0, 0},
			{"until now", hours(0), nil, "", 6, 4},
			{"a rep sees their own", hours(0), hours(100), "jane", 4, 2},
			{"another rep sees theirs", hours(0), hours(100), "joe", 2, 2},
			{"who is no rep sees nothing", hours(0), hours(100), "ann", 0, 0},
		} {
			ctx := marketing
			if test.who != "" {
				ctx = asRep(t, test.who)
			}
			got, err := o.client.GetRejectionReport(ctx, &feedbackv1.GetRejectionReportRequest{StartTime: test.from, EndTime: test.to})
			if err != nil {
				t.Errorf("%s: %v", test.name, err)
			}
			all := got.GetAll().GetRejected()
			if all.GetWholeCount() != test.answered || all.GetPartCount() != test.rejected {
				t.Errorf("%s: got %d of %d, want %d of %d", test.name, all.GetPartCount(), all.GetWholeCount(), test.rejected, test.answered)
			}
			if (all.PerMille == nil) != (test.answered == 0) {
				t.Errorf("%s: got a share of %v", test.name, all.PerMille)
			}
		}
		_, err := o.client.GetRejectionReport(marketing, &feedbackv1.GetRejectionReportRequest{StartTime: hours(2), EndTime: hours(2)})
		wantFault(t, "an empty period", err, codes.InvalidArgument, "FIELD_INVALID", "", "")
	})
}

// TestSlicesAreThoseOfTheOpening proves that a report counts a lead where it came from when the handoff was opened, also
// if the answer was faster than the news of the opening.
func TestSlicesAreThoseOfTheOpening(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), loose, "web", "spring", jane)
		o.desk.handoffs[handoff(1)].handoff.Context.Campaign = "autumn" // learnt later
		if _, err := o.send(asRep(t, "jane"), &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1}); err != nil {
			t.Fatal(err)
		}
		o.hear(t, -1)
		report, err := o.client.GetRejectionReport(asManager(t), &feedbackv1.GetRejectionReportRequest{StartTime: hours(0), EndTime: hours(1)})
		if err != nil {
			t.Fatal(err)
		}
		if got := part(t, report, feedbackv1.RejectionSlice_KIND_CAMPAIGN, "spring").GetRejected().GetWholeCount(); got != 1 {
			t.Errorf("got %d answers of the spring campaign, want 1", got)
		}
	})
}

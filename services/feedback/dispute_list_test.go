package feedback_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
)

func TestDisputesAreListedOldestFirstPageByPage(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		for n := 1; n <= 5; n++ {
			if n == 4 {
				o.pass(time.Minute)
			}
			o.disputed(t, n)
		}
		if _, err := o.client.StateDispute(asMarketing(t), &feedbackv1.StateDisputeRequest{Name: disputeOf(2), Ruling: upheld}); err != nil {
			t.Fatal(err)
		}
		list := func(ctx context.Context, req *feedbackv1.ListDisputesRequest) (names []string) {
			for {
				resp, err := o.client.ListDisputes(ctx, req)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range resp.GetDisputes() {
					names = append(names, d.GetName())
				}
				if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
					return names
				}
			}
		}
		every := "handoffs/-"
		all := []string{disputeOf(1), disputeOf(2), disputeOf(3), disputeOf(4), disputeOf(5)}
		same(t, "all, in pages of two", all, list(asMarketing(t), &feedbackv1.ListDisputesRequest{Parent: every, PageSize: 2}))
		same(t, "open ones", []string{disputeOf(1), disputeOf(3), disputeOf(4), disputeOf(5)},
			list(asMarketing(t), &feedbackv1.ListDisputesRequest{Parent: every, State: feedbackv1.Dispute_STATE_OPEN, PageSize: 3}))
		same(t, "of a handoff", []string{disputeOf(3)}, list(asMarketing(t), &feedbackv1.ListDisputesRequest{Parent: handoff(3)}))
		same(t, "of a campaign", all, list(asMarketing(t), &feedbackv1.ListDisputesRequest{Parent: every, Campaign: "spring"}))
		same(t, "of another campaign", []string(nil), list(asMarketing(t), &feedbackv1.ListDisputesRequest{Parent: every, Campaign: "autumn"}))
		same(t, "of another source", []string(nil), list(asMarketing(t), &feedbackv1.ListDisputesRequest{Parent: every, Source: "fair"}))
		same(t, "a rep's own", all, list(asRep(t, "jane"), &feedbackv1.ListDisputesRequest{Parent: every}))
		same(t, "another rep's", []string(nil), list(asRep(t, "joe"), &feedbackv1.ListDisputesRequest{Parent: every}))
		_, err := o.client.ListDisputes(asMarketing(t), &feedbackv1.ListDisputesRequest{Parent: handoff(9)})
		wantFault(t, "of no handoff", err, codes.NotFound, "RESOURCE_NOT_FOUND", "resource", handoff(9))
		_, err = o.client.ListDisputes(asRep(t, "joe"), &feedbackv1.ListDisputesRequest{Parent: handoff(1)})
		wantFault(t, "of another rep's handoff", err, codes.NotFound, "RESOURCE_NOT_FOUND", "resource", handoff(1))
	})
}

func TestManyDisputesAreStatedAtOnceOrNone(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		for n := 1; n <= 3; n++ {
			o.disputed(t, n)
		}
		req := &feedbackv1.BatchStateDisputesRequest{Parent: "handoffs/-", Names: []string{disputeOf(3), disputeOf(9), disputeOf(1)}, Ruling: upheld}
		_, err := o.client.BatchStateDisputes(asMarketing(t), req)
		wantFault(t, "with one that is not there", err, codes.NotFound, "RESOURCE_NOT_FOUND", "resource", disputeOf(9))
		if v := o.verdict(t, 3); v.GetStanding() != feedbackv1.Verdict_STANDING_DISPUTED {
			t.Errorf("one was stated: %v", v)
		}
		req.Names[1] = disputeOf(2)
		resp, err := o.client.BatchStateDisputes(asMarketing(t), req)
		if err != nil {
			t.Fatal(err)
		}
		for i, d := range resp.GetDisputes() {
			if d.GetName() != req.GetNames()[i] || d.GetState() != feedbackv1.Dispute_STATE_RESOLVED {
				t.Errorf("%d: got %v", i, d)
			}
		}
		if _, resolved := o.toldOf(t); len(resolved) != 3 {
			t.Errorf("told %d times, want 3", len(resolved))
		}
	})
}

func TestADisputeIsChangedOnceAndByWhatWasRead(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.rejected(t, 1, "spring")
		open := &feedbackv1.OpenDisputeRequest{Name: handoff(1) + "/verdicts/reject-1", RequestId: requestID(1)}
		first, err := o.client.OpenDispute(asMarketing(t), open)
		if err != nil {
			t.Fatal(err)
		}
		again, err := o.client.OpenDispute(asMarketing(t), open)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the same request", first, again)
		_, err = o.client.StateDispute(asMarketing(t), &feedbackv1.StateDisputeRequest{Name: disputeOf(1), Ruling: upheld, Etag: `"7"`})
		wantFault(t, "a stale etag", err, codes.Aborted, "ETAG_MISMATCH", "etag", `"1"`)
		var group sync.WaitGroup
		ends := make([]error, 8)
		for i := range ends {
			group.Go(func() {
				if i%2 == 0 {
					_, ends[i] = o.client.StateDispute(asMarketing(t), &feedbackv1.StateDisputeRequest{Name: disputeOf(1), Ruling: upheld})
				} else {
					_, ends[i] = o.client.StateDispute(asManager(t), &feedbackv1.StateDisputeRequest{Name: disputeOf(1), Ruling: overturned})
				}
			})
		}
		group.Wait()
		won := 0
		for _, err := range ends {
			if err == nil {
				won++
				continue
			}
			wantFault(t, "a rival", err, codes.FailedPrecondition, "STATE_CONFLICT", "state", "RESOLVED")
		}
		if _, resolved := o.toldOf(t); won != 1 || len(resolved) != 1 {
			t.Errorf("%d won, %d told; want one of each", won, len(resolved))
		}
	})
}

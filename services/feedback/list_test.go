package feedback_test

import (
	"context"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
)

// pages reads all verdicts on a handoff, so many a page, and gives the last parts of their names.
func (o *office) pages(t *testing.T, name string, size int32) (words []string) {
	t.Helper()
	req := &feedbackv1.ListVerdictsRequest{Parent: name, PageSize: size}
	for {
		resp, err := o.client.ListVerdicts(asManager(t), req)
		if err != nil {
			t.Fatal(err)
		}
		if n := int32(len(resp.GetVerdicts())); n > size {
			t.Errorf("a page of %d, want at most %d", n, size)
		}
		for _, v := range resp.GetVerdicts() {
			words = append(words, v.GetName()[len(name+"/verdicts/"):])
		}
		if req.PageToken = resp.GetNextPageToken(); req.GetPageToken() == "" {
			return words
		}
	}
}

func TestVerdictsComeInPagesOldestFirst(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), loose, "web", "", jane, joe, jane)
		for _, req := range []proto.Message{
			&feedbackv1.DeclineHandoffRequest{Name: handoff(1), Assignment: 1},
			&feedbackv1.DeclineHandoffRequest{Name: handoff(1), Assignment: 2},
			&feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 3},
			&feedbackv1.RecycleHandoffRequest{Name: handoff(1), Assignment: 3},
		} {
			if _, err := o.send(asManager(t), req); err != nil {
				t.Fatal(err)
			}
		}
		for size := int32(1); size <= 5; size++ {
			// All were given at the same instant; the assignment and the step say which came first.
			same(t, "verdicts", []string{"decline-1", "decline-2", "accept-3", "recycle-3"}, o.pages(t, handoff(1), size))
		}
	})
}

func TestWhoSeesVerdicts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane)
		o.desk.open(handoff(2), strict, "web", "", jane)
		if _, err := o.send(asRep(t, "jane"), &feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 1, Comment: "on it"}); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{1, 9} {
			_, err := o.client.ListVerdicts(asRep(t, "joe"), &feedbackv1.ListVerdictsRequest{Parent: handoff(n)})
			wantFault(t, "another rep's, or none", err, codes.NotFound, "RESOURCE_NOT_FOUND", "resource", handoff(n))
		}
		_, err := o.client.ListVerdicts(asManager(t), &feedbackv1.ListVerdictsRequest{Parent: handoff(9)})
		wantFault(t, "one that does not exist", err, codes.NotFound, "RESOURCE_NOT_FOUND", "resource", handoff(9))
		mine, err := o.client.ListVerdicts(asRep(t, "jane"), &feedbackv1.ListVerdictsRequest{Parent: handoff(1)})
		if err != nil || len(mine.GetVerdicts()) != 1 || mine.GetVerdicts()[0].GetComment() != "on it" {
			t.Errorf("the rep's own: got %v, %v", mine, err)
		}
		for who, ctx := range map[string]context.Context{"its rep": asRep(t, "jane"), "a manager": asManager(t)} {
			none, err := o.client.ListVerdicts(ctx, &feedbackv1.ListVerdictsRequest{Parent: handoff(2)})
			if err != nil || len(none.GetVerdicts()) != 0 {
				t.Errorf("one without answers, for %s: got %v, %v", who, none, err)
			}
		}
	})
}

func TestAForeignPageTokenIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, o *office) {
		o.desk.open(handoff(1), strict, "web", "", jane, joe)
		o.desk.open(handoff(2), strict, "web", "", jane, joe)
		for _, req := range []proto.Message{&feedbackv1.DeclineHandoffRequest{Name: handoff(1), Assignment: 1},
			&feedbackv1.AcceptHandoffRequest{Name: handoff(1), Assignment: 2}} {
			if _, err := o.send(asManager(t), req); err != nil {
				t.Fatal(err)
			}
		}
		page, err := o.client.ListVerdicts(asManager(t), &feedbackv1.ListVerdictsRequest{Parent: handoff(1), PageSize: 1})
		if err != nil {
			t.Fatal(err)
		}
		for what, token := range map[string]string{"of another handoff": page.GetNextPageToken(), "forged": "e30"} {
			_, err := o.client.ListVerdicts(asManager(t), &feedbackv1.ListVerdictsRequest{Parent: handoff(2), PageToken: token})
			wantFault(t, what, err, codes.InvalidArgument, "PAGE_TOKEN_INVALID", "", "")
		}
	})
}

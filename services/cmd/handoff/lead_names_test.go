package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/grpc"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
)

// readable answers for leads, and counts how often it was asked.
type readable struct {
	scoringv1.ScoringServiceClient
	fails map[string]error

	mu    sync.Mutex
	asked int
}

func (r *readable) GetLead(_ context.Context, req *scoringv1.GetLeadRequest, _ ...grpc.CallOption) (*scoringv1.Lead, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if err := r.fails[req.GetName()]; err != nil {
		return nil, err
	}
	if req.GetName() == "leads/0" {
		return &scoringv1.Lead{Email: "zero@initech.example"}, nil
	}
	return &scoringv1.Lead{GivenName: "Lead", FamilyName: req.GetName()}, nil
}

func TestALeadThatIsGoneLeavesTheOthersTheirNames(t *testing.T) {
	t.Parallel()
	var leads []string
	want := map[string]string{"leads/0": "zero@initech.example"}
	for i := range 40 {
		leads = append(leads, fmt.Sprintf("leads/%d", i))
		if i > 0 && i != 7 {
			want[leads[i]] = "Lead " + leads[i]
		}
	}
	names, err := leadNames(t.Context(), &readable{fails: map[string]error{"leads/7": fault.Missing("leads/7")}}, leads)
	if diff := cmp.Diff(want, names); diff != "" || err != nil {
		t.Errorf("%v, -want +got:\n%s", err, diff)
	}
}

func TestWhoMayNotReadLeadsIsToldNoNames(t *testing.T) {
	t.Parallel()
	denied := fault.New(fault.PermissionDenied, errorsv1.ErrorReason_ERROR_REASON_ROLE_MISSING, "no")
	names, err := leadNames(t.Context(), &readable{fails: map[string]error{"leads/1": denied}}, []string{"leads/1"})
	if len(names) > 0 || err != nil {
		t.Errorf("got %v, %v", names, err)
	}
	late := fault.New(fault.Deadline, errorsv1.ErrorReason_ERROR_REASON_DEADLINE, "too late")
	leads := slices.Repeat([]string{"leads/1"}, 3000)
	slow := &readable{fails: map[string]error{"leads/1": late}}
	if _, err := leadNames(t.Context(), slow, leads); !errors.Is(err, late) || slow.asked > namesAtOnce {
		t.Errorf("got %v after %d calls; want the error, and no more calls than were on their way", err, slow.asked)
	}
}

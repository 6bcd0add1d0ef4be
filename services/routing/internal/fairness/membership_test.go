package fairness_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

func must(t *testing.T) func(fairness.Pool, error) fairness.Pool {
	return func(pool fairness.Pool, err error) fairness.Pool {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return pool
	}
}

func TestANewMemberJoinsAtParity(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(1, 1)))
	r.many(101)
	r.pool = must(t)(r.pool.Join("c", 1))
	if got := deficitOf(t, r.pool, "c"); got != 0 {
		t.Errorf("c starts with a deficit of %d", got)
	}
	if got := strings.Count(r.letters(30), "c"); got < 9 || got > 11 {
		t.Errorf("c got %d of the first 30 leads, want about 10", got)
	}
}

func TestALeaversDeficitIsSpreadByWeight(t *testing.T) {
	pool := fairness.Pool{Members: []fairness.Member{
		{ID: "a", Weight: 2, Entitled: 500_000_001},
		{ID: "b", Weight: 1, Entitled: -1_000_000_003},
		{ID: "c", Weight: 5, Entitled: 500_000_002},
	}}
	got := must(t)(pool.Leave("b"))
	want := []fairness.Units{500_000_001 - 285_714_286, 500_000_002 - 714_285_717}
	if diff := cmp.Diff(want, got.Deficits()); diff != "" {
		t.Errorf("deficits (-want +got):\n%s", diff)
	}
}

func TestTheLastMemberCanLeave(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(3)))
	r.many(2)
	if got := must(t)(r.pool.Leave("a")); len(got.Members) != 0 {
		t.Errorf("members left: %v", got.Members)
	}
}

func TestAWeightChangesFromTheNextLeadOn(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(1, 1)))
	r.many(3)
	before := r.pool.Deficits()
	r.pool = must(t)(r.pool.Reweigh("a", 3))
	if diff := cmp.Diff(before, r.pool.Deficits()); diff != "" {
		t.Errorf("deficits changed (-before +after):\n%s", diff)
	}
	if got := r.decide(t, present(r.pool)).Standings[0].Share; got != 750_000_000 {
		t.Errorf("a accrues %d units, want three quarters of a lead", got)
	}
}

func TestResetForgetsDebtsAndOlderDecisions(t *testing.T) {
	r := newRun(newPool(t, fairness.Policy{}, lettered(2, 1)))
	entry := r.decide(t, present(r.pool)).Entry()
	reset := r.pool.Reset()
	for _, pool := range []fairness.Pool{reset, reset.Reverse(entry)} {
		if diff := cmp.Diff([]fairness.Units{0, 0}, pool.Deficits()); diff != "" {
			t.Errorf("deficits (-want +got):\n%s", diff)
		}
		if pool.Members[0].Credits != 0 {
			t.Errorf("a has %d credits", pool.Members[0].Credits)
		}
	}
}

func TestMembershipRefusals(t *testing.T) {
	pool := newPool(t, fairness.Policy{}, lettered(1, 1))
	full := fairness.Pool{}
	for i := range fairness.MaxMembers {
		full.Members = append(full.Members, fairness.Member{ID: fmt.Sprintf("m%04d", i), Weight: 1})
	}
	for _, tc := range []struct {
		name string
		do   func() (fairness.Pool, error)
		want error
	}{
		{"join twice", func() (fairness.Pool, error) { return pool.Join("a", 1) }, fairness.ErrAlreadyMember},
		{"join without weight", func() (fairness.Pool, error) { return pool.Join("c", 0) }, fairness.ErrWeight},
		{"join with too much weight", func() (fairness.Pool, error) { return pool.Join("c", fairness.MaxWeight+1) }, fairness.ErrWeight},
		{"join without an id", func() (fairness.Pool, error) { return pool.Join("", 1) }, fairness.ErrMemberID},
		{"join a full pool", func() (fairness.Pool, error) { return full.Join("z", 1) }, fairness.ErrTooManyMembers},
		{"leave as a stranger", func() (fairness.Pool, error) { return pool.Leave("c") }, fairness.ErrNotMember},
		{"reweigh a stranger", func() (fairness.Pool, error) { return pool.Reweigh("c", 1) }, fairness.ErrNotMember},
		{"reweigh to nothing", func() (fairness.Pool, error) { return pool.Reweigh("a", 0) }, fairness.ErrWeight},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if _, err := tc.do(); !errors.Is(err, tc.want) {
				t.Errorf("got %v, want %v", err, tc.want)
			}
		})
	}
}

func TestValidateReportsEverythingAtOnce(t *testing.T) {
	broken := fairness.Pool{
		Policy:  fairness.Policy{Mode: 9, MaxDeficit: -1},
		Turn:    -1,
		Members: []fairness.Member{{ID: "b", Weight: 1}, {ID: "a"}, {Weight: 1}},
	}
	err := broken.Validate()
	for _, want := range []error{
		fairness.ErrMode, fairness.ErrMaxDeficit, fairness.ErrTurn, fairness.ErrMemberOrder, fairness.ErrWeight, fairness.ErrMemberID,
	} {
		if !errors.Is(err, want) {
			t.Errorf("%v is missing in: %v", want, err)
		}
	}
	unbalanced := fairness.Pool{Members: []fairness.Member{{ID: "a", Weight: 1, Entitled: 1}}}
	if err := unbalanced.Validate(); !errors.Is(err, fairness.ErrUnbalanced) {
		t.Errorf("got %v, want ErrUnbalanced", err)
	}
}

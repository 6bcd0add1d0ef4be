package fairness_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

func TestRefusedDecisionChangesNothing(t *testing.T) {
	pool := newPool(t, fairness.Policy{}, lettered(1, 1))
	for _, tc := range []struct {
		name       string
		candidates []fairness.Candidate
		want       error
	}{
		{"no candidates", nil, fairness.ErrNobodyEligible},
		{"all absent", []fairness.Candidate{{Member: "a", Availability: fairness.OffShift}}, fairness.ErrNobodyEligible},
		{"availability left out", []fairness.Candidate{{Member: "a"}}, fairness.ErrNobodyEligible},
		{"stranger", []fairness.Candidate{{Member: "x", Availability: fairness.Available}}, fairness.ErrCandidate},
		{"twice", append(present(pool), present(pool)...), fairness.ErrCandidate},
		{"out of order", []fairness.Candidate{present(pool)[1], present(pool)[0]}, fairness.ErrCandidate},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, next, err := pool.Decide(tc.candidates, key(0), at(0))
			if !errors.Is(err, tc.want) {
				t.Errorf("got error %v, want %v", err, tc.want)
			}
			if diff := cmp.Diff(pool, next); diff != "" {
				t.Errorf("the pool changed (-before +after):\n%s", diff)
			}
		})
	}
}

func TestADamagedPoolIsRefusedAndNeverPanics(t *testing.T) {
	for name, pool := range map[string]fairness.Pool{
		"no weight":       {Members: []fairness.Member{{ID: "a"}}},
		"negative weight": {Members: []fairness.Member{{ID: "a", Weight: -1, Accruing: true}}, Turn: 3},
		"weights cancel":  {Members: []fairness.Member{{ID: "a", Weight: 5, Accruing: true}, {ID: "b", Weight: -5, Accruing: true}}, Turn: 3},
		"huge weight":     {Members: []fairness.Member{{ID: "a", Weight: 1 << 62}, {ID: "b", Weight: 1 << 62}}},
	} {
		t.Run(name, func(t *testing.T) {
			if err := pool.Validate(); err == nil {
				t.Error("validates")
			}
			if _, _, err := pool.Decide(present(pool), key(0), at(0)); err == nil {
				t.Error("decides")
			}
			pool.Deficits()
			pool.Reset()
		})
	}
}

func TestChargeCountsALeadThatPassedThePool(t *testing.T) {
	pool := newPool(t, fairness.Policy{}, lettered(1, 1, 1))
	decision, charged, err := pool.Charge("b", present(pool), at(0))
	if err != nil {
		t.Fatal(err)
	}
	if decision.Member != "b" || decision.Rule != fairness.Charged {
		t.Errorf("got %s by %v, want b by CHARGED", decision.Member, decision.Rule)
	}
	picks := (&run{pool: charged, lead: 1}).letters(2)
	if picks != "ac" && picks != "ca" {
		t.Errorf("then %s got leads, want a and c", picks)
	}

	_, alone, err := pool.Charge("b", nil, at(0))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]fairness.Units{0, 0, 0}, alone.Deficits()); diff != "" {
		t.Errorf("with nobody accruing, deficits (-want +got):\n%s", diff)
	}
	if _, _, err := pool.Charge("x", nil, time.Time{}); !errors.Is(err, fairness.ErrNotMember) {
		t.Errorf("charge a stranger: got %v, want ErrNotMember", err)
	}
}

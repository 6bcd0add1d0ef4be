package fairness_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// failer is what tests, benchmarks and properties have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func newPool(t failer, policy fairness.Policy, weights map[string]int64) fairness.Pool {
	t.Helper()
	pool := fairness.Pool{Policy: policy}
	for _, id := range slices.Sorted(maps.Keys(weights)) {
		next, err := pool.Join(id, weights[id])
		if err != nil {
			t.Fatalf("new pool: %v", err)
		}
		pool = next
	}
	return pool
}

// lettered names the members a, b, c, … in the order of their weights.
func lettered(weights ...int64) map[string]int64 {
	byID := map[string]int64{}
	for i, w := range weights {
		byID[fmt.Sprintf("%c", 'a'+i)] = w
	}
	return byID
}

func key(lead int) fairness.LeadKey {
	return fairness.LeadKey{Source: "webform", SourceID: fmt.Sprint(lead)}
}

// present makes everybody in the pool available, except those named.
func present(pool fairness.Pool, absent ...string) []fairness.Candidate {
	var candidates []fairness.Candidate
	for _, m := range pool.Members {
		if !slices.Contains(absent, m.ID) {
			candidates = append(candidates, fairness.Candidate{Member: m.ID, Availability: fairness.Available})
		}
	}
	return candidates
}

// run decides one lead after the other.
type run struct {
	pool fairness.Pool
	lead int
}

func newRun(pool fairness.Pool) *run { return &run{pool: pool} }

func (r *run) decide(t failer, candidates []fairness.Candidate) fairness.Decision {
	t.Helper()
	decision, next, err := r.pool.Decide(candidates, key(r.lead), at(r.lead))
	if err != nil {
		t.Fatalf("lead %d: %v", r.lead, err)
	}
	r.pool = next
	r.lead++
	return decision
}

// many decides leads for which everybody is there.
func (r *run) many(leads int) []string {
	var picks []string
	candidates := present(r.pool)
	for range leads {
		picks = append(picks, r.decide(panicker{}, candidates).Member)
	}
	return picks
}

func (r *run) letters(leads int) string { return strings.Join(r.many(leads), "") }

// panicker fails where no test is at hand and no failure is possible.
type panicker struct{}

func (panicker) Helper() {}

func (panicker) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

func deficitOf(t testing.TB, pool fairness.Pool, id string) fairness.Units {
	t.Helper()
	for i, m := range pool.Members {
		if m.ID == id {
			return pool.Deficits()[i]
		}
	}
	t.Fatalf("no member %q", id)
	return 0
}

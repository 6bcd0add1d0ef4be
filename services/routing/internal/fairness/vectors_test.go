package fairness_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// vectors are sequences and counts that others have published.
type vectors struct {
	SmoothWeightedRoundRobin []struct {
		Source   string           `json:"source"`
		Weights  map[string]int64 `json:"weights"`
		Sequence []string         `json:"sequence"`
		Picks    int              `json:"picks"`
		Counts   map[string]int   `json:"counts"`
	} `json:"smooth_weighted_round_robin"`
	OdooCRMAssignment struct {
		PreferredCase struct {
			Leads             int            `json:"leads"`
			PreferredMatching int            `json:"preferred_matching"`
			Members           []odooMember   `json:"members"`
			Expected          map[string]int `json:"expected"`
		} `json:"preferred_case"`
	} `json:"odoo_crm_assignment"`
}

type odooMember struct {
	ID        string `json:"id"`
	Daily     int    `json:"daily"`
	Preferred bool   `json:"preferred"`
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		text, err := os.ReadFile(filepath.Join(dir, "shared", "data", "vectors", "routing_assignment.json"))
		if err != nil {
			continue
		}
		var v vectors
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatalf("read vectors: %v", err)
		}
		return v
	}
	t.Skip("shared/data/vectors/routing_assignment.json stands in no directory above this one")
	return vectors{}
}

func TestFairGivesThePublishedSmoothWeightedRoundRobin(t *testing.T) {
	for _, v := range readVectors(t).SmoothWeightedRoundRobin {
		t.Run(v.Source, func(t *testing.T) {
			pool := newPool(t, fairness.Policy{IndexTies: true}, v.Weights)
			picks := newRun(pool).many(max(v.Picks, len(v.Sequence)))
			if v.Sequence != nil {
				if diff := cmp.Diff(v.Sequence, picks); diff != "" {
					t.Errorf("sequence (-want +got):\n%s", diff)
				}
				return
			}
			counts := map[string]int{}
			for _, id := range picks {
				counts[id]++
			}
			if diff := cmp.Diff(v.Counts, counts); diff != "" {
				t.Errorf("counts (-want +got):\n%s", diff)
			}
		})
	}
}

// Leads that only one member wants go to that member up to the cap; all others
// are shared out among those who still have room.
func TestCapsAndPreferencesShareOutAsInOdoo(t *testing.T) {
	v := readVectors(t).OdooCRMAssignment.PreferredCase
	weights := map[string]int64{}
	for _, m := range v.Members {
		weights[m.ID] = 1
	}
	pool := newPool(t, fairness.Policy{}, weights)
	got := map[string]int{}
	for lead := range v.Leads {
		var candidates []fairness.Candidate
		preferred := lead < v.PreferredMatching && slices.ContainsFunc(v.Members, func(m odooMember) bool {
			return m.Preferred && got[m.ID] < m.Daily
		})
		for _, m := range v.Members {
			c := fairness.Candidate{Member: m.ID, Availability: fairness.Available}
			switch {
			case got[m.ID] >= m.Daily:
				c.Availability = fairness.AtCap
			case preferred && !m.Preferred:
				c.Availability = fairness.Unsuited
			}
			candidates = append(candidates, c)
		}
		decision, next, err := pool.Decide(candidates, key(lead), at(lead))
		if err != nil {
			t.Fatal(err)
		}
		got[decision.Member]++
		pool = next
	}
	if diff := cmp.Diff(v.Expected, got); diff != "" {
		t.Errorf("leads by member (-want +got):\n%s", diff)
	}
}

func at(lead int) time.Time {
	return time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC).Add(time.Duration(lead) * time.Minute)
}

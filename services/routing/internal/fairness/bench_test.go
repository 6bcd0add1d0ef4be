package fairness_test

import (
	"fmt"
	"testing"

	"github.com/handoffhq/handoff/services/routing/internal/fairness"
)

// BenchmarkDecide measures one decision among members of thirteen different
// weights, with its explanation.
func BenchmarkDecide(b *testing.B) {
	for _, members := range []int{10, 200} {
		for _, mode := range []fairness.Mode{fairness.Fair, fairness.Quota, fairness.LeastLoaded} {
			b.Run(fmt.Sprintf("%d members/%v", members, mode), func(b *testing.B) {
				weights := map[string]int64{}
				for i := range members {
					weights[fmt.Sprintf("rep-%03d", i)] = int64(1 + i*7%13)
				}
				r := newRun(newPool(b, fairness.Policy{Mode: mode}, weights))
				r.many(1000)
				candidates := present(r.pool)
				b.ReportAllocs()
				for b.Loop() {
					r.decide(b, candidates)
				}
			})
		}
	}
}

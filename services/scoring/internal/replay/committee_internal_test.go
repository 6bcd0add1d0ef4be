package replay

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// seen is what expressions can learn of a committee: when somebody of each persona that is known engaged last.
func seen(members []qualify.Member) map[string]time.Time {
	by := map[string]time.Time{}
	for _, m := range members {
		for _, name := range m.Personas {
			if at, is := by[name]; !is || m.EngagedAt.After(at) {
				by[name] = m.EngagedAt
			}
		}
	}
	return by
}

func TestACommitteeOfThePastIsThatOfEverybodyWhoWasThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var entries []entry
		for i := range rapid.IntRange(0, qualify.MostMembers+5).Draw(t, "crowd") { // who engaged long ago, or never
			entries = append(entries, entry{at: 0, lead: fmt.Sprint("old", i), roles: []string{"user"}, engaged: time.UnixMicro(int64(i % 3)).UTC()})
		}
		for range rapid.IntRange(1, 20).Draw(t, "changes") {
			e := entry{at: rapid.Int64Range(0, 9).Draw(t, "at"), lead: fmt.Sprint("x", rapid.IntRange(0, 4).Draw(t, "lead"))}
			e.roles = rapid.SampledFrom([][]string{nil, {"buyer"}, {"user"}, {"buyer", "user"}}).Draw(t, "roles")
			e.engaged = time.UnixMicro(rapid.Int64Range(0, 4).Draw(t, "engaged")).UTC()
			entries = append(entries, e)
		}
		k := &committee{}
		k.fill(slices.Clone(entries))
		c := &Surroundings{}
		c.committees[Draft] = map[string]*committee{"initech": k}
		slices.SortStableFunc(entries, func(a, b entry) int { return cmp.Compare(a.at, b.at) })
		for at := range int64(11) {
			held := map[string]qualify.Member{}
			for _, e := range entries {
				if e.at <= at {
					held[e.lead] = e.member()
				}
			}
			var all []qualify.Member
			for _, m := range held {
				all = append(all, m)
			}
			want, got := seen(qualify.Foremost(all)), seen(c.members(nil, Draft, "initech", time.UnixMicro(at)))
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Fatalf("after %d (-want +got):\n%s", at, diff)
			}
		}
	})
}

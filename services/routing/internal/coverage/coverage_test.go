package coverage_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/routing/internal/coverage"
)

func TestWhatIsLacking(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name       string
		has, needs coverage.Coverage
		want       []string
	}{
		{name: "nothing is needed of somebody who covers nothing"},
		{name: "nothing is needed of somebody who covers much", has: coverage.New(nil, []string{"emea"}, nil, []string{"de"})},
		{name: "all is there", has: coverage.New(nil, nil, []string{"security", "api"}, []string{"fr", "de"}),
			needs: coverage.New(nil, nil, []string{"api"}, []string{"de", "fr", "de"})},
		{name: "no languages are no language", needs: coverage.New(nil, nil, nil, []string{"de"}), want: []string{"language de"}},
		{name: "the same name of another kind does not count", has: coverage.New([]string{"de"}, []string{"de"}, []string{"de"}, nil),
			needs: coverage.New(nil, nil, nil, []string{"de"}), want: []string{"language de"}},
		{name: "everything that is missing is named", has: coverage.New([]string{"smb"}, nil, nil, []string{"en"}),
			needs: coverage.New([]string{"enterprise"}, []string{"latam", "dach"}, []string{"api"}, []string{"en", "pt"}),
			want:  []string{"segment enterprise", "region dach", "region latam", "skill api", "language pt"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tc.want, tc.has.Lacking(tc.needs)); diff != "" {
				t.Errorf("lacking (-want +got):\n%s", diff)
			}
			if got := tc.has.Covers(tc.needs); got != (tc.want == nil) {
				t.Errorf("covers: got %v", got)
			}
		})
	}
}

func TestCoveringAUnionIsCoveringBoth(t *testing.T) {
	t.Parallel()
	names := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c"}), 0, 4)
	drawn := rapid.Custom(func(t *rapid.T) coverage.Coverage {
		return coverage.New(names.Draw(t, "segments"), names.Draw(t, "regions"), names.Draw(t, "skills"), names.Draw(t, "languages"))
	})
	rapid.Check(t, func(t *rapid.T) {
		rep, one, other := drawn.Draw(t, "rep"), drawn.Draw(t, "one"), drawn.Draw(t, "other")
		both := coverage.Union(one, other)
		if got, want := rep.Covers(both), rep.Covers(one) && rep.Covers(other); got != want {
			t.Fatalf("covers the union: got %v, both alone %v", got, want)
		}
		if rep.Covers(both) != (len(rep.Lacking(both)) == 0) {
			t.Fatal("what covers lacks something, or what lacks nothing does not cover")
		}
		if !both.Covers(one) || !both.Covers(other) || both.Empty() != (one.Empty() && other.Empty()) {
			t.Fatalf("the union %v is not all of %v and %v", both, one, other)
		}
	})
}

package record_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// However often a job is asked for again, everybody has a turn after it was asked for last, nobody waits longer than one
// round for it, and it ends.
func TestEverybodyHasATurnAfterAJobWasAskedForLast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		people, piece := rapid.IntRange(0, 20).Draw(t, "people"), rapid.IntRange(1, 6).Draw(t, "piece")
		var ids []string
		for i := range people {
			ids = append(ids, fmt.Sprintf("%02d", i))
		}
		asked := rapid.SliceOfN(rapid.Bool(), 0, 30).Draw(t, "asked again before each step")
		amid := rapid.SliceOfN(rapid.Bool(), 0, 30).Draw(t, "asked again while each step is done, too late for it")
		var course record.Course
		turns, lastAsked := map[string]int{}, 0
		for step := 1; ; step++ {
			if step <= len(asked) && asked[step-1] {
				course, lastAsked = course.Again(), step
			}
			rest := ids[len(ids)-len(slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return id <= course.After })):]
			read := rest[:min(len(rest), piece)]
			left := course.Left(read)
			for _, id := range left {
				turns[id] = step
			}
			var done bool
			course, done = course.Next(left, len(left) < piece)
			if step <= len(amid) && amid[step-1] {
				course, done, lastAsked = course.Again(), false, step+1
			}
			if done {
				break
			}
			if step > len(asked)+len(amid)+2*people+4 {
				t.Fatalf("it does not end: %+v", course)
			}
		}
		for _, id := range ids {
			if turns[id] < lastAsked {
				t.Errorf("%s had its last turn in step %d; the job was asked for in step %d", id, turns[id], lastAsked)
			}
		}
	})
}

func TestAJobThatIsAskedForAllTheTimeReachesTheLast(t *testing.T) {
	ids := []string{"a", "b", "c", "d", "e"}
	var course record.Course
	seen := map[string]int{}
	for range 20 {
		course = course.Again()
		next := slices.IndexFunc(ids, func(id string) bool { return id > course.After })
		if next < 0 {
			course, _ = course.Next(nil, true)
			continue
		}
		left := course.Left(ids[next : next+1])
		for _, id := range left {
			seen[id]++
		}
		course, _ = course.Next(left, len(left) == 0)
	}
	for _, id := range ids {
		if seen[id] < 3 {
			t.Errorf("%s had %d turns of 20", id, seen[id])
		}
	}
}

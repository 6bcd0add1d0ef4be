package cover_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/routing/internal/cover"
)

func TestWhoStandsInIsTheFirstInTheRowWhoIsThere(t *testing.T) {
	t.Parallel()
	here, left := cover.Rep{Active: true}, cover.Rep{}
	away := func(by string) cover.Rep { return cover.Rep{Active: true, Away: true, Cover: by} }
	for name, tc := range map[string]struct {
		reps map[string]cover.Rep
		want string
	}{
		"nobody for who is there":                 {map[string]cover.Rep{"a": {Active: true, Cover: "b"}, "b": here}, ""},
		"nobody without a cover":                  {map[string]cover.Rep{"a": away(""), "b": here}, ""},
		"the cover":                               {map[string]cover.Rep{"a": away("b"), "b": here}, "b"},
		"the cover's cover":                       {map[string]cover.Rep{"a": away("b"), "b": away("c"), "c": here}, "c"},
		"nobody when the row ends":                {map[string]cover.Rep{"a": away("b"), "b": away("")}, ""},
		"nobody who left":                         {map[string]cover.Rep{"a": away("b"), "b": left}, ""},
		"nobody beyond who left":                  {map[string]cover.Rep{"a": away("b"), "b": {Away: true, Cover: "c"}, "c": here}, ""},
		"nobody we do not know":                   {map[string]cover.Rep{"a": away("b")}, ""},
		"somebody for who takes no leads":         {map[string]cover.Rep{"a": {Away: true, Cover: "b"}, "b": here}, "b"},
		"the fifth":                               {map[string]cover.Rep{"a": away("b"), "b": away("c"), "c": away("d"), "d": away("e"), "e": away("f"), "f": here}, "f"},
		"not the sixth":                           {map[string]cover.Rep{"a": away("b"), "b": away("c"), "c": away("d"), "d": away("e"), "e": away("f"), "f": away("g"), "g": here}, ""},
		"nobody in a circle, should there be one": {map[string]cover.Rep{"a": away("b"), "b": away("a")}, ""},
	} {
		if got := cover.StandIn("a", tc.reps); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

// TestRowsEndWhateverIsEntered enters absences as they come, those that are not refused: at each instant the row of each rep, by
// whichever of their absences, ends after at most five covers. What is refused for a circle or its length would have made one.
func TestRowsEndWhateverIsEntered(t *testing.T) {
	t.Parallel()
	const horizon = 12
	rapid.Check(t, func(rt *rapid.T) {
		var entered []cover.Absence
		for range rapid.IntRange(1, 25).Draw(rt, "absences") {
			rep := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g", "h"})
			start := rapid.Int64Range(0, horizon-1).Draw(rt, "start")
			a := cover.Absence{Rep: rep.Draw(rt, "rep"), Cover: rep.Draw(rt, "cover"), Start: start, End: rapid.Int64Range(start+1, horizon).Draw(rt, "end")}
			err := cover.Check(a, slices.DeleteFunc(slices.Clone(entered), func(o cover.Absence) bool { return o.End <= a.Start || o.Start >= a.End }))
			with := append(slices.Clone(entered), a)
			longest := 0
			for at := range int64(horizon) {
				longest = max(longest, longestRow(with, at))
			}
			switch {
			case err == nil:
				entered = with
			case !errors.Is(err, cover.ErrCycle) && !errors.Is(err, cover.ErrTooLong):
				rt.Fatalf("%v: %v", a, err)
			}
			if (err == nil) != (longest <= cover.Most) {
				rt.Fatalf("%v is refused with %v, and the longest row has %d covers", a, err, longest)
			}
		}
	})
}

// longestRow is how many covers there are in the longest row at an instant; more than there can be for a circle.
func longestRow(absences []cover.Absence, at int64) int {
	var walk func(rep string, length int) int
	walk = func(rep string, length int) int {
		if length > 2*cover.Most {
			return length
		}
		longest := length
		for _, a := range absences {
			if a.Rep == rep && a.Start <= at && at < a.End {
				longest = max(longest, walk(a.Cover, length+1))
			}
		}
		return longest
	}
	longest := 0
	for _, a := range absences {
		longest = max(longest, walk(a.Rep, 0))
	}
	return longest
}

// TestAThicketOfCoversIsRefusedInTime: everybody is covered by everybody of the next row, a hundred times over.
func TestAThicketOfCoversIsRefusedInTime(t *testing.T) {
	t.Parallel()
	var thicket []cover.Absence
	for row := range 3 {
		for i := range 40 {
			for j := range 40 {
				thicket = append(thicket, cover.Absence{Rep: fmt.Sprint(row, "-", i), Cover: fmt.Sprint(row+1, "-", j), End: 1})
			}
		}
	}
	if err := cover.Check(cover.Absence{Rep: "x", Cover: "0-0", End: 1}, thicket); !errors.Is(err, cover.ErrTooLong) {
		t.Errorf("got %v", err)
	}
}

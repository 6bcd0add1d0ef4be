package dedupe_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/scoring/internal/dedupe"
)

func TestSurvivingValueOfAField(t *testing.T) {
	t.Parallel()
	field := func(value string, origin dedupe.Origin, day int) dedupe.Field {
		return dedupe.Field{Value: value, Origin: origin, At: instant(day)}
	}
	old, young := "old", "young" // the leads; old is the survivor
	tests := map[string]struct {
		old, young dedupe.Field
		want       string // lead whose value is shown, or "" for none
	}{
		"manual before a newer verified":   {field("a", dedupe.Manual, 1), field("b", dedupe.Verified, 9), old},
		"verified before a newer reported": {field("a", dedupe.Reported, 9), field("b", dedupe.Verified, 1), young},
		"the newer of two manual":          {field("a", dedupe.Manual, 1), field("b", dedupe.Manual, 2), young},
		"the newer of two reported":        {field("a", dedupe.Reported, 2), field("b", dedupe.Reported, 1), old},
		"of one instant the survivor's":    {field("a", dedupe.Reported, 1), field("b", dedupe.Reported, 1), old},
		"no value never hides one":         {field("", dedupe.Manual, 9), field("b", dedupe.Reported, 1), young},
		"two missing values are none":      {field("", dedupe.Manual, 9), field("", dedupe.Reported, 1), ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			group := merge(t,
				dedupe.Single(dedupe.Lead{ID: young, CreateTime: instant(2), Fields: map[string]dedupe.Field{"title": test.young}}),
				dedupe.Single(dedupe.Lead{ID: old, CreateTime: instant(1), Fields: map[string]dedupe.Field{"title": test.old}}))
			want := map[string]dedupe.Kept{}
			if test.want != "" {
				want["title"] = dedupe.Kept{LeadID: test.want, Field: map[string]dedupe.Field{old: test.old, young: test.young}[test.want]}
			}
			if diff := cmp.Diff(want, group.Fields()); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSurvivorIsTheOldest(t *testing.T) {
	t.Parallel()
	old, young := single("z", 1), single("a", 2)
	for _, pair := range [][2]dedupe.Group{{old, young}, {young, old}} {
		group, edge, err := dedupe.Merge(pair[0], pair[1])
		if err != nil {
			t.Fatalf("Merge: %v", err)
		}
		want := dedupe.Edge{Survivor: "z", Absorbed: "a", AbsorbedLeads: []string{"a"}}
		if diff := cmp.Diff(want, edge); diff != "" || group.Survivor() != "z" {
			t.Errorf("survivor %q, edge (-want +got):\n%s", group.Survivor(), diff)
		}
	}
}

func TestMergeThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	pair := merge(t, single("a", 1), single("b", 2))
	if _, _, err := dedupe.Merge(pair, single("b", 2)); !errors.Is(err, dedupe.ErrSameLead) {
		t.Errorf("merge with one of its own: got %v, want %v", err, dedupe.ErrSameLead)
	}
	if _, _, err := dedupe.Merge(pair, dedupe.Group{}); !errors.Is(err, dedupe.ErrEmptyGroup) {
		t.Errorf("merge with nobody: got %v, want %v", err, dedupe.ErrEmptyGroup)
	}
	if _, err := dedupe.Of(pair.Leads()[0], pair.Leads()[0]); !errors.Is(err, dedupe.ErrSameLead) {
		t.Errorf("group of one lead twice: got %v, want %v", err, dedupe.ErrSameLead)
	}
	for name, edge := range map[string]dedupe.Edge{
		"never merged":  {Survivor: "a", Absorbed: "c", AbsorbedLeads: []string{"c"}},
		"reversed":      {Survivor: "b", Absorbed: "c", AbsorbedLeads: []string{"b"}},
		"of a stranger": {Survivor: "c", Absorbed: "b", AbsorbedLeads: []string{"b"}},
		"empty":         {},
	} {
		if _, _, err := dedupe.Unmerge(pair, edge); !errors.Is(err, dedupe.ErrNotMerged) {
			t.Errorf("unmerge of an edge %s: got %v, want %v", name, err, dedupe.ErrNotMerged)
		}
	}
}

func TestMergeIsCommutativeAndAssociative(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		leads := drawLeads(t)
		want := mergeAll(t, leads)
		got := mergeAll(t, rapid.Permutation(leads).Draw(t, "shuffled"))
		if diff := cmp.Diff(want.Leads(), got.Leads()); diff != "" {
			t.Fatalf("leads (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(want.Fields(), got.Fields()); diff != "" {
			t.Fatalf("fields (-want +got):\n%s", diff)
		}
		read, err := dedupe.Of(rapid.Permutation(leads).Draw(t, "read")...)
		if diff := cmp.Diff(want.Leads(), read.Leads()); err != nil || diff != "" {
			t.Fatalf("leads read back, error %v (-want +got):\n%s", err, diff)
		}
		middle := rapid.IntRange(1, len(leads)-1).Draw(t, "middle")
		halves := merge(t, mergeAll(t, leads[:middle]), mergeAll(t, leads[middle:]))
		if diff := cmp.Diff(want.Fields(), halves.Fields()); diff != "" {
			t.Fatalf("fields of the merged halves (-want +got):\n%s", diff)
		}
	})
}

func TestUnmergeInAnyOrderRestoresEveryLead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		leads := drawLeads(t)
		groups := make([]dedupe.Group, len(leads))
		for i, lead := range leads {
			groups[i] = dedupe.Single(lead)
		}
		var edges []dedupe.Edge
		for len(groups) > 1 {
			groups = rapid.Permutation(groups).Draw(t, "next")
			merged, edge, err := dedupe.Merge(groups[0], groups[1])
			if err != nil {
				t.Fatalf("Merge: %v", err)
			}
			groups, edges = append(groups[2:], merged), append(edges, edge)
		}
		for _, edge := range rapid.Permutation(edges).Draw(t, "undone") {
			groups = undo(t, groups, edge)
		}
		restored := map[string]dedupe.Lead{}
		for _, group := range groups {
			if len(group.Leads()) != 1 {
				t.Fatalf("a group of %d leads is left", len(group.Leads()))
			}
			restored[group.Survivor()] = group.Leads()[0]
		}
		for _, lead := range leads {
			if diff := cmp.Diff(lead, restored[lead.ID]); diff != "" {
				t.Fatalf("restored lead (-want +got):\n%s", diff)
			}
		}
	})
}

func TestUnmergeGivesBothSidesTheirFieldsBack(t *testing.T) {
	t.Parallel()
	left, right := merge(t, single("a", 1), single("b", 2)), merge(t, single("c", 3), single("d", 4))
	group, edge, err := dedupe.Merge(right, left)
	if err != nil {
		t.Fatalf("Merge: %v", err)
	}
	survivor, absorbed, err := dedupe.Unmerge(group, edge)
	if err != nil {
		t.Fatalf("Unmerge: %v", err)
	}
	if diff := cmp.Diff(left.Fields(), survivor.Fields()); diff != "" {
		t.Errorf("survivor's fields (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(right.Fields(), absorbed.Fields()); diff != "" {
		t.Errorf("absorbed fields (-want +got):\n%s", diff)
	}
}

// undo replaces the group that holds an edge by its two sides.
func undo(t *rapid.T, groups []dedupe.Group, edge dedupe.Edge) []dedupe.Group {
	for i, group := range groups {
		survivor, absorbed, err := dedupe.Unmerge(group, edge)
		if errors.Is(err, dedupe.ErrNotMerged) {
			continue
		}
		return append(append(append([]dedupe.Group{}, groups[:i]...), groups[i+1:]...), survivor, absorbed)
	}
	t.Fatalf("no group holds the edge %+v", edge)
	return nil
}

// drawLeads draws two to six leads, some of one age, with two fields.
func drawLeads(t *rapid.T) []dedupe.Lead {
	leads := make([]dedupe.Lead, rapid.IntRange(2, 6).Draw(t, "count"))
	for i := range leads {
		leads[i] = dedupe.Lead{ID: fmt.Sprintf("lead-%d", i), CreateTime: instant(rapid.IntRange(0, 2).Draw(t, "age"))}
		leads[i].Fields = map[string]dedupe.Field{}
		for _, name := range []string{"title", "phone"} {
			leads[i].Fields[name] = dedupe.Field{
				Value:  rapid.SampledFrom([]string{"", "x", "y", "z"}).Draw(t, "value"),
				Origin: rapid.SampledFrom([]dedupe.Origin{dedupe.Reported, dedupe.Verified, dedupe.Manual}).Draw(t, "origin"),
				At:     instant(rapid.IntRange(0, 2).Draw(t, "at")),
			}
		}
	}
	return leads
}

// single is a group of one lead with a field of its own.
func single(id string, day int) dedupe.Group {
	return dedupe.Single(dedupe.Lead{ID: id, CreateTime: instant(day), Fields: map[string]dedupe.Field{
		"title": {Value: "title of " + id, At: instant(day)},
	}})
}

// mergeAll merges leads one after the other.
func mergeAll(t failer, leads []dedupe.Lead) dedupe.Group {
	group := dedupe.Single(leads[0])
	for _, lead := range leads[1:] {
		group = merge(t, group, dedupe.Single(lead))
	}
	return group
}

// merge merges two groups that can be.
func merge(t failer, a, b dedupe.Group) dedupe.Group {
	group, _, err := dedupe.Merge(a, b)
	if err != nil {
		t.Fatalf("Merge: %v", err)
	}
	return group
}

// failer is what a check needs of *testing.T and *rapid.T.
type failer interface {
	Fatalf(format string, args ...any)
}

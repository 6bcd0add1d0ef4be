package dedupe

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Origin is how a value of a field is known. A larger one is trusted more.
type Origin int

// The origins of a value.
const (
	// Reported values were typed by the lead or sent by another system.
	Reported Origin = iota
	// Verified values were checked, as an address is by a reply from it.
	Verified
	// Manual values were set by one of our people.
	Manual
)

// Field is a value with its provenance. An empty value is none.
type Field struct {
	Value  string
	Origin Origin
	// At is when the value was set.
	At time.Time
}

// Lead is one lead as it was before any merge, with the edits made to it since.
type Lead struct {
	ID         string
	CreateTime time.Time
	Fields     map[string]Field
}

// Kept is the value that a group shows for a field, and the lead that it is from.
type Kept struct {
	Field
	LeadID string
}

// Group is one or more leads that are one person. The zero value is empty.
type Group struct {
	leads []Lead // the oldest first; no lead twice
}

// Edge records a merge: the lead that went on, the one that did not, and who
// came with it. It is what Unmerge needs, besides the leads themselves.
type Edge struct {
	Survivor, Absorbed string
	// AbsorbedLeads are the leads that the absorbed side held, the oldest first:
	// Absorbed itself and whom it had absorbed.
	AbsorbedLeads []string
}

// What can be wrong with a merge.
var (
	// ErrSameLead: a lead is on both sides, so the merge would be a circle.
	ErrSameLead = errors.New("a lead cannot be merged with itself")
	// ErrNotMerged: the group is not one that the edge made.
	ErrNotMerged = errors.New("the group does not hold this merge")
	// ErrEmptyGroup: a side without a lead.
	ErrEmptyGroup = errors.New("a group without leads cannot be merged")
)

// Single returns the group of one lead, whose fields must not be changed
// afterwards.
func Single(lead Lead) Group { return Group{leads: []Lead{lead}} }

// Of returns the group of leads that were merged before, as they are read back
// from a store, in any order. It fails with ErrSameLead if one comes twice.
func Of(leads ...Lead) (Group, error) {
	var group Group
	for _, lead := range leads {
		if group.holds(lead.ID) {
			return Group{}, fmt.Errorf("gather leads: %w", ErrSameLead)
		}
		group.leads = append(group.leads, lead)
	}
	slices.SortFunc(group.leads, older)
	return group, nil
}

// Merge joins two groups into one and returns the edge that undoes it. It fails
// with ErrSameLead or ErrEmptyGroup.
func Merge(a, b Group) (Group, Edge, error) {
	if len(a.leads) == 0 || len(b.leads) == 0 {
		return Group{}, Edge{}, fmt.Errorf("merge leads: %w", ErrEmptyGroup)
	}
	if slices.ContainsFunc(b.leads, func(lead Lead) bool { return a.holds(lead.ID) }) {
		return Group{}, Edge{}, fmt.Errorf("merge leads: %w", ErrSameLead)
	}
	merged := Group{leads: slices.Concat(a.leads, b.leads)}
	slices.SortFunc(merged.leads, older)
	absorbed := a
	if merged.Survivor() == a.Survivor() {
		absorbed = b
	}
	edge := Edge{Survivor: merged.Survivor(), Absorbed: absorbed.Survivor()}
	for _, lead := range absorbed.leads {
		edge.AbsorbedLeads = append(edge.AbsorbedLeads, lead.ID)
	}
	return merged, edge, nil
}

// Unmerge parts a group along one of its edges and returns both sides. Edges may
// be undone in any order. Leads that were merged in later stay with the survivor,
// because a later edge never leads to an absorbed lead. It fails with
// ErrNotMerged if the edge is none of the group.
func Unmerge(g Group, edge Edge) (survivor, absorbed Group, err error) {
	for _, lead := range g.leads {
		if slices.Contains(edge.AbsorbedLeads, lead.ID) {
			absorbed.leads = append(absorbed.leads, lead)
		} else {
			survivor.leads = append(survivor.leads, lead)
		}
	}
	if !absorbed.holds(edge.Absorbed) || !survivor.holds(edge.Survivor) {
		return Group{}, Group{}, fmt.Errorf("unmerge leads: %w", ErrNotMerged)
	}
	return survivor, absorbed, nil
}

// holds reports whether a lead is in the group.
func (g Group) holds(id string) bool {
	return slices.ContainsFunc(g.leads, func(lead Lead) bool { return lead.ID == id })
}

// Survivor returns the id of the oldest lead, which stands for the group, or ""
// for an empty group.
func (g Group) Survivor() string {
	if len(g.leads) == 0 {
		return ""
	}
	return g.leads[0].ID
}

// Leads returns the leads of the group, the oldest first.
func (g Group) Leads() []Lead { return slices.Clone(g.leads) }

// Fields returns what the group shows of each field that has a value, and where
// it is from.
func (g Group) Fields() map[string]Kept {
	kept := map[string]Kept{}
	for _, lead := range g.leads { // the oldest first: of equals the survivor's stays
		for name, field := range lead.Fields {
			if field.Value == "" {
				continue
			}
			if held, taken := kept[name]; !taken || field.outlives(held.Field) {
				kept[name] = Kept{Field: field, LeadID: lead.ID}
			}
		}
	}
	return kept
}

// outlives reports whether a value is trusted more than another, or as much and
// newer.
func (f Field) outlives(other Field) bool {
	return cmp.Or(cmp.Compare(f.Origin, other.Origin), f.At.Compare(other.At)) > 0
}

// older orders leads by age, and those of one instant by id.
func older(a, b Lead) int {
	return cmp.Or(a.CreateTime.Compare(b.CreateTime), cmp.Compare(a.ID, b.ID))
}

package dedupe

import (
	"cmp"
	"slices"
	"time"
)

// Known is a lead that shares a key with the new one.
type Known struct {
	LeadID     string
	CreateTime time.Time
	Keys       []Key
}

// Finding is which known lead a new one is.
type Finding struct {
	// LeadID is the lead to merge with, or empty when there is none that is sure.
	LeadID string
	// Rule is the strongest rule by which LeadID was found, or empty.
	Rule Rule
	// Others are further leads that may be the same person, the strongest
	// evidence first and then the oldest. Those found by an automatic rule are
	// the same person too, and were never merged; the rest are for review.
	Others []Sighting
}

// Sighting is a known lead and the strongest rule that found it.
type Sighting struct {
	LeadID string
	Rule   Rule
}

// Find returns which of the known leads a lead with these keys is. Of several
// that one automatic rule finds it is the oldest, which would survive their
// merge. The order of the known leads does not matter.
func Find(keys []Key, known []Known) Finding {
	type sighted struct {
		Known
		rule Rule
	}
	var found []sighted
	for _, lead := range known {
		if rule, ok := strongest(keys, lead.Keys); ok {
			found = append(found, sighted{lead, rule})
		}
	}
	slices.SortFunc(found, func(a, b sighted) int {
		return cmp.Or(cmp.Compare(a.rule.rank(), b.rule.rank()), a.CreateTime.Compare(b.CreateTime), cmp.Compare(a.LeadID, b.LeadID))
	})
	var finding Finding
	for i, lead := range found {
		if i == 0 && lead.rule.Automatic() {
			finding.LeadID, finding.Rule = lead.LeadID, lead.rule
			continue
		}
		finding.Others = append(finding.Others, Sighting{LeadID: lead.LeadID, Rule: lead.rule})
	}
	return finding
}

// strongest returns the strongest rule of a key that two leads have in common.
func strongest(a, b []Key) (Rule, bool) {
	best, found := Rule(""), false
	for _, key := range a {
		if slices.Contains(b, key) && (!found || key.Rule.rank() < best.rank()) {
			best, found = key.Rule, true
		}
	}
	return best, found
}

package verdict

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// checkEvidence refuses evidence and competitors that belong to no reason, and names that the playbook does not know: they
// leave the service, and so are none of the caller's own words.
func (p Policy) checkEvidence(a Answer, found *problems) {
	if a.Competitor != "" && a.Reason != Competitor {
		found.wrong("competitor", fmt.Sprintf("is only for the reason %v", Competitor))
	}
	if a.Step == Dispose && a.Outcome == SQL && len(a.Evidence) > 0 {
		found.wrong("evidence", "is for a reason, and an SQL has none")
	}
	for i, e := range a.Evidence {
		if e.Criterion != "" && !slices.Contains(p.Criteria, e.Criterion) {
			found.wrong(fmt.Sprintf("evidence[%d].criterion", i), fmt.Sprintf("%q is no criterion of the playbook", e.Criterion))
		} else if why := p.irrelevant(e.Criterion, a.Reason); why != "" {
			found.irrelevant(fmt.Sprintf("evidence[%d].criterion", i), why, e.Criterion)
		}
		if !slices.Contains(p.Fields, Field(e.Field)) {
			found.wrong(fmt.Sprintf("evidence[%d].field", i), fmt.Sprintf("%q is no field of a lead or an account", e.Field))
		}
	}
}

// irrelevant says why a criterion proves nothing for a reason; it is empty if it may, or if there is neither.
func (p Policy) irrelevant(criterion string, reason Reason) string {
	if criterion == "" || reason == 0 {
		return ""
	}
	switch proves, listed := p.Grounds[criterion]; {
	case listed && proves != reason:
		return fmt.Sprintf("%s proves %v, not %v", criterion, proves, reason)
	case listed, !slices.Contains(slices.Collect(maps.Values(p.Grounds)), reason):
		return ""
	default:
		return fmt.Sprintf("%s is none of the criteria that prove %v", criterion, reason)
	}
}

// Field is a field without the name of an attribute, which anybody may choose: `lead.attributes` of `lead.attributes.seats`.
func Field(name string) string {
	for _, open := range []string{"lead.attributes", "account.attributes"} {
		if strings.HasPrefix(name, open+".") {
			return open
		}
	}
	return name
}

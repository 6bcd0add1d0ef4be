package verdict

import (
	"fmt"
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
		}
		if !slices.Contains(p.Fields, Field(e.Field)) {
			found.wrong(fmt.Sprintf("evidence[%d].field", i), fmt.Sprintf("%q is no field of a lead or an account", e.Field))
		}
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

package verdict

import (
	"fmt"
	"slices"
	"strings"
)

// Policy is what a playbook asks of answers.
type Policy struct {
	Reasons        []Reason          // that may be given
	Details        map[string]Reason // the company's own words, and the reason that each stands for
	EvidenceFor    []Reason          // that must be proved
	RatingOptional bool              // whether a disposition may go without a rating
	Checklist      []string          // what must be confirmed for an SQL; see Checklist
}

// Checklist gives the items of a checklist in which the frames `bant` and `meddic` stand for what they consist of. BANT is
// budget, authority, need and timing; MEDDIC is metrics, economic buyer, decision criteria, decision process, identified
// pain and champion. Each item comes once, in the order of its first mention.
func Checklist(items []string) []string {
	var all []string
	for _, item := range items {
		for _, i := range frame(item) {
			if !slices.Contains(all, i) {
				all = append(all, i)
			}
		}
	}
	return all
}

func frame(item string) []string {
	switch item {
	case "bant":
		return []string{"budget", "authority", "need", "timing"}
	case "meddic":
		return []string{"metrics", "economic_buyer", "decision_criteria", "decision_process", "identify_pain", "champion"}
	default:
		return []string{item}
	}
}

// Check gives the answer complete, or a *ProblemsError with everything that keeps it from being taken.
func (p Policy) Check(a Answer) (Answer, error) {
	var found problems
	switch a.Step {
	case Reject:
		a.Reason = p.reason(a, &found)
		p.checkRejection(a, &found)
	case Recycle:
		if a.Target == 0 {
			a.Target = ToNurture
		}
	case Dispose:
		p.checkDisposition(a, &found)
	case Accept, Decline: // always complete
	}
	return a, found.err()
}

// reason is the reason of a rejection, given itself or by a detail; 0 if it cannot be told.
func (p Policy) reason(a Answer, found *problems) Reason {
	stands, listed := p.Details[a.Detail]
	switch {
	case a.Detail == "":
		return a.Reason
	case !listed:
		found.wrong("detail", fmt.Sprintf("%q is not a detail of the playbook", a.Detail))
		return a.Reason
	case a.Reason != 0 && a.Reason != stands:
		found.wrong("detail", fmt.Sprintf("%q stands for %v, not for %v", a.Detail, stands, a.Reason))
		return a.Reason
	default:
		return stands
	}
}

func (p Policy) checkRejection(a Answer, found *problems) {
	switch {
	case a.Reason == 0 && a.Detail == "":
		found.missing("reason", "is required", "reason")
	case a.Reason != 0 && !slices.Contains(p.Reasons, a.Reason):
		found.wrong("reason", fmt.Sprintf("%v is not a reason of the playbook", a.Reason))
	}
	if slices.Contains(p.EvidenceFor, a.Reason) && len(a.Evidence) == 0 {
		found.missing("evidence", fmt.Sprintf("is required for %v", a.Reason), "evidence")
	}
	if a.Competitor != "" && a.Reason != Competitor {
		found.wrong("competitor", fmt.Sprintf("is only for the reason %v", Competitor))
	}
}

func (p Policy) checkDisposition(a Answer, found *problems) {
	if a.Rating == 0 && !p.RatingOptional {
		found.missing("rating", "is required", "rating")
	}
	if a.Outcome != SQL {
		return
	}
	var open []string
	for _, item := range p.Checklist {
		if !slices.Contains(a.Confirmed, item) {
			open = append(open, item)
		}
	}
	if len(open) > 0 {
		found.missing("confirmed", "an SQL needs "+strings.Join(open, ", "), paths("confirmed", open)...)
	}
}

// paths are items of a field.
func paths(field string, items []string) []string {
	all := make([]string, len(items))
	for i, item := range items {
		all[i] = field + "." + item
	}
	return all
}

package verdict

import (
	"fmt"
	"slices"
	"strings"
)

// Policy is what a playbook asks of answers.
type Policy struct {
	Reasons     []Reason          // that may be given
	Details     map[string]Reason // the company's own words, and the reason that each stands for
	EvidenceFor []Reason          // that must be proved
	Criteria    []string          // that evidence may name: criteria and disqualifiers
	Fields      []string          // that evidence may name, besides attributes
	Grounds     map[string]Reason // of criteria, the reason that each proves; see the playbook's grounds
	// RefuseContradicted is whether an answer is refused whose evidence the record contradicts.
	RefuseContradicted bool
	RatingOptional     bool     // whether a disposition may go without a rating
	Checklist          []string // what must be confirmed for an SQL; see Checklist
	Confirmable        []string // what may be confirmed
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
		p.checkReason(a, &found)
	case Recycle:
		if a.Target == 0 {
			a.Target = ToNurture
		}
	case Dispose:
		a.Reason = p.ending(a, &found)
	case Accept, Decline: // always complete
	}
	p.checkEvidence(a, &found)
	a.Rating, a.Quality = rating(a, &found), 0
	if a.Step == Dispose {
		p.checkDisposition(a, &found)
	}
	p.checkConfirmed(a, &found)
	return a, found.err()
}

// ending is the reason of a disposition. An SQL has none, and a lead that goes to nurture is not ready unless another reason is
// given.
func (p Policy) ending(a Answer, found *problems) Reason {
	silent := a.Reason == 0 && a.Detail == ""
	switch {
	case a.Outcome == SQL:
		if !silent {
			found.wrong("reason", "an SQL has none")
		}
		return 0
	case a.Outcome == Nurture && silent && slices.Contains(p.Reasons, NotReady):
		a.Reason = NotReady
	default:
		a.Reason = p.reason(a, found)
	}
	p.checkReason(a, found)
	return a.Reason
}

// reason is the reason of an answer, given itself or by a detail; 0 if it cannot be told.
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

func (p Policy) checkReason(a Answer, found *problems) {
	switch {
	case a.Reason == 0 && a.Detail == "":
		found.missing("reason", "is required", "reason")
	case a.Reason != 0 && !slices.Contains(p.Reasons, a.Reason):
		found.wrong("reason", fmt.Sprintf("%v is not a reason of the playbook", a.Reason))
	}
	if slices.Contains(p.EvidenceFor, a.Reason) && len(a.Evidence) == 0 {
		found.missing("evidence", fmt.Sprintf("is required for %v", a.Reason), "evidence")
	}
}

// rating is how good a lead was, given as a number or in a word; 0 if neither is.
func rating(a Answer, found *problems) int {
	switch said := QualityOf(a.Rating); {
	case a.Rating == 0:
		return a.Quality.rating()
	case a.Quality != 0 && a.Quality != said:
		found.wrong("quality", fmt.Sprintf("a rating of %d is %v, not %v", a.Rating, said, a.Quality))
	}
	return a.Rating
}

func (p Policy) checkDisposition(a Answer, found *problems) {
	if a.Rating == 0 && !p.RatingOptional {
		found.missing("rating", "is required, or a quality", "rating")
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

// checkConfirmed refuses what is on no checklist: it leaves the service, and so is none of the caller's own words.
func (p Policy) checkConfirmed(a Answer, found *problems) {
	for i, item := range a.Confirmed {
		if !slices.Contains(p.Confirmable, item) {
			found.wrong(fmt.Sprintf("confirmed[%d]", i), fmt.Sprintf("%q is on no checklist of the playbook", item))
		}
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

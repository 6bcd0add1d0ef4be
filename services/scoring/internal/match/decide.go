package match

import (
	"slices"

	"github.com/handoffhq/handoff/services/scoring/internal/normal"
)

// Decide chooses the account of a lead among the candidates that the look-ups of
// Plan found, by the rules of the package in their order.
func Decide(lead Lead, candidates Candidates, policy Policy) Decision {
	candidates = canonical(candidates)
	m := weigh(lead, candidates, policy)
	v := m.verdict()
	return Decision{
		Code:              v.code,
		AccountID:         v.account,
		Review:            len(v.open) > 0,
		Candidates:        m.explain(v),
		InputsHash:        inputsHash(lead, candidates, policy),
		NormaliserVersion: normal.Version,
		ListsVersion:      normal.ListsVersion() + "; " + candidates.ListsVersion,
	}
}

// verdict is what a rule says: an account, or accounts left open to review.
type verdict struct {
	code    Code
	account string
	open    []*evidence
}

// matching is one decision being made.
type matching struct {
	lead     Lead
	policy   Policy
	evidence []*evidence // one for each account, in order of id
}

// verdict returns what the first decisive rule says.
func (m *matching) verdict() verdict {
	rules := []func() (verdict, bool){
		m.manualLock, m.externalID, m.exactPerson, m.knownMap, m.atDomain,
		m.nameCorroborated, m.nameOnly, m.nameFuzzy, m.personAtSeveral,
	}
	for _, rule := range rules {
		if v, decisive := rule(); decisive {
			return v
		}
	}
	return verdict{code: Unmatched}
}

// explain returns the accounts that anything speaks for, each with the reason
// why it was not taken.
func (m *matching) explain(v verdict) []Candidate {
	var candidates []Candidate
	for _, e := range m.evidence {
		if !e.relevant() {
			continue
		}
		candidate := Candidate{AccountID: e.account.ID, Reasons: e.reasons()}
		if e.account.ID != v.account && !slices.Contains(v.open, e) {
			candidate.Rejected = e.rejection()
		}
		candidates = append(candidates, candidate)
	}
	return candidates
}

// active returns the evidence of the active accounts that a test holds for.
func (m *matching) active(holds func(*evidence) bool) []*evidence {
	var found []*evidence
	for _, e := range m.evidence {
		if e.account.Active && holds(e) {
			found = append(found, e)
		}
	}
	return found
}

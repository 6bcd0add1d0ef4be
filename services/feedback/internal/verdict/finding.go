package verdict

// Finding is how evidence compares with the playbook and the record. The zero value is not checked.
type Finding uint8

// The findings.
const (
	Supported Finding = iota + 1
	Contradicted
	Unverifiable
)

// Cause is why, as the API numbers it.
type Cause uint8

// WouldPass is that what sales saw meets the criterion which it is said to fail.
const WouldPass Cause = 3

// Check is what was found of a piece of evidence when it was given.
type Check struct {
	Finding  Finding
	Cause    Cause
	Missing  []string // the facts that the criterion needs and nobody knows
	Recorded string   // what the record says instead, where it differs and is about the account
}

// Finding is what follows from all evidence of an answer: what supports the reason outweighs what contradicts it. Without evidence
// it is not checked.
func (a Answer) Finding() Finding {
	var all Finding
	for _, e := range a.Evidence {
		switch {
		case e.Finding == Supported:
			return Supported
		case e.Finding == Contradicted || all == 0:
			all = e.Finding
		}
	}
	return all
}

// Contradiction is the evidence for which the policy refuses an answer; nil if it takes it.
func (p Policy) Contradiction(a Answer) *Evidence {
	if !p.RefuseContradicted || a.Finding() != Contradicted {
		return nil
	}
	for i, e := range a.Evidence {
		if e.Finding == Contradicted {
			return &a.Evidence[i]
		}
	}
	return nil
}

package qualify

import (
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/proof"
)

// Prove compares what somebody saw of a subject with the policy's criteria and disqualifiers, and with what is known of it as of
// an instant.
func (p *Policy) Prove(s *Subject, items []proof.Item, asOf time.Time) []proof.Check {
	h := p.hear(s, asOf)
	defer p.end(h)
	checks := make([]proof.Check, len(items))
	for i, item := range items {
		checks[i] = proof.Of(p.set, &h.facts, asOf, item)
	}
	return checks
}

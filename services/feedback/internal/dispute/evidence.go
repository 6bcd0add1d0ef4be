package dispute

import (
	"slices"

	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
)

// Contradicts reports whether an answer turns its lead away for a reason that its evidence speaks against.
func Contradicts(a verdict.Answer) bool {
	return TurnsAway(a) && a.Finding() == verdict.Contradicted
}

// Opens reports whether a dispute over an answer opens by itself.
func (p Policy) Opens(a verdict.Answer) bool {
	switch p.Automatic {
	case OnRecord:
		return Contradicts(a)
	case OnClaim:
		return Contradicts(a) && slices.ContainsFunc(a.Evidence, func(e verdict.Evidence) bool { return e.Cause == verdict.WouldPass })
	default:
		return false
	}
}

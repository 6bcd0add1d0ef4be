package passage

import (
	"cmp"
	"fmt"
	"strings"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
)

// patternWords says what sales says again and again, of which leads, and where to look for the cause.
func patternWords(p *feedbackv1.Pattern) string {
	said := "message overstated or unclear"
	if p.GetKind() == feedbackv1.Pattern_KIND_REASON {
		said = enumWord(p.GetReason().String(), "REJECTION_REASON_")
	}
	words := fmt.Sprintf("pattern: %s, %d of %d answers for %s", said, p.GetCaseCount(), p.GetAnsweredCount(), sliceWords(p))
	if p.GetStrong() {
		words += ", strong"
	}
	return words + ", " + enumWord(p.GetLabel().String(), "LABEL_")
}

// qualityWords says how far the mean rating fell.
func qualityWords(p *feedbackv1.Pattern) string {
	return fmt.Sprintf("mean rating fell from %.1f to %.1f for %s", p.GetRating().GetBaseline(), p.GetRating().GetRecent(), sliceWords(p))
}

// sliceWords names the leads of a pattern.
func sliceWords(p *feedbackv1.Pattern) string {
	var words []string
	for _, s := range p.GetSlices() {
		if s.GetDimension() == feedbackv1.PatternSlice_DIMENSION_REP || s.GetDimension() == feedbackv1.PatternSlice_DIMENSION_POOL {
			words = append(words, s.GetValue())
			continue
		}
		words = append(words, strings.TrimSpace(enumWord(s.GetDimension().String(), "DIMENSION_")+" "+s.GetValue()))
	}
	return cmp.Or(strings.Join(words, " = "), "nobody")
}

package replay

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// Cause is the sort of thing in which two versions differ. The numbers are the API's.
type Cause int

// The causes, the first that applies is named.
const (
	ByDisqualifier Cause = iota + 1
	ByCriterion
	ByPoints
	ByLine
	ByCycle
)

// Disagreement is why one version qualifies a person at an instant and the other does not.
type Disagreement struct {
	Cause   Cause
	Subject string // the disqualifier, the criterion or the rule; empty for the line and the cycle
	Words   string
}

// Disagree says why a version qualifies a person and the other one does not.
func (w *World) Disagree(past *Past, q *Qualification, version int) (Disagreement, error) {
	at := q.At
	r, err := w.run(past, at)
	if err != nil {
		return Disagreement{}, err
	}
	p, other := r.by[q.Lead], 1-version
	if w.Versions[other].Policy == nil {
		return Disagreement{Cause: ByLine, Words: "no version was in force"}, nil
	}
	if err := p.look(w, at); err != nil {
		return Disagreement{}, err
	}
	var results [versions]qualify.Result
	for v := range results {
		p.regard(w, v, &p.standing[v], at, q.settled)
		results[v] = w.Versions[v].Policy.Evaluate(&p.subject, at)
	}
	if without := &results[other]; without.OverLine && without.Disqualifier == "" {
		return rests(&p.standing[other], version), nil
	}
	return compare(w.Versions[version].Policy, &results[Baseline], &results[Draft], version == Draft), nil
}

// rests says where the person is by the version that begins no handoff, though it is over the line.
func rests(s *standing.Standing, version int) Disagreement {
	by := map[int]string{Baseline: "draft", Draft: "baseline"}[version]
	words := fmt.Sprintf("by the %s it is with sales since %s", by, s.QualifiedAt.Format(time.DateOnly))
	switch {
	case s.Handoff == "":
		words = fmt.Sprintf("the %s has no cause to look at it then", by)
	case s.Closed():
		words = fmt.Sprintf("by the %s it rests since sales gave it back on %s", by, s.ClosedAt.Format(time.DateOnly))
	}
	return Disagreement{Cause: ByCycle, Words: words}
}

// compare says what the draft makes of a person otherwise than the baseline, so that it gains or loses it. What the gate of the
// version that qualifies the person does not look at, or what speaks for the person by the other version, is no reason.
func compare(by *qualify.Policy, baseline, draft *qualify.Result, gained bool) Disagreement {
	yes, no, verb := baseline, draft, "now applies"
	if gained {
		yes, no, verb = draft, baseline, "no longer applies"
	}
	if no.Disqualifier != "" {
		return Disagreement{ByDisqualifier, no.Disqualifier, fmt.Sprintf("the disqualifier %s %s", no.Disqualifier, verb)}
	}
	scores := change("fit", baseline.Fit.Total, draft.Fit.Total) + change("engagement", baseline.Engagement.Total, draft.Engagement.Total)
	decides := func(score string, yes, no scorecard.Micro) bool {
		return yes > no && (by.Gated(score) || by.Gated("combined"))
	}
	fit, engagement := decides("fit", yes.Fit.Total, no.Fit.Total), decides("engagement", yes.Engagement.Total, no.Engagement.Total)
	matters := func(criterion string) bool { return by.Gated(criterion) || fit && by.Rewards(criterion) }
	if name, words := criterion(yes.Criteria, no.Criteria, matters, gained); name != "" {
		return Disagreement{ByCriterion, name, join(scores, words)}
	}
	for _, part := range []struct {
		decides         bool
		baseline, draft scorecard.Score
	}{{fit, baseline.Fit, draft.Fit}, {engagement, baseline.Engagement, draft.Engagement}} {
		if name, words := points(sums(part.baseline), sums(part.draft), gained); part.decides && name != "" {
			return Disagreement{ByPoints, name, join(scores, words)}
		}
	}
	return Disagreement{Cause: ByLine, Words: fmt.Sprintf("fit %s and engagement %s are %s the line", short(draft.Fit.Total), short(draft.Engagement.Total),
		map[bool]string{true: "now over", false: "no longer over"}[gained])}
}

// criterion is the first criterion that matters and holds by one version and not by the other.
func criterion(yes, no *criteria.Answers, matters func(name string) bool, gained bool) (name, words string) {
	without := map[string]criteria.Truth{}
	for answer := range no.All() {
		without[answer.Name] = answer.Truth
	}
	for answer := range yes.All() {
		truth, known := without[answer.Name]
		switch {
		case answer.Truth != criteria.True || known && truth == criteria.True || !matters(answer.Name):
			continue
		case known && gained:
			return answer.Name, answer.Name + " is now true"
		case known && truth == criteria.False:
			return answer.Name, answer.Name + " is now false"
		case known:
			return answer.Name, answer.Name + " is now unknown"
		case gained:
			return answer.Name, answer.Name + " is new, and true"
		default:
			return answer.Name, answer.Name + " is gone"
		}
	}
	return "", ""
}

// points is the first rule that gives more by the version that qualifies the person.
func points(before, after map[string]scorecard.Micro, gained bool) (name, words string) {
	names := slices.AppendSeq(slices.Collect(maps.Keys(before)), maps.Keys(after))
	slices.Sort(names)
	for _, name := range names {
		if before[name] != after[name] && after[name] > before[name] == gained {
			return name, fmt.Sprintf("%s gives %s points instead of %s", name, short(after[name]), short(before[name]))
		}
	}
	return "", ""
}

// sums are what each rule gave.
func sums(score scorecard.Score) map[string]scorecard.Micro {
	all := map[string]scorecard.Micro{}
	for line := range score.Lines() {
		if line.Rule != scorecard.Clamp {
			all[line.Name()] += line.Contribution
		}
	}
	return all
}

// change says how a score differs; it is empty if it does not.
func change(name string, baseline, draft scorecard.Micro) string {
	if baseline == draft {
		return ""
	}
	return fmt.Sprintf(", %s %s instead of %s", name, short(draft), short(baseline))
}

func join(scores, words string) string {
	if scores == "" {
		return words
	}
	return scores[len(", "):] + ": " + words
}

// short is a number of points cut to two decimals.
func short(m scorecard.Micro) string { return (m - m%(scorecard.Point/100)).String() }

package figures

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
)

// Score prints why a lead has its score: the whole in a sentence, then every line of both parts, which sum to the score
// exactly, then the criteria and what they lack.
func (p *Printer) Score(s *scoringv1.Score) {
	summary := s.GetSummary()
	p.Line("%s", s.GetSentence())
	p.Line("By %s, as of %s. Intent %s; %d%% of the points of fit could be decided.", cmp.Or(summary.GetPlaybook(), "no playbook"),
		summary.GetAsOfTime().AsTime().Format(time.RFC3339), word(summary.GetIntent().String(), "INTENT_LEVEL_"), summary.GetCompletenessPercent())
	p.Title("Fit: %s of 100", Points(summary.GetFitMicros()))
	p.Head("rule", "points", "of", "group cap took")
	for _, l := range linesOf(s, scoringv1.ScoreLine_PART_FIT) {
		p.Row(l.GetRule(), Points(l.GetContributionMicros()), Points(l.GetRawMicros()), taken(l.GetGroupCappedMicros()))
	}
	p.Title("Engagement: %s of 100", Points(summary.GetEngagementMicros()))
	if done := linesOf(s, scoringv1.ScoreLine_PART_ENGAGEMENT); len(done) > 0 {
		p.Head(engagementHead("rule")...)
		for _, l := range done {
			p.engagement(l, l.GetRule())
		}
	}
	p.Title("Combined: %s of 100; it orders a queue and decides nothing", Points(summary.GetCombinedMicros()))
	p.Title("What the playbook asks")
	p.Head("criterion", "answer", "")
	for _, c := range s.GetCriteria() {
		p.criterion(c)
	}
	if len(s.GetPersonas()) > 0 {
		p.Title("What part they play when their company buys")
		p.Head("persona", "answer", "")
	}
	for _, c := range s.GetPersonas() {
		p.criterion(c)
	}
}

// points are a line of what somebody did: of a lead's score, or of an account's.
type points interface {
	GetEngagementCount() int32
	GetRawMicros() int64
	GetDecayedMicros() int64
	GetTypeCappedMicros() int64
	GetGroupCappedMicros() int64
	GetContributionMicros() int64
}

func engagementHead(of ...string) []string {
	return append(of, "events", "at first", "decay took", "type cap took", "group cap took", "points")
}

// engagement prints a line behind what it is of.
func (p *Printer) engagement(l points, of ...string) {
	if l.GetEngagementCount() == 0 { // of no event: what a total above 100 loses
		p.Row(append(of, "", "", "", "", "", Points(l.GetContributionMicros()))...)
		return
	}
	p.Row(append(of, Count(int64(l.GetEngagementCount())), Points(l.GetRawMicros()), taken(l.GetRawMicros()-l.GetDecayedMicros()),
		taken(l.GetTypeCappedMicros()), taken(l.GetGroupCappedMicros()), Points(l.GetContributionMicros()))...)
}

// taken is what was taken off; nothing where nothing was.
func taken(micros int64) string {
	if micros == 0 {
		return ""
	}
	return Points(-micros)
}

func (p *Printer) criterion(c *scoringv1.CriterionResult) {
	why := ""
	switch c.GetTruth() {
	case scoringv1.CriterionResult_TRUTH_UNKNOWN:
		why = "not known: " + strings.Join(c.GetMissing(), ", ")
	case scoringv1.CriterionResult_TRUTH_ERROR:
		why = c.GetError()
	}
	p.Row(c.GetCriterion(), word(c.GetTruth().String(), "TRUTH_"), why)
}

func linesOf(s *scoringv1.Score, part scoringv1.ScoreLine_Part) []*scoringv1.ScoreLine {
	var lines []*scoringv1.ScoreLine
	for _, l := range s.GetLines() {
		if l.GetPart() == part {
			lines = append(lines, l)
		}
	}
	return lines
}

// Points is millionths of a point with as many decimals as there are: "70.000001", "40", "-7.5".
func Points(micros int64) string {
	sign, size := "", uint64(micros)
	if micros < 0 {
		sign, size = "-", -size
	}
	text := fmt.Sprintf("%d.%06d", size/1_000_000, size%1_000_000)
	return sign + strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

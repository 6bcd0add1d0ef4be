package document

import (
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // the zones that a host without any has

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// mostReasons is how long a menu may be that reps still read.
const mostReasons = 6

func (l *linter) checkFeedback() {
	feedback := l.doc.GetFeedback()
	l.checkReasons(feedback)
	l.checkGrounds(feedback)
	if n := len(feedback.GetDetails()); n > mostReasons {
		l.advise("feedback.details", "%d words of your own beside the reasons: menus of more than six are not used (Klozeo, The Sales-Marketing Alignment Playbook)", n)
	}
	if zone := feedback.GetReport().GetZone(); zone != "" && !isZone(zone) {
		l.refuse("feedback.report.zone", "%s is no IANA time zone: write it like America/New_York or Europe/Berlin", quoted(zone))
	}
}

// isZone knows the IANA names. "Local" is Go's name for the zone of whatever machine asks.
func isZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "Local"
}

// checkReasons advises about reasons that reps cannot give although they are in use.
func (l *linter) checkReasons(feedback *playbookv1.FeedbackPolicy) {
	offered := l.full.GetFeedback().GetReasons()
	if missing := missingReasons(offered); len(missing) > 0 {
		l.advise("feedback.reasons", "%s left out: whoever means one of the six reasons and cannot find it picks another (Klozeo, The Sales-Marketing Alignment Playbook)",
			strings.Join(missing, ", "))
	}
	const message = "reps cannot give %s: it is not among the reasons"
	for detail, reason := range sorted(feedback.GetDetails()) {
		if !slices.Contains(offered, reason) {
			l.advise(entry("feedback.details", detail), message, reasonName(reason))
		}
	}
	for i, reason := range feedback.GetEvidenceRequiredFor() {
		if !slices.Contains(offered, reason) {
			l.advise(element("feedback.evidence_required_for", i), message, reasonName(reason))
		}
	}
}

// checkGrounds looks the criteria up that prove a reason.
func (l *linter) checkGrounds(feedback *playbookv1.FeedbackPolicy) {
	known := append(names(l.doc.GetCriteria()), names(l.doc.GetDisqualify())...)
	for criterion, reason := range sorted(feedback.GetGrounds()) {
		at := entry("feedback.grounds", criterion)
		if !slices.Contains(known, criterion) {
			l.refuse(at, "there is no criterion or disqualifier %s: %s", quoted(criterion), mend(criterion, known))
		}
		if !slices.Contains(l.full.GetFeedback().GetReasons(), reason) {
			l.advise(at, "reps cannot give %s: it is not among the reasons", reasonName(reason))
		}
	}
}

func missingReasons(offered []playbookv1.RejectionReason) []string {
	var missing []string
	values := playbookv1.RejectionReason(0).Descriptor().Values()
	for i := 1; i < values.Len(); i++ {
		if !slices.Contains(offered, playbookv1.RejectionReason(values.Get(i).Number())) {
			missing = append(missing, shortName(values.Get(i)))
		}
	}
	return missing
}

// reasonName is how people write a reason; a number that the schema does not know stays one.
func reasonName(reason playbookv1.RejectionReason) string {
	if value := reason.Descriptor().Values().ByNumber(reason.Number()); value != nil {
		return shortName(value)
	}
	return reason.String()
}

func (l *linter) checkBands() {
	attribution := l.doc.GetAttribution()
	check := func(path string, band *playbookv1.Band) {
		if band.GetLow() > band.GetHigh() {
			l.refuse(path, "from %g to %g is no range: put the lower end first", band.GetLow(), band.GetHigh())
		}
	}
	check("attribution.shared_metric.healthy", attribution.GetSharedMetric().GetHealthy())
	for name, band := range sorted(attribution.GetTargets()) {
		check(entry("attribution.targets", name), band)
	}
}

// aQuarter is the longest one, with a day to spare.
const aQuarter = 93 * 24 * time.Hour

// checkReview advises about an agreement that is not looked at each quarter.
func (l *linter) checkReview() {
	if every := l.full.GetReviewEvery(); every.AsDuration() > aQuarter {
		l.advise("review_every", "%s is longer than a quarter: look at the agreement quarterly (Klozeo, The Sales-Marketing Alignment Playbook)", formatDuration(every))
	}
}

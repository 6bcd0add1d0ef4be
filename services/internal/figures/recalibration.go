package figures

import (
	"fmt"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
)

// Recalibration prints what experience says should change in the playbook and how that was proved, for both teams to read
// before they sign or refuse.
func (p *Printer) Recalibration(r *feedbackv1.Recalibration) {
	p.Title("%s: %s", r.GetName(), recalibrationState(r))
	p.Line("%d weeks from %s, of which %d are held out, from %s", r.GetWeeks(), day(r.GetStartTime().AsTime()), r.GetHeldOutWeeks(), day(r.GetHeldOutTime().AsTime()))
	if r.GetSentence() != "" {
		p.Line("%s", r.GetSentence())
	}
	if len(r.GetChanges()) > 0 {
		p.Title("%s", map[bool]string{true: "What would change", false: "What was found, and is not proposed"}[r.GetPlaybook() != ""])
	}
	for _, c := range r.GetChanges() {
		if len(c.GetSentences()) == 0 {
			p.Line("%s: %s instead of %s.", c.GetSubject(), c.GetNew(), c.GetOld())
		}
		for _, sentence := range c.GetSentences() {
			p.Line("%s.", sentence)
		}
		p.Line("  %s", c.GetBecause())
	}
	p.proof(r)
	for _, d := range r.GetLeftOut() {
		p.Line("left out: %s, which %s refused on %s", d.GetSubject(), word(d.GetTeam().String(), "TEAM_"), day(d.GetRefuseTime().AsTime()))
	}
	p.brought(r)
}

// proof prints the figures of both parts.
func (p *Printer) proof(r *feedbackv1.Recalibration) {
	if r.GetHeldOut() == nil {
		return
	}
	p.Title("Good leads at the same volume (with the 95 %% interval)")
	p.Head("", "answered", "kept by the draft", "the playbook in force", "the draft", "swapped", "p")
	for _, part := range []struct {
		what string
		of   *feedbackv1.RecalibrationFigures
	}{{"weeks held out", r.GetHeldOut()}, {"weeks that chose", r.GetTraining()}} {
		f := part.of
		p.Row(part.what, Count(f.GetAnsweredCount()), Count(f.GetKeptCount()), proportion(f.GetBaseline()), proportion(f.GetDraft()),
			fmt.Sprintf("%d: %d good for %d", f.GetSwappedCount(), f.GetSwappedInGoodCount(), f.GetSwappedOutGoodCount()), fmt.Sprintf("%.4f", f.GetPValue()))
	}
	p.Line("(the weeks that chose the changes prove nothing; nothing is claimed of leads that nobody handed over)")
}

// brought prints what the draft would have brought in all the weeks.
func (p *Printer) brought(r *feedbackv1.Recalibration) {
	s := r.GetSimulation()
	if s == nil {
		return
	}
	p.Title("What the draft would have brought in all %d weeks", r.GetWeeks())
	p.Row("leads by "+r.GetBaseline(), Count(s.GetBaselineFigures().GetLeadCount()))
	p.Row("leads by the draft", Count(s.GetDraftFigures().GetLeadCount()))
	p.Row("  by the draft alone, judged by nobody", Count(s.GetGained().GetLeadCount()))
	p.Row("  by "+r.GetBaseline()+" alone", Count(s.GetLost().GetLeadCount()))
	if r.GetState() == feedbackv1.Recalibration_STATE_PROPOSED {
		p.Line("to sign it: handoff playbook sign %s --team=marketing|sales; to refuse it: handoff playbook refuse", r.GetPlaybook())
	}
}

// Recalibrations prints a list of them.
func (p *Printer) Recalibrations(all []*feedbackv1.Recalibration) {
	p.Title("Recalibrations")
	p.Head("recalibration", "asked for", "weeks", "changes", "where it stands")
	for _, r := range all {
		p.Row(r.GetName(), day(r.GetCreateTime().AsTime()), Count(int64(r.GetWeeks())), Count(int64(len(r.GetChanges()))), recalibrationState(r))
	}
}

// recalibrationState is where a recalibration stands, in words.
func recalibrationState(r *feedbackv1.Recalibration) string {
	switch r.GetState() {
	case feedbackv1.Recalibration_STATE_RUNNING:
		return word(r.GetPhase().String(), "PHASE_")
	case feedbackv1.Recalibration_STATE_PROPOSED:
		return r.GetPlaybook() + " is proposed"
	case feedbackv1.Recalibration_STATE_NOTHING:
		return "nothing is proposed: " + word(r.GetCause().String(), "CAUSE_")
	case feedbackv1.Recalibration_STATE_REFUSED:
		return r.GetPlaybook() + " was refused by " + word(r.GetRefusedBy().String(), "TEAM_")
	case feedbackv1.Recalibration_STATE_IN_FORCE:
		return r.GetPlaybook() + " came into force"
	case feedbackv1.Recalibration_STATE_STALE:
		return r.GetPlaybook() + " is out of date: another version came into force"
	default:
		return word(r.GetState().String(), "STATE_")
	}
}

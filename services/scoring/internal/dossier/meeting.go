package dossier

import (
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// Meet adds a meeting that somebody brings with the person. It counts when the person is judged.
func (d *Dossier) Meet(m *record.Meeting) {
	d.Change.Made, d.Change.Meeting = true, m
}

// met is what a meeting makes of a finding: the person is over the line, and did something that shows high intent by itself.
func met(f standing.Finding) standing.Finding {
	f.OverLine, f.Acted, f.Signal = true, true, true
	return f
}

// place notes what became of the meeting, once the person was judged.
func (d *Dossier) place(m *record.Meeting) {
	stands := &d.Lead.Standing
	switch {
	case stands.Open():
		m.Effect, m.Handoff = record.MeetingAdded, stands.Handoff
		if d.Change.Step == standing.Qualify {
			m.Effect = record.MeetingQualified
		}
	case stands.Disqualifier != "":
		m.Effect, m.Disqualifier = record.MeetingDisqualified, stands.Disqualifier
	default:
		m.Effect = record.MeetingTurnedAway
	}
}

// Check makes the checks of the meeting. Motion is the name of what somebody else has going with the person's account; empty
// if there is nothing. The playbook must take meetings.
func (d *Dossier) Check(rules Rules, dir *Directory, motion string, now time.Time) {
	m := d.Change.Meeting
	m.Playbook = rules.Playbook
	m.Checks = rules.Policy.Rubric(d.Subject(rules, dir), m.Agreement.Facts(), motion, now)
}

package dossier

import (
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
	"github.com/handoffhq/handoff/services/scoring/internal/standing"
)

// Judge scores the person and moves the lead on. Mint gives the id of a new handoff. Before the first playbook it does
// nothing.
func (d *Dossier) Judge(rules Rules, dir *Directory, now time.Time, mint func(lead string, cycle int32) string) {
	if rules.Policy == nil {
		return
	}
	subject := d.Subject(rules, dir)
	result := rules.Policy.Evaluate(subject, now)
	d.Change.Result = &result
	score := snapshot(&result, rules.Playbook, now)
	score.Personas, score.EngagedAt = result.PersonaNames(), d.engagedAt(now)
	d.Lead.Score = score
	fresh := d.sinceClosed()
	finding := standing.Finding{Disqualifier: result.Disqualifier, OverLine: result.OverLine, Cooldown: rules.Policy.Cooldown,
		Acted: len(fresh) > 0, Signal: d.Lead.Standing.Handoff != "" && rules.Policy.Signals(subject, fresh, now)}
	d.Lead.Standing, d.Change.Step = d.Lead.Standing.Judge(finding, now, func(cycle int32) string { return mint(d.Lead.ID, cycle) })
	if !d.Lead.Standing.Open() || d.Change.Step == standing.Disqualify {
		return
	}
	told := d.Context(rules, dir, now).brief(&result)
	d.Change.MoreContext = d.Change.Step == standing.Stay && (told != d.Lead.Told || finding.Signal)
	d.Lead.Told = told
}

// Subject is the person as the policy sees it.
func (d *Dossier) Subject(rules Rules, dir *Directory) *qualify.Subject {
	account := dir.subject(d.Lead.Match.Account)
	if account != nil && d.Lead.Partner != "" {
		account.Around = nil // what happens there is not the partner's to know
	}
	return &qualify.Subject{
		Lead:        d.who.Facts(d.Lead.Source, d.Lead.Partner),
		Account:     account,
		Engagements: record.Human(d.History),
		Lists:       rules.Lists.Facts,
		First:       d.Lead.OccurredAt, CreatedAt: d.Lead.CreatedAt, Qualified: d.Lead.Standing.QualifiedAt,
	}
}

// sinceClosed is what the person did that is new, and after the last handoff was closed if it was.
func (d *Dossier) sinceClosed() []qualify.Engagement {
	var fresh []qualify.Engagement
	for _, e := range record.Human(d.Change.Recorded) {
		if e.OccurredAt.After(d.Lead.Standing.ClosedAt) {
			fresh = append(fresh, e)
		}
	}
	return fresh
}

func snapshot(r *qualify.Result, playbook int64, now time.Time) record.Snapshot {
	return record.Snapshot{Fit: int64(r.Fit.Total), Engagement: int64(r.Engagement.Total), Combined: int64(r.Combined), Intent: int(r.Intent),
		OverLine: r.OverLine, Completeness: r.Fit.Completeness, Playbook: playbook, AsOf: now}
}

// brief says what routing would decide by, so that two contexts can be told apart.
func (c *Context) brief(r *qualify.Result) string {
	return fmt.Sprintf("intent=%d first_match=%v target=%t account=%s missing=%v", r.Intent, r.FirstMatch, r.Target, c.Account, c.Missing)
}

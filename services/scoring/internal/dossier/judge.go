package dossier

import (
	"fmt"
	"slices"
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
	finding := Find(rules.Policy, subject, &result.Verdict, &d.Lead.Standing, record.Human(d.Change.Recorded), now)
	signal, meeting := finding.Signal, d.Change.Meeting
	if meeting != nil {
		finding = met(finding)
	}
	before := d.Lead.Standing
	d.Lead.Standing, d.Change.Step = before.Judge(finding, now, func(cycle int32) string { return mint(d.Lead.ID, cycle) })
	d.replace(d.Lead, before)
	if meeting != nil {
		d.place(meeting)
	}
	if !d.Lead.Standing.Open() || d.Change.Step == standing.Disqualify {
		return
	}
	told := d.Context(rules, dir, now).brief(&result)
	d.Change.MoreContext = d.Change.Step == standing.Stay && (told != d.Lead.Told || signal)
	d.Lead.Told = told
}

// Subject is the person as the policy sees it.
func (d *Dossier) Subject(rules Rules, dir *Directory) *qualify.Subject {
	account := dir.Employer(d.Lead.Match.Account)
	if account != nil && d.Lead.Partner != "" {
		account.Around = nil // what happens there is not the partner's to know
	}
	return &qualify.Subject{
		Lead:        d.who.Facts(d.Lead.Source, d.Lead.Partner),
		Account:     account,
		Engagements: record.Human(d.History),
		Lists:       rules.Lists.Facts,
		First:       d.Lead.OccurredAt, CreatedAt: d.Lead.CreatedAt, Qualified: d.Lead.Standing.FirstQualifiedAt,
	}
}

// Find says what a policy finds of a lead that stands where it stands. The verdict is the policy's on the subject at the
// instant, and fresh is what the person did that is new; of that only what came after the last handoff was closed counts.
func Find(policy *qualify.Policy, subject *qualify.Subject, verdict *qualify.Verdict, stands *standing.Standing, fresh []qualify.Engagement, now time.Time) standing.Finding {
	before := func(e qualify.Engagement) bool { return !e.OccurredAt.After(stands.ClosedAt) }
	since := fresh
	if slices.ContainsFunc(fresh, before) {
		since = slices.DeleteFunc(slices.Clone(fresh), before)
	}
	return standing.Finding{Disqualifier: verdict.Disqualifier, OverLine: verdict.OverLine, Cooldown: policy.Cooldown,
		Acted: len(since) > 0, Signal: stands.Handoff != "" && policy.Signals(subject, since, now)}
}

// replace notes the handoff of a lead that another one took the place of.
func (d *Dossier) replace(lead *record.Lead, before standing.Standing) {
	if before.Handoff != "" && before.Handoff != lead.Standing.Handoff {
		d.Change.Replaced = append(d.Change.Replaced, Replaced{lead.ID, before})
	}
}

func snapshot(r *qualify.Result, playbook int64, now time.Time) record.Snapshot {
	return record.Snapshot{Fit: int64(r.Fit.Total), Engagement: int64(r.Engagement.Total), Combined: int64(r.Combined), Intent: int(r.Intent),
		OverLine: r.OverLine, Completeness: r.Fit.Completeness, Playbook: playbook, AsOf: now}
}

// brief says what routing would decide by, so that two contexts can be told apart.
func (c *Context) brief(r *qualify.Result) string {
	return fmt.Sprintf("intent=%d first_match=%v requirements=%v target=%t account=%s owner=%s dealer=%s missing=%v",
		r.Intent, r.FirstMatch, r.Requirements, r.Target, c.Account, c.Owner, c.Dealer, c.Missing)
}

package dossier

import (
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
	"github.com/handoffhq/handoff/services/scoring/internal/record"
)

// share is what a person is worth to an account, in millionths of a point.
type share struct {
	account string
	points  int64
}

// worthOf is what a lead was worth, as it was stored. Partners' leads count for nobody else.
func worthOf(lead *record.Lead) []share {
	if lead == nil || lead.Partner != "" || lead.Match.Account == "" || lead.Score.Engagement == 0 {
		return nil
	}
	return []share{{lead.Match.Account, lead.Score.Engagement}}
}

// Worth adds to what accounts gained and lost by the change, in millionths of a point.
func (d *Dossier) Worth(gained map[string]int64) {
	for _, s := range d.counted {
		gained[s.account] -= s.points
	}
	for _, s := range worthOf(d.Lead) {
		gained[s.account] += s.points
	}
}

// CommitteeMember is the person as a committee sees it, before it is judged.
func (d *Dossier) CommitteeMember(rules Rules, dir *Directory, now time.Time) qualify.Member {
	return qualify.Member{Lead: d.Lead.ID, Personas: rules.Policy.Roles(d.Subject(rules, dir), now), EngagedAt: d.engagedAt(now)}
}

// engagedAt is when the person did something last; zero for never.
func (d *Dossier) engagedAt(now time.Time) time.Time {
	var last time.Time
	for i := range d.History {
		if at := d.History[i].Since(); at.After(last) && !at.After(now) {
			last = at
		}
	}
	return last
}

// Committees are the accounts whose buying committee the change could have altered: the person came, went, plays another
// part, or engages again.
func (d *Dossier) Committees(policy *qualify.Policy, now time.Time) []string {
	if d.Lead.Partner != "" {
		return nil
	}
	was, is := &record.Lead{}, d.Lead
	if d.before != nil {
		was = d.before
	}
	plays := playsPart(was) || playsPart(is) || len(d.Change.Merged) > 0 && slices.ContainsFunc(d.Absorbed, playsPart)
	if !plays { // and so fills no seat and leaves none
		return nil
	}
	moved := was.Match.Account != is.Match.Account || d.joinedOrParted()
	if !moved && slices.Equal(engaged(policy, was, now), engaged(policy, is, now)) && slices.Equal(was.Score.Personas, is.Score.Personas) {
		return nil
	}
	accounts := []string{was.Match.Account, is.Match.Account}
	for _, merged := range d.Change.Merged {
		accounts = append(accounts, d.Member(merged.Absorbed).Match.Account)
	}
	return accounts
}

func playsPart(lead *record.Lead) bool { return len(lead.Score.Personas) > 0 }

// joinedOrParted reports whether the person is made of other leads than before.
func (d *Dossier) joinedOrParted() bool { return len(d.Change.Merged) > 0 || d.parted }

// engaged are the personas of a lead as which it counts as engaged.
func engaged(policy *qualify.Policy, lead *record.Lead, now time.Time) []string {
	var names []string
	for _, name := range lead.Score.Personas {
		if at := lead.Score.EngagedAt; !at.IsZero() && now.Sub(at) <= policy.Window(name) {
			names = append(names, name)
		}
	}
	return names
}

// Heard is the account of which something was heard by the change: who never did anything there did, or came having done
// something. It is empty for none.
func (d *Dossier) Heard() string {
	if d.Lead.Partner != "" || len(d.History) == 0 {
		return ""
	}
	came := d.before == nil || d.before.Match.Account != d.Lead.Match.Account || d.joinedOrParted()
	if !came && len(d.Change.Recorded) < len(d.History) {
		return ""
	}
	return d.Lead.Match.Account
}

// Stirs are the accounts at which what counts for a surge could have changed, given which engagements count.
func (d *Dossier) Stirs(counts func(*qualify.Engagement) bool) []string {
	if d.Lead.Partner != "" {
		return nil
	}
	from := ""
	if d.before != nil {
		from = d.before.Match.Account
	}
	to := d.Lead.Match.Account
	accounts, events := []string{to}, d.Change.Recorded
	if from != to || d.joinedOrParted() { // all that the person did comes along
		accounts, events = []string{from, to}, d.History
		for _, merged := range d.Change.Merged {
			accounts = append(accounts, d.Member(merged.Absorbed).Match.Account)
		}
	}
	if d.parted { // what went with the other lead is not here to be looked at
		return accounts
	}
	human := record.Human(events)
	for i := range human {
		if counts(&human[i]) {
			return accounts
		}
	}
	return nil
}

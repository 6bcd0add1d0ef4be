package dispute

import (
	"errors"
	"slices"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
)

// Dispute is a disagreement over one verdict.
type Dispute struct {
	State      State
	Opener     Opener
	Reason     verdict.Reason // that the verdict was given for; 0 if it has none
	Statements []Statement    // one of a team at most, marketing's first
	OpenedAt   time.Time
	Term       time.Time // until when the teams have the word
	Decided    Position  // zero while it is open
	EndedAt    time.Time // zero while it is open
}

// Statement is what a team holds.
type Statement struct {
	Team     Team
	Position Position
	By       string // the principal
	Comment  string // free words
	At       time.Time
}

// Position is a ruling, with the reason that should count instead for Reclassify.
type Position struct {
	Ruling Ruling
	Reason verdict.Reason
}

// Person is who acts.
type Person struct {
	Principal string // issuer and subject
	Human     bool   // a person, not a platform or an AI
	Leads     Team   // the team whose lead it is; 0 if none
	LeadsBoth bool   // leads both teams, and may speak for either
}

// Why a step is refused.
var (
	ErrState       = errors.New("the dispute is over")
	ErrNotAllowed  = errors.New("only a person who leads the team speaks for it")
	ErrNotHuman    = errors.New("only people open and settle disputes")
	ErrNotDistinct = errors.New("one person cannot speak for both teams")
	ErrEarly       = errors.New("the teams have the word")
	ErrNoReason    = errors.New("to reclassify takes a reason")
	ErrSameReason  = errors.New("it is the reason that was given")
	ErrReason      = errors.New("only to reclassify takes a reason")
	ErrLasting     = errors.New("the verdict turns nobody away")
	ErrDisputed    = errors.New("the verdict was disputed before")
	ErrLate        = errors.New("it is too late to dispute the verdict")
)

// Open begins the dispute over a verdict that was answered at an instant.
func Open(of verdict.Answer, answered time.Time, by Opener, now time.Time, p Policy) (Dispute, error) {
	switch {
	case !TurnsAway(of):
		return Dispute{}, ErrLasting
	case !now.Before(answered.Add(p.OpenWithin)):
		return Dispute{}, ErrLate
	}
	return p.open(of.Reason, by, now), nil
}

// OpenByEvidence begins the dispute over a verdict that does not bear itself out. It begins with the answer.
func OpenByEvidence(of verdict.Answer, answered time.Time, p Policy) Dispute {
	return p.open(of.Reason, ByEvidence, answered)
}

func (p Policy) open(reason verdict.Reason, by Opener, now time.Time) Dispute {
	return Dispute{State: Opened, Opener: by, Reason: reason, OpenedAt: now, Term: now.Add(p.Within)}
}

// TurnsAway reports whether an answer turns its lead away, and can be disputed.
func TurnsAway(a verdict.Answer) bool {
	return a.Step == verdict.Reject || a.Step == verdict.Dispose && a.Outcome == verdict.Disqualified
}

// Say makes a statement for a team.
func (d Dispute) Say(by Person, team Team, position Position, comment string, now time.Time) (Dispute, error) {
	switch err := d.admits(position); {
	case !by.speaksFor(team):
		return d, ErrNotAllowed
	case d.Over(now):
		return d, ErrState
	case err != nil:
		return d, err
	case slices.ContainsFunc(d.Statements, func(s Statement) bool { return s.Team != team && s.By == by.Principal }):
		return d, ErrNotDistinct
	}
	d.Statements = slices.DeleteFunc(slices.Clone(d.Statements), func(s Statement) bool { return s.Team == team })
	d.Statements = append(d.Statements, Statement{Team: team, Position: position, By: by.Principal, Comment: comment, At: now})
	slices.SortFunc(d.Statements, func(a, b Statement) int { return int(a.Team) - int(b.Team) })
	if team.concedes(position) || len(d.Statements) == 2 && d.Statements[0].Position == d.Statements[1].Position {
		return d.end(Resolved, position, now), nil
	}
	return d, nil
}

// Settle decides what the teams could not agree on.
func (d Dispute) Settle(by Person, position Position, now time.Time) (Dispute, error) {
	switch err := d.admits(position); {
	case !by.Human:
		return d, ErrNotHuman
	case d.Over(now):
		return d, ErrState
	case len(d.Statements) < 2 && now.Before(d.Term):
		return d, ErrEarly
	case err != nil:
		return d, err
	}
	return d.end(Resolved, position, now), nil
}

// Lapse ends a dispute that is over because neither team has said anything until its term; any other stays as it is.
func (d Dispute) Lapse(now time.Time) Dispute {
	if d.State != Opened || !d.Over(now) {
		return d
	}
	return d.end(Lapsed, Position{Ruling: Uphold}, d.Term)
}

func (d Dispute) end(state State, decided Position, at time.Time) Dispute {
	d.State, d.Decided, d.EndedAt = state, decided, at
	return d
}

// Over reports whether the dispute has ended, or its term has passed without a word from either team.
func (d Dispute) Over(now time.Time) bool {
	return d.State != Opened || len(d.Statements) == 0 && !now.Before(d.Term)
}

// Due is when the dispute lapses if nothing happens; zero if it does not.
func (d Dispute) Due() time.Time {
	if d.State != Opened || len(d.Statements) > 0 {
		return time.Time{}
	}
	return d.Term
}

// Standing is what becomes of the verdict, and the reason that counts; 0 for none.
func (d Dispute) Standing() (Standing, verdict.Reason) {
	switch {
	case d.State == Opened:
		return Disputed, d.Reason
	case d.Decided.Ruling == Overturn:
		return Overturned, 0
	case d.Decided.Ruling == Reclassify:
		return Reclassified, d.Decided.Reason
	default:
		return Stands, d.Reason
	}
}

// admits says what is wrong with a position.
func (d Dispute) admits(p Position) error {
	switch {
	case p.Ruling != Reclassify && p.Reason != 0:
		return ErrReason
	case p.Ruling == Reclassify && p.Reason == 0:
		return ErrNoReason
	case p.Ruling == Reclassify && p.Reason == d.Reason:
		return ErrSameReason
	}
	return nil
}

// speaksFor reports whether a person's word is the team's.
func (p Person) speaksFor(team Team) bool { return p.Human && (p.Leads == team || p.LeadsBoth) }

// concedes reports whether a team that holds this leaves the other one nothing to say.
func (t Team) concedes(p Position) bool {
	return t == Marketing && p.Ruling == Uphold || t == Sales && p.Ruling == Overturn
}

package surge

import (
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/scorecard"
)

// State is where an account stands. The zero value is calm, and was never anything else.
type State struct {
	Surging      bool
	Number       int64     // how many surges there were
	Began, Ended time.Time // of the last; Ended is zero while it lasts
}

// Terms are what the playbook says.
type Terms struct {
	Enter, Leave     scorecard.Micro
	Window, Cooldown time.Duration
}

// Finding is what is known of an account now.
type Finding struct {
	// Eligible reports whether the playbook counts the account at all.
	Eligible bool
	// Points are what everything that is known comes to at an instant from now on. They only fall, to 0 beyond the window.
	Points func(at time.Time) scorecard.Micro
}

// Step is what a look did.
type Step int

// The steps.
const (
	Stay  Step = iota
	Begin      // the account became hot: somebody must be told
	End
)

// Look moves a state on. Due is when it must be looked at again though nothing happened; zero for never. Nil terms are a
// playbook without a surge.
func (s State) Look(terms *Terms, f Finding, now time.Time) (next State, step Step, due time.Time) {
	next, step = s.Move(terms, f, now)
	return next, step, next.Due(terms, f, now)
}

// Move is [State.Look] for whoever asks for when it is due by itself.
func (s State) Move(terms *Terms, f Finding, now time.Time) (next State, step Step) {
	switch hot := terms != nil && f.Eligible; {
	case s.Surging && (!hot || f.Points(now) < terms.Leave):
		s.Surging, s.Ended = false, now
		step = End
	case !s.Surging && hot && f.Points(now) >= terms.Enter && !now.Before(s.restsUntil(terms)):
		s = State{Surging: true, Number: s.Number + 1, Began: now}
		step = Begin
	}
	return s, step
}

// Due is when time alone changes a state that was looked at; zero for never. The finding is that of the look.
func (s State) Due(terms *Terms, f Finding, now time.Time) time.Time {
	if terms == nil || !f.Eligible {
		return time.Time{}
	}
	if s.Surging {
		return fall(f.Points, terms, now)
	}
	if rested := s.restsUntil(terms); rested.After(now) && f.Points(rested) >= terms.Enter {
		return rested
	}
	return time.Time{}
}

// DueBefore is [State.Due] for whoever knows that something happens at an instant: zero if it is not due before. Of an account
// that is hot still it takes one look at the points, and not as many as finding the end does.
func (s State) DueBefore(terms *Terms, f Finding, now, until time.Time) time.Time {
	if s.Surging && f.Eligible && f.Points(until) >= terms.Leave {
		return time.Time{}
	}
	if due := s.Due(terms, f, now); due.Before(until) {
		return due
	}
	return time.Time{}
}

// restsUntil is when the cooldown of the last alert ends.
func (s State) restsUntil(terms *Terms) time.Time {
	if s.Number == 0 {
		return time.Time{}
	}
	return s.Began.Add(terms.Cooldown)
}

// fall finds the first whole second from now at which the points lie below the lower threshold, by halving the time
// until the newest event has left the window.
func fall(points func(time.Time) scorecard.Micro, terms *Terms, now time.Time) time.Time {
	high := int64(terms.Window/time.Second) + 1
	for low := int64(0); high-low > 1; {
		middle := low + (high-low)/2
		if points(now.Add(time.Duration(middle)*time.Second)) < terms.Leave {
			high = middle
		} else {
			low = middle
		}
	}
	return now.Add(time.Duration(high) * time.Second)
}

package passage

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
)

// The names of stages.
const (
	Qualify         = "qualify"
	Assign          = "assign"
	AwaitAcceptance = "await acceptance"
	AwaitFirstTouch = "await first touch"
	Work            = "work"
	Attribute       = "attribute"
)

// Stage is a stretch of the passage.
type Stage struct {
	Name   string
	Key    string    // the name, or the name and a number, such as `assign/2`
	Start  time.Time // when it began
	End    time.Time // when it ended; zero while it lasts
	Rep    string    // who was in it last; empty if nobody
	Tier   string    // the tier at the end; empty if none
	Marks  []Mark    // deadlines that came near or passed in it, in order
	EndsBy *eventv1.Event
}

// Mark is a deadline that came near or passed.
type Mark struct {
	Name string // `at risk accept`, `breach accept`
	At   time.Time
}

// Breached reports whether a deadline passed in the stage.
func (s Stage) Breached() bool {
	return slices.ContainsFunc(s.Marks, func(m Mark) bool { return m.Breach() })
}

// Breach reports whether the mark is a breach.
func (m Mark) Breach() bool { return len(m.Name) > 6 && m.Name[:6] == "breach" }

// Stages derives the stages from the events about one handoff, in any order. Born is the instant of the handoff's id.
func Stages(born time.Time, events []*eventv1.Event) []Stage {
	s := story{born: born, open: map[string]*Stage{}}
	for _, e := range Ordered(events) {
		s.tell(e)
	}
	s.mark()
	slices.SortStableFunc(s.stages, func(a, b *Stage) int { return a.Start.Compare(b.Start) })
	out := make([]Stage, len(s.stages))
	for i, stage := range s.stages {
		out[i] = *stage
	}
	return out
}

// Ordered sorts events by when they happened; of one instant, by their place in the passage, then by sender and order.
func Ordered(events []*eventv1.Event) []*eventv1.Event {
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b *eventv1.Event) int {
		return cmp.Or(a.GetTime().AsTime().Compare(b.GetTime().AsTime()), cmp.Compare(rank(a), rank(b)),
			cmp.Compare(a.GetSource(), b.GetSource()), cmp.Compare(a.GetKey(), b.GetKey()), cmp.Compare(a.GetSeq(), b.GetSeq()))
	})
	return sorted
}

// rank orders what happens at one instant as people would tell it: what scoring says comes before what routing makes of
// it, and a clock that is met comes after what met it.
func rank(e *eventv1.Event) int {
	switch e.GetSource() {
	case "playbook":
		return 0
	case "scoring":
		return 1
	case "routing":
		return 2
	case "sla":
		return 3
	case "feedback":
		return 4
	default:
		return 5
	}
}

// story gathers stages as the events are told in order.
type story struct {
	born   time.Time
	stages []*Stage
	open   map[string]*Stage // by key
	round  int               // how many assignments there were
	tier   string
	work   string // the key of the newest stage of work; empty before the first
	wait   string // the key of the newest stage that waits for a first touch; empty before the first
	touch  string // the activity that is the first touch; empty while there is none
	rep    string // who has the handoff
	over   bool   // the handoff is closed
	marks  []*eventv1.Event
}

func (s *story) begin(name, key string, at time.Time) *Stage {
	if s.open[key] != nil {
		return s.open[key]
	}
	stage := &Stage{Name: name, Key: key, Start: later(at, s.born)}
	s.open[key] = stage
	s.stages = append(s.stages, stage)
	return stage
}

func (s *story) end(key string, at time.Time, by *eventv1.Event) {
	stage := s.open[key]
	if stage == nil || !stage.End.IsZero() {
		return
	}
	stage.End, stage.Tier, stage.EndsBy = later(at, stage.Start), s.tier, by
}

// tell moves the story on by one event.
func (s *story) tell(e *eventv1.Event) {
	at := e.GetTime().AsTime()
	switch p := e.GetPayload().(type) {
	case *eventv1.Event_LeadQualified:
		s.begin(Qualify, Qualify, s.born)
		s.end(Qualify, at, e)
		s.begin(Assign, numbered(Assign, 1), at)
	case *eventv1.Event_HandoffOpened:
		s.tier = p.HandoffOpened.GetTier()
	case *eventv1.Event_HandoffTierChanged:
		s.tier = p.HandoffTierChanged.GetToTier()
	case *eventv1.Event_HandoffAssigned:
		s.assigned(e, p.HandoffAssigned)
	case *eventv1.Event_HandoffAccepted:
		s.answered(e, p.HandoffAccepted.GetAssignment())
		s.work = Work
		if s.open[Work] != nil {
			s.work = numbered(Work, int(p.HandoffAccepted.GetAssignment()))
		}
		s.begin(Work, s.work, at).Rep = p.HandoffAccepted.GetRep()
	case *eventv1.Event_HandoffDeclined:
		s.answered(e, p.HandoffDeclined.GetAssignment())
		s.begin(Assign, numbered(Assign, int(p.HandoffDeclined.GetAssignment())+1), at)
	case *eventv1.Event_HandoffHeld:
		s.held(e)
	case *eventv1.Event_HandoffRejected:
		s.answered(e, p.HandoffRejected.GetAssignment())
	case *eventv1.Event_HandoffClosed:
		s.closed(e)
	case *eventv1.Event_FirstTouchMade:
		s.touch = p.FirstTouchMade.GetActivity()
		s.end(s.wait, at, e)
	case *eventv1.Event_ActivityFlagged:
		s.flagged(e, p.ActivityFlagged)
	case *eventv1.Event_OpportunityCreated:
		s.begin(Attribute, Attribute, at)
	case *eventv1.Event_OpportunityClosed:
		s.begin(Attribute, Attribute, at)
		s.end(Attribute, at, e)
	case *eventv1.Event_ClockAtRisk, *eventv1.Event_ClockBreached:
		s.marks = append(s.marks, e)
	}
}

func (s *story) assigned(e *eventv1.Event, p *eventv1.HandoffAssigned) {
	at, n := e.GetTime().AsTime(), int(p.GetAssignment())
	s.round = max(s.round, n)
	s.tier = p.GetTier()
	s.begin(Assign, numbered(Assign, n), at)
	s.end(numbered(Assign, n), at, e)
	if n > 1 { // whoever had it before has it no more
		s.end(numbered(AwaitAcceptance, n-1), at, e)
		s.end(s.work, at, e)
	}
	s.begin(AwaitAcceptance, numbered(AwaitAcceptance, n), at).Rep = p.GetRep()
	if s.rep = p.GetRep(); s.wait == "" {
		s.await(at)
	}
	if stage := s.open[s.wait]; stage.End.IsZero() {
		stage.Rep = s.rep
	}
}

// await begins a stage that waits for a first touch.
func (s *story) await(at time.Time) {
	n := 1
	for _, stage := range s.stages {
		if stage.Name == AwaitFirstTouch {
			n++
		}
	}
	s.wait = AwaitFirstTouch
	if n > 1 {
		s.wait = numbered(AwaitFirstTouch, n)
	}
	s.begin(AwaitFirstTouch, s.wait, at).Rep = s.rep
}

// flagged has everybody wait for a first touch anew when what was taken for it turns out to be more than a person can do. If
// another touch comes first then, it is told at the same instant.
func (s *story) flagged(e *eventv1.Event, p *eventv1.ActivityFlagged) {
	if s.touch == "" || p.GetActivity() != s.touch || p.GetCounts() {
		return
	}
	s.touch = ""
	if !s.over && s.wait != "" {
		s.await(e.GetTime().AsTime())
	}
}

// held ends what a rep was to do: nobody has the handoff until the next assignment. Before the first that is nothing new.
func (s *story) held(e *eventv1.Event) {
	if s.round == 0 {
		return
	}
	at := e.GetTime().AsTime()
	s.end(numbered(AwaitAcceptance, s.round), at, e)
	s.end(s.work, at, e)
	s.begin(Assign, numbered(Assign, s.round+1), at)
}

func (s *story) answered(e *eventv1.Event, assignment int32) {
	s.end(numbered(AwaitAcceptance, int(assignment)), e.GetTime().AsTime(), e)
}

// closed ends every stage that lasts, but for what comes after the handoff.
func (s *story) closed(e *eventv1.Event) {
	s.over = true
	for _, stage := range s.stages {
		if stage.Key != Attribute {
			s.end(stage.Key, e.GetTime().AsTime(), e)
		}
	}
}

// mark puts each deadline into the stage that waited for it.
func (s *story) mark() {
	for _, e := range s.marks {
		clock, verb := e.GetClockBreached().GetClock(), "breach "
		if e.GetClockAtRisk() != nil {
			clock, verb = e.GetClockAtRisk().GetClock(), "at risk "
		}
		if stage := s.waits(clock.GetKind(), int(clock.GetRun()), e.GetTime().AsTime()); stage != nil {
			stage.Marks = append(stage.Marks, Mark{Name: verb + clock.GetKind(), At: later(e.GetTime().AsTime(), stage.Start)})
		}
	}
}

// waits is the stage that waited for what a clock asks, at an instant; nil for none.
func (s *story) waits(clock string, run int, at time.Time) *Stage {
	switch clock {
	case "assign":
		return s.open[numbered(Assign, 1)]
	case "accept":
		return s.open[numbered(AwaitAcceptance, run)]
	case "first_touch", "speed_to_lead":
		return s.newest(AwaitFirstTouch, at)
	case "disposition", "demo_booked":
		return s.newest(Work, at)
	default:
		return s.lastingAt(at)
	}
}

// newest is the stage of a name that began last by an instant, or else the first.
func (s *story) newest(name string, at time.Time) *Stage {
	found := s.open[name]
	for _, stage := range s.stages {
		if stage.Name == name && !stage.Start.After(at) {
			found = stage
		}
	}
	return found
}

// lastingAt is the stage that began last of those that lasted at an instant: an own kind of clock may ask for anything.
func (s *story) lastingAt(at time.Time) *Stage {
	var last *Stage
	for _, stage := range s.stages {
		lasts := !stage.Start.After(at) && (stage.End.IsZero() || at.Before(stage.End))
		if lasts && (last == nil || !stage.Start.Before(last.Start)) {
			last = stage
		}
	}
	return last
}

func numbered(name string, n int) string { return fmt.Sprintf("%s/%d", name, n) }

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

package deadline_test

import (
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// The kinds that a playbook of these tests made up.
const (
	secondCall deadline.Kind = "second_call" // a call within two days of the first touch, however it closes but by a reject
	followUp   deadline.Kind = "follow_up"   // a mail or a message within a day of a meeting
	dealOpened deadline.Kind = "deal_opened" // a deal within two days of an SQL
	worked     deadline.Kind = "worked"      // anything, or a disposition, within a day of the assignment
	taken      deadline.Kind = "taken"       // accepted by anybody within a day of the MQL
	showUp     deadline.Kind = "show_up"     // a meeting held within a week of its booking
)

func ownRules() map[deadline.Kind]deadline.Rule {
	const day = 24 * time.Hour
	rule := func(budget time.Duration, from deadline.Anchor, met ...deadline.Deed) deadline.Rule {
		r := within(budget, from)
		r.MetBy = met
		return r
	}
	call := rule(2*day, deadline.FromTouch, deadline.CallAttempt)
	call.CancelledBy = []deadline.End{deadline.EndReject}
	return map[deadline.Kind]deadline.Rule{
		secondCall: call,
		followUp:   rule(day, deadline.FromHeld, deadline.Email, deadline.Message),
		dealOpened: rule(2*day, deadline.FromSQL, deadline.OpportunityCreated),
		worked:     rule(day, deadline.FromAssigned, deadline.Touch, deadline.Disposed),
		taken:      rule(day, deadline.FromMQL, deadline.Accepted),
		showUp:     rule(7*day, deadline.FromBooked, deadline.MeetingHeld),
	}
}

func TestOwnKindsOfClocks(t *testing.T) {
	t.Parallel()
	const min, hour, day = time.Minute, time.Hour, 24 * time.Hour
	given := assigned(1, "ann", min)
	sql := closed(deadline.StepDispose, deadline.OutcomeSQL, 1, day)
	for name, test := range map[string]struct {
		kind  deadline.Kind
		facts facts
		want  string
	}{
		"counts from the first touch, and not before":  {secondCall, facts{given}, ""},
		"runs from the first touch":                    {secondCall, facts{given, touched(hour, 0)}, "RUNNING"},
		"is not met by what it counts from":            {secondCall, facts{given, touched(hour, 0), touched(hour, 0)}, "RUNNING"},
		"is met by what is done after":                 {secondCall, facts{given, touched(hour, 0), touched(2*hour, 0)}, "MET"},
		"is met by an attempt where any call does":     {secondCall, facts{given, done(deadline.Email, hour), done(deadline.CallAttempt, 2*hour)}, "MET"},
		"is not met by another channel":                {secondCall, facts{given, touched(hour, 0), done(deadline.Email, 2*hour)}, "RUNNING"},
		"is missed by a late answer":                   {secondCall, facts{given, touched(hour, 0), touched(3*day, 0)}, "MISSED"},
		"is cancelled as it says":                      {secondCall, facts{given, touched(hour, 0), closed(deadline.StepReject, deadline.OutcomeBadData, 1, day)}, "REJECTED"},
		"is not cancelled in another way":              {secondCall, facts{given, touched(hour, 0), sql}, "RUNNING"},
		"is cancelled by a merge in any case":          {secondCall, facts{given, touched(hour, 0), merged(day)}, "DUPLICATE"},
		"never begins once the handoff is closed":      {secondCall, facts{given, closed(deadline.StepRecycle, deadline.OutcomeRecycled, 1, hour), touched(2*hour, 0)}, ""},
		"counts from a meeting":                        {followUp, facts{given, done(deadline.MeetingHeld, hour), done(deadline.Message, 2*hour)}, "MET"},
		"is not met by what was done before":           {followUp, facts{given, done(deadline.Email, min), done(deadline.MeetingHeld, hour)}, "RUNNING"},
		"is cancelled by any close, unless it says so": {followUp, facts{given, done(deadline.MeetingHeld, hour), closed(deadline.StepDispose, deadline.OutcomeNurture, 1, day)}, "NURTURE"},
		"begins after an SQL that came before":         {followUp, facts{given, closed(deadline.StepDispose, deadline.OutcomeSQL, 1, min), done(deadline.MeetingHeld, hour)}, "RUNNING"},
		"counts from an SQL":                           {dealOpened, facts{given, sql}, "RUNNING"},
		"does not count from another disposition":      {dealOpened, facts{given, closed(deadline.StepDispose, deadline.OutcomeNurture, 1, day)}, ""},
		"is met by a deal":                             {dealOpened, facts{given, sql, booked(2 * day)}, "MET"},
		"is met by the assignment's answers":           {taken, facts{given, accepted(1, hour)}, "MET"},
		"is not met by a decline":                      {taken, facts{given, refused(1, hour)}, "RUNNING"},
		"is met by anything that was done":             {worked, facts{given, done(deadline.Message, hour)}, "MET"},
		"is met before it began":                       {worked, facts{done(deadline.Message, 0), given}, "MET"},
		"is met by a disposition":                      {worked, facts{given, closed(deadline.StepDispose, deadline.OutcomeDisqualified, 1, hour)}, "MET"},
		"a deal is nothing that was done":              {worked, facts{given, booked(hour)}, "RUNNING"},
		"is not for nurture":                           {taken, facts{closed(0, deadline.OutcomeNurture, 0, 0)}, ""},
		"counts from a booking":                        {showUp, facts{given, done(deadline.MeetingBooked, hour), done(deadline.MeetingHeld, day)}, "MET"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := usual()
			p.Rules = ownRules()
			equal(t, "standing", standings(deadline.Clocks(lead(test.facts...), p, almanac(t), at(3*hour)))[test.kind.String()+"-1"], test.want)
		})
	}
}

func TestOwnKindsComeAfterTheOthersByName(t *testing.T) {
	t.Parallel()
	p := usual()
	for kind, rule := range ownRules() {
		p.Rules[kind] = rule
	}
	equal(t, "kinds", p.Kinds(), append(deadline.Kinds(), dealOpened, followUp, secondCall, showUp, taken, worked))
	equal(t, "after the assignment", p.AfterAssignment(), []deadline.Kind{deadline.Disposition, dealOpened, followUp, secondCall, showUp})
	for _, kind := range deadline.Kinds() {
		equal(t, kind.String(), kind.Own(), false)
	}
	equal(t, "own", taken.Own(), true)
}

// TestALateRecordDoesNotHideATimelyOne has two calls recorded at once: the first too late for when it was made, the second not.
func TestALateRecordDoesNotHideATimelyOne(t *testing.T) {
	t.Parallel()
	f := lead(assigned(1, "ann", 0), touched(0, 30*time.Hour), touched(7*time.Hour, 23*time.Hour))
	c := find(t, deadline.Clocks(f, usual(), almanac(t), at(31*time.Hour)), deadline.FirstTouch, 1)
	equal(t, "state", c.State, deadline.Met)
	equal(t, "touched", c.Stop, at(7*time.Hour))
}

// TestADealToldLateDoesNotHideOneToldInTime: of deals only the first is kept, which is the first whatever the tolerance is.
func TestADealToldLateDoesNotHideOneToldInTime(t *testing.T) {
	t.Parallel()
	deal := func(f *deadline.Facts, after, lateness time.Duration) {
		f.Act(deadline.Act{Occurred: at(after), Recorded: at(after + lateness), Deed: deadline.OpportunityCreated})
	}
	f := lead(assigned(1, "ann", 0))
	deal(&f, 0, 30*time.Hour)
	deal(&f, 7*time.Hour, 23*time.Hour)
	deal(&f, 7*time.Hour, 24*time.Hour)
	equal(t, "booked", find(t, deadline.Clocks(f, usual(), almanac(t), at(31*time.Hour)), deadline.DemoBooked, 1).Stop, at(7*time.Hour))
	equal(t, "told again is nothing new", len(f.Acts), 2)
}

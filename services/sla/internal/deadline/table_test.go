package deadline_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/handoffhq/handoff/services/sla/internal/deadline"
)

// standing is where a clock stands, in short: its state, or why it was cancelled.
func standing(c deadline.Clock) string {
	if c.State == deadline.Cancelled {
		return string(c.Reason)
	}
	return c.State.String()
}

func standings(clocks []deadline.Clock) map[string]string {
	all := map[string]string{}
	for _, c := range clocks {
		all[fmt.Sprintf("%s-%d", c.Kind, c.Run)] = standing(c)
	}
	return all
}

type facts = []func(*deadline.Facts)

// TestTableOfClocks goes through the table of clocks row by row: what starts each, what meets it, what cancels it.
func TestTableOfClocks(t *testing.T) {
	t.Parallel()
	const (
		min  = time.Minute
		hour = time.Hour
		day  = 24 * time.Hour
	)
	given := assigned(1, "ann", min)
	taken := accepted(1, hour)
	for name, test := range map[string]struct {
		kind  deadline.Kind
		run   int
		facts facts
		want  string // empty if there is no such clock
	}{
		"assign starts with the MQL":            {deadline.Assign, 1, nil, "RUNNING"},
		"assign is met by the first assignment": {deadline.Assign, 1, facts{given, assigned(2, "bob", hour)}, "MET"},
		"assign is missed by a late one":        {deadline.Assign, 1, facts{assigned(1, "ann", hour)}, "MISSED"},
		"assign is cancelled by a close before": {deadline.Assign, 1, facts{closed(0, deadline.OutcomeNurture, 0, min)}, "NURTURE"},
		"assign is cancelled by a withdrawal":   {deadline.Assign, 1, facts{closed(0, deadline.OutcomeDisqualified, 0, min)}, "DISQUALIFIED"},
		"assign is cancelled by a merge":        {deadline.Assign, 1, facts{merged(hour)}, "DUPLICATE"},
		"assign outlasts a close after it":      {deadline.Assign, 1, facts{given, closed(deadline.StepReject, deadline.OutcomeDisqualified, 1, hour)}, "MET"},

		"accept waits for an assignment":             {deadline.Accept, 1, nil, ""},
		"accept starts with the assignment":          {deadline.Accept, 1, facts{given}, "RUNNING"},
		"accept is met by accepting":                 {deadline.Accept, 1, facts{given, taken}, "MET"},
		"accept is met by declining":                 {deadline.Accept, 1, facts{given, refused(1, hour), assigned(2, "bob", hour)}, "MET"},
		"accept is met by rejecting":                 {deadline.Accept, 1, facts{given, refused(1, hour), closed(deadline.StepReject, deadline.OutcomeDisqualified, 1, hour)}, "MET"},
		"accept is met by recycling":                 {deadline.Accept, 1, facts{given, closed(deadline.StepRecycle, deadline.OutcomeRecycled, 1, hour)}, "MET"},
		"accept is missed by a late answer":          {deadline.Accept, 1, facts{given, accepted(1, 5*hour)}, "MISSED"},
		"accept is cancelled by reassignment":        {deadline.Accept, 1, facts{given, assigned(2, "bob", hour)}, "REASSIGNED"},
		"accept is cancelled by a hold":              {deadline.Accept, 1, facts{given, held(hour)}, "HELD"},
		"accept stays missed when reassigned late":   {deadline.Accept, 1, facts{given, assigned(2, "bob", 6*hour)}, "MISSED"},
		"accept restarts with the next assignment":   {deadline.Accept, 2, facts{given, assigned(2, "bob", hour)}, "RUNNING"},
		"accept of the next is not met by the first": {deadline.Accept, 2, facts{given, refused(1, hour), assigned(2, "bob", hour)}, "RUNNING"},
		"accept of the next recycles for itself":     {deadline.Accept, 1, facts{given, assigned(2, "bob", hour), closed(deadline.StepRecycle, deadline.OutcomeRecycled, 2, 2*hour)}, "REASSIGNED"},
		"accept is cancelled by a withdrawal":        {deadline.Accept, 1, facts{given, closed(0, deadline.OutcomeDisqualified, 1, hour)}, "DISQUALIFIED"},
		"accept is cancelled by a merge":             {deadline.Accept, 1, facts{given, merged(hour)}, "DUPLICATE"},
		"accept is cancelled by a late merge, too":   {deadline.Accept, 1, facts{given, merged(day)}, "DUPLICATE"},

		"first_touch waits for its anchor":          {deadline.FirstTouch, 1, nil, ""},
		"first_touch starts with its anchor":        {deadline.FirstTouch, 1, facts{given}, "RUNNING"},
		"first_touch is met by a touch":             {deadline.FirstTouch, 1, facts{given, taken, touched(2*hour, 0)}, "MET"},
		"first_touch is met before an accept":       {deadline.FirstTouch, 1, facts{given, touched(2*min, 0)}, "MET"},
		"first_touch is met before its start":       {deadline.FirstTouch, 1, facts{touched(0, 0), given}, "MET"},
		"first_touch is not met by a booking alone": {deadline.FirstTouch, 1, facts{given, booked(hour)}, "RUNNING"},
		"first_touch is met by a touch after one":   {deadline.FirstTouch, 1, facts{given, booked(min), touched(hour, 0)}, "MET"},
		"first_touch is met as it is rejected":      {deadline.FirstTouch, 1, facts{given, touched(hour, 0), refused(1, hour), closed(deadline.StepReject, deadline.OutcomeBadData, 1, hour)}, "MET"},
		"first_touch carries over a reassignment":   {deadline.FirstTouch, 1, facts{given, assigned(2, "bob", hour)}, "RUNNING"},
		"first_touch does not restart":              {deadline.FirstTouch, 2, facts{given, assigned(2, "bob", hour)}, ""},
		"first_touch is cancelled by a reject":      {deadline.FirstTouch, 1, facts{given, refused(1, hour), closed(deadline.StepReject, deadline.OutcomeBadData, 1, hour)}, "REJECTED"},
		"first_touch is cancelled by a recycle":     {deadline.FirstTouch, 1, facts{given, taken, closed(deadline.StepRecycle, deadline.OutcomeRecycled, 1, 2*hour)}, "RECYCLED"},
		"first_touch is cancelled by a merge":       {deadline.FirstTouch, 1, facts{given, merged(hour)}, "DUPLICATE"},
		"first_touch stays missed when recycled":    {deadline.FirstTouch, 1, facts{given, taken, closed(deadline.StepRecycle, deadline.OutcomeRecycled, 1, 2*day)}, "MISSED"},
		"first_touch is breached by disposing":      {deadline.FirstTouch, 1, facts{given, taken, closed(deadline.StepDispose, deadline.OutcomeSQL, 1, 2*hour)}, "MISSED"},
		"first_touch is met before disposing":       {deadline.FirstTouch, 1, facts{given, taken, touched(2*hour, 0), closed(deadline.StepDispose, deadline.OutcomeSQL, 1, 3*hour)}, "MET"},

		"speed_to_lead starts with the MQL":      {deadline.SpeedToLead, 1, nil, "RUNNING"},
		"speed_to_lead is met by a touch":        {deadline.SpeedToLead, 1, facts{given, touched(2*hour, 0)}, "MET"},
		"speed_to_lead is cancelled by a reject": {deadline.SpeedToLead, 1, facts{given, refused(1, hour), closed(deadline.StepReject, deadline.OutcomeRecycled, 1, hour)}, "REJECTED"},
		"speed_to_lead is breached by disposing": {deadline.SpeedToLead, 1, facts{given, taken, closed(deadline.StepDispose, deadline.OutcomeNurture, 1, 2*hour)}, "MISSED"},
		"speed_to_lead is not for nurture":       {deadline.SpeedToLead, 1, facts{closed(0, deadline.OutcomeNurture, 0, 0)}, ""},

		"disposition waits for an accept":        {deadline.Disposition, 1, facts{given}, ""},
		"disposition starts with the accept":     {deadline.Disposition, 1, facts{given, taken}, "RUNNING"},
		"disposition is met by disposing":        {deadline.Disposition, 1, facts{given, taken, closed(deadline.StepDispose, deadline.OutcomeSQL, 1, day)}, "MET"},
		"disposition is met by recycling":        {deadline.Disposition, 1, facts{given, taken, closed(deadline.StepRecycle, deadline.OutcomeRecycled, 1, day)}, "MET"},
		"disposition is missed by a late one":    {deadline.Disposition, 1, facts{given, taken, closed(deadline.StepDispose, deadline.OutcomeSQL, 1, 6*day)}, "MISSED"},
		"disposition is cancelled by a merge":    {deadline.Disposition, 1, facts{given, taken, merged(day)}, "DUPLICATE"},
		"disposition carries on when reassigned": {deadline.Disposition, 1, facts{given, taken, assigned(2, "bob", day)}, "RUNNING"},
		"disposition is cancelled by a reject":   {deadline.Disposition, 1, facts{given, taken, assigned(2, "bob", day), refused(2, day+hour), closed(deadline.StepReject, deadline.OutcomeBadData, 2, day+hour)}, "REJECTED"},

		"demo_booked starts with its anchor":            {deadline.DemoBooked, 1, nil, "RUNNING"},
		"demo_booked is met by a meeting":               {deadline.DemoBooked, 1, facts{given, booked(day)}, "MET"},
		"demo_booked is not met by a touch":             {deadline.DemoBooked, 1, facts{given, touched(day, 0)}, "RUNNING"},
		"demo_booked outlives SQL":                      {deadline.DemoBooked, 1, facts{given, taken, closed(deadline.StepDispose, deadline.OutcomeSQL, 1, day)}, "RUNNING"},
		"demo_booked is met after SQL":                  {deadline.DemoBooked, 1, facts{given, taken, closed(deadline.StepDispose, deadline.OutcomeSQL, 1, day), booked(3 * day)}, "MET"},
		"demo_booked is cancelled by a disqualify":      {deadline.DemoBooked, 1, facts{given, taken, closed(deadline.StepDispose, deadline.OutcomeDisqualified, 1, day)}, "DISQUALIFIED"},
		"demo_booked is cancelled by a recycle":         {deadline.DemoBooked, 1, facts{given, taken, closed(deadline.StepRecycle, deadline.OutcomeRecycled, 1, day)}, "RECYCLED"},
		"demo_booked is cancelled by a merge after SQL": {deadline.DemoBooked, 1, facts{given, taken, closed(deadline.StepDispose, deadline.OutcomeSQL, 1, day), merged(2 * day)}, "DUPLICATE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clocks := deadline.Clocks(lead(test.facts...), usual(), almanac(t), at(2*time.Minute))
			equal(t, "standing", standings(clocks)[fmt.Sprintf("%s-%d", test.kind, test.run)], test.want)
		})
	}
}

func TestNothingIsKnownNothingRuns(t *testing.T) {
	t.Parallel()
	equal(t, "clocks", deadline.Clocks(deadline.Facts{}, usual(), almanac(t), far), nil)
}

func TestSalesClocksWaitForTheTier(t *testing.T) {
	t.Parallel()
	var f deadline.Facts
	f.Qualify(mql)
	equal(t, "before routing spoke", standings(deadline.Clocks(f, usual(), almanac(t), mql)), map[string]string{"assign-1": "RUNNING"})
	f.Open("T1")
	equal(t, "after", standings(deadline.Clocks(f, usual(), almanac(t), mql)),
		map[string]string{"assign-1": "RUNNING", "speed_to_lead-1": "RUNNING", "demo_booked-1": "RUNNING"})
}

func TestAClockWithoutAnAnswerIsOverdueAfterItsDeadlineAndNotAtIt(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		after  time.Duration
		strict bool
		want   string
	}{
		{5 * time.Minute, false, "RUNNING"},
		{5*time.Minute + time.Microsecond, false, "OVERDUE"},
		{5*time.Minute - time.Microsecond, true, "RUNNING"},
		{5 * time.Minute, true, "OVERDUE"},
	} {
		p := usual()
		rule := p.Rules[deadline.Assign]
		rule.Strict = test.strict
		p.Rules[deadline.Assign] = rule
		c := find(t, deadline.Clocks(lead(), p, almanac(t), at(test.after)), deadline.Assign, 1)
		equal(t, fmt.Sprintf("strict %v, after %v", test.strict, test.after), standing(c), test.want)
	}
}

func TestTheRepOfAClockIsWhoHadTheHandoff(t *testing.T) {
	t.Parallel()
	passed := lead(assigned(1, "ann", time.Minute), assigned(2, "bob", time.Hour))
	for name, test := range map[string]struct {
		facts deadline.Facts
		kind  deadline.Kind
		run   int
		want  string
	}{
		"the suite owes the assignment":      {passed, deadline.Assign, 1, ""},
		"each owes their own answer":         {passed, deadline.Accept, 1, "ann"},
		"the next one, too":                  {passed, deadline.Accept, 2, "bob"},
		"who has it owes the touch":          {passed, deadline.FirstTouch, 1, "bob"},
		"who had it made the touch":          {lead(assigned(1, "ann", time.Minute), assigned(2, "bob", time.Hour), touched(2*time.Minute, 0)), deadline.FirstTouch, 1, "ann"},
		"a touch before is the first rep's":  {lead(assigned(1, "ann", time.Minute), touched(0, 0)), deadline.FirstTouch, 1, "ann"},
		"nobody has it, nobody owes a touch": {lead(), deadline.SpeedToLead, 1, ""},
		"who stands in owes the touch":       {lead(assigned(1, "ann", 0), covered(1, "cat", time.Hour, 0)), deadline.FirstTouch, 1, "cat"},
		"and the answer":                     {lead(assigned(1, "ann", 0), covered(1, "cat", time.Hour, 0)), deadline.Accept, 1, "cat"},
		"who stood in made the touch": {lead(assigned(1, "ann", 0), covered(1, "cat", time.Minute, time.Hour), touched(2*time.Minute, 0)),
			deadline.FirstTouch, 1, "cat"},
		"who is back owes the touch again": {lead(assigned(1, "ann", 0), covered(1, "cat", time.Minute, time.Hour)), deadline.FirstTouch, 1, "ann"},
		"a touch when the cover is over is the rep's": {lead(assigned(1, "ann", 0), covered(1, "cat", time.Minute, time.Hour), touched(time.Hour, 0)),
			deadline.FirstTouch, 1, "ann"},
		"an answer before the cover is the rep's": {lead(assigned(1, "ann", 0), accepted(1, time.Minute), covered(1, "cat", time.Hour, 0)),
			deadline.Accept, 1, "ann"},
		"a cover ends with the assignment": {lead(assigned(1, "ann", 0), covered(1, "cat", time.Minute, 0), assigned(2, "bob", time.Hour)),
			deadline.FirstTouch, 1, "bob"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := find(t, deadline.Clocks(test.facts, usual(), almanac(t), at(2*time.Hour)), test.kind, test.run)
			equal(t, "rep", c.Rep, test.want)
		})
	}
}

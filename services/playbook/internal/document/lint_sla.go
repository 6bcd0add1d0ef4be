package document

import (
	"maps"
	"slices"
	"strconv"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// workingDay is what a day of business time is worth unless its calendar says otherwise.
const workingDay = 8 * time.Hour

// length is how long a budget is, in the time that it is counted in.
func length(budget *playbookv1.Budget, unit playbookv1.TimeUnit) time.Duration {
	day := 24 * time.Hour
	if unit == playbookv1.TimeUnit_TIME_UNIT_BUSINESS {
		day = workingDay
	}
	return budget.GetTime().AsDuration() + time.Duration(budget.GetDays())*day
}

// writtenBudget is a budget as people write it.
func writtenBudget(budget *playbookv1.Budget) string {
	if days, ok := budget.GetAmount().(*playbookv1.Budget_Days); ok {
		return strconv.Itoa(int(days.Days)) + "d"
	}
	return formatTime(budget.GetTime())
}

func (l *linter) checkClocks() {
	if l.doc.GetSla().GetClocks()["first_touch"] == nil {
		l.advise("sla.clocks", "there is no clock on the first touch: leads want one within 24 hours (Cargo, alignment playbook)")
	}
	for kind, clock := range sorted(l.doc.GetSla().GetClocks()) {
		path := entry("sla.clocks", kind)
		l.checkKind(path, kind, clock)
		l.checkTierNames(path, clock)
		l.checkUnit(path, clock)
		l.checkAtRisk(path, clock, l.full.GetSla().GetClocks()[kind])
		if kind == "first_touch" {
			l.checkFirstTouch(path, clock)
		}
	}
}

// checkBursts advises about what bursts say although nothing is one.
func (l *linter) checkBursts() {
	bursts := l.doc.GetSla().GetBursts()
	off := bursts != nil && bursts.Count != nil && bursts.GetCount() == 0
	if off && (bursts.GetWithin() != nil || bursts.GetCountThem()) {
		l.advise("sla.bursts", "says more than has an effect: a count of 0 flags nothing")
	}
}

// checkTierNames looks the tiers up that a clock names.
func (l *linter) checkTierNames(path string, clock *playbookv1.ClockPolicy) {
	known := l.tiers()
	for i, name := range clock.GetOnly() {
		if known[name] == nil {
			l.refuse(element(path+".only", i), "there is no tier %s: %s", quoted(name), mend(name, names(known)))
		}
	}
	for _, name := range names(clock.GetTiers()) {
		at := entry(path+".tiers", name)
		switch {
		case known[name] == nil:
			l.refuseName(at, "there is no tier %s: %s", quoted(name), mend(name, names(known)))
		case len(clock.GetOnly()) > 0 && !slices.Contains(clock.GetOnly(), name):
			l.advise(at, "has no effect: `only` does not name %s", name)
		}
	}
}

// checkUnit advises about budgets that two readers would count differently.
func (l *linter) checkUnit(path string, clock *playbookv1.ClockPolicy) {
	switch clock.GetUnit() {
	case playbookv1.TimeUnit_TIME_UNIT_UNSPECIFIED:
		l.advise(path, "has no unit and counts wall time, nights and weekends too: write `unit: wall` or `unit: business`")
	case playbookv1.TimeUnit_TIME_UNIT_BUSINESS:
		if l.doc.GetSla().GetCalendar() == "" {
			l.advise(path, "counts business time, and no calendar says when that is: give sla.calendar")
		}
		l.checkBusinessHours(path+".within", clock.GetWithin())
		l.checkBusinessHours(path+".goal", clock.GetGoal())
		for name, tier := range sorted(clock.GetTiers()) {
			l.checkBusinessHours(entry(path+".tiers", name)+".within", tier.GetWithin())
			l.checkBusinessHours(entry(path+".tiers", name)+".goal", tier.GetGoal())
		}
	default:
		l.checkWallDays(path+".within", clock.GetWithin())
		for name, tier := range sorted(clock.GetTiers()) {
			l.checkWallDays(entry(path+".tiers", name)+".within", tier.GetWithin())
		}
	}
}

// checkWallDays advises about as many days as working weeks have.
func (l *linter) checkWallDays(path string, budget *playbookv1.Budget) {
	if days := budget.GetDays(); days > 0 && days <= 20 && days%5 == 0 {
		l.advise(path, "%dd of wall time is %d hours, weekends too: write `unit: business` if working days are meant", days, 24*days)
	}
}

func (l *linter) checkBusinessHours(path string, budget *playbookv1.Budget) {
	hours := budget.GetTime().AsDuration()
	if hours < 24*time.Hour {
		return
	}
	days := strconv.FormatFloat(hours.Hours()/workingDay.Hours(), 'g', 3, 64)
	l.advise(path, "%s of business time is %s working days of eight hours: write days if that is meant, or `unit: wall`",
		writtenBudget(budget), days)
}

// checkAtRisk makes sure that a warning comes before the deadline, for all leads and for each tier that says otherwise.
func (l *linter) checkAtRisk(path string, clock, full *playbookv1.ClockPolicy) {
	l.checkWarning(path+".at_risk", full.GetUnit(), full.GetAtRisk(), full.GetWithin())
	for name, tier := range sorted(clock.GetTiers()) {
		at, meant := entry(path+".tiers", name), full.GetTiers()[name]
		switch {
		case tier.GetAtRisk() != nil:
			l.checkWarning(at+".at_risk", full.GetUnit(), meant.GetAtRisk(), meant.GetWithin())
		case tier.GetWithin() != nil:
			l.checkWarning(at, full.GetUnit(), meant.GetAtRisk(), meant.GetWithin())
		}
	}
}

func (l *linter) checkWarning(path string, unit playbookv1.TimeUnit, risk *playbookv1.AtRisk, within *playbookv1.Budget) {
	if after := risk.GetAfter(); after != nil && within != nil && length(after, unit) >= length(within, unit) {
		l.refuse(path, "warns after %s, which is not before the deadline of %s: warn earlier", writtenBudget(after), writtenBudget(within))
	}
}

// checkFirstTouch advises about leads that wait longer than a day, or than a working day.
func (l *linter) checkFirstTouch(path string, clock *playbookv1.ClockPolicy) {
	most := 24 * time.Hour
	if clock.GetUnit() == playbookv1.TimeUnit_TIME_UNIT_BUSINESS {
		most = workingDay
	}
	check := func(at string, budget *playbookv1.Budget) {
		if length(budget, clock.GetUnit()) > most {
			l.advise(at, "a first touch may come after %s: leads that wait 48 to 72 hours convert at a fraction; answer within 24 hours (Klozeo, The Sales-Marketing Alignment Playbook)",
				writtenBudget(budget))
		}
	}
	check(path+".within", clock.GetWithin())
	for name, tier := range sorted(clock.GetTiers()) {
		check(entry(path+".tiers", name)+".within", tier.GetWithin())
	}
}

func (l *linter) checkEscalation() {
	clocks := maps.Clone(l.doc.GetSla().GetClocks())
	if plan := l.full.GetSla().GetAttempts(); plan != nil && clocks != nil {
		clocks[attempts] = &playbookv1.ClockPolicy{From: plan.GetFrom()}
	}
	for kind, ladder := range sorted(l.doc.GetSla().GetEscalate()) {
		path := entry("sla.escalate", kind)
		if clocks[kind] == nil {
			l.advise(path, "never happens: the clock %s has no budget in sla.clocks", kind)
		}
		reached := 0.0
		for i, step := range ladder.GetSteps() {
			if step.GetAt() <= reached {
				l.refuse(element(path, i)+".at", "must be later than the step before: order the steps by `at`")
			}
			reached = step.GetAt()
			switch acts := step.GetDo() != playbookv1.EscalationAction_ESCALATION_ACTION_UNSPECIFIED; {
			case !acts && len(step.GetNotify()) == 0:
				l.advise(element(path, i), "does nothing: say whom to `notify` or what to `do`")
			case acts && clocks[kind] != nil && !mayAct(kind, clocks[kind]):
				l.advise(element(path, i)+".do", "never happens: while the clock %s runs, no rep is asked to accept", kind)
			}
		}
	}
}

// mayAct says whether a handoff can wait for a rep to accept it while a clock runs: only then something is done with it.
func mayAct(kind string, clock *playbookv1.ClockPolicy) bool {
	switch clock.GetFrom() {
	case playbookv1.ClockAnchor_CLOCK_ANCHOR_UNSPECIFIED:
		return kind != "assign" && kind != "disposition"
	case playbookv1.ClockAnchor_CLOCK_ANCHOR_ACCEPTED, playbookv1.ClockAnchor_CLOCK_ANCHOR_SQL:
		return false
	default:
		return kind != "assign"
	}
}

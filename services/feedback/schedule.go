package feedback

import (
	"fmt"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/weekly"
)

// schedule is when the rejection report comes out; none if the playbook does not say.
func schedule(report *playbookv1.ReportSchedule) (weekly.Schedule, error) {
	if report == nil {
		return weekly.Schedule{}, nil
	}
	zone, err := time.LoadLocation(report.GetZone())
	if err != nil {
		return weekly.Schedule{}, fmt.Errorf("read schedule of reports: %w", err)
	}
	return weekly.Parse(report.GetEvery(), zone)
}

// usualDisposition is how long sales has for a disposition where the playbook does not say.
const usualDisposition = 14 * 24 * time.Hour

// disposition is the longest that the clock of a disposition runs, on the wall, in any tier.
func disposition(clock *playbookv1.ClockPolicy) time.Duration {
	if clock == nil {
		return usualDisposition
	}
	longest := onTheWall(clock.GetWithin(), clock.GetUnit())
	for _, tier := range clock.GetTiers() {
		longest = max(longest, onTheWall(tier.GetWithin(), clock.GetUnit()))
	}
	return longest
}

// onTheWall is a budget as wall time. Of working time it is what it takes at the most in weeks of five days of eight hours, so that
// nobody is judged too soon because of a weekend.
func onTheWall(b *playbookv1.Budget, unit playbookv1.TimeUnit) time.Duration {
	const day = 24 * time.Hour
	if unit != playbookv1.TimeUnit_TIME_UNIT_BUSINESS {
		return b.GetTime().AsDuration() + time.Duration(b.GetDays())*day
	}
	days := time.Duration(b.GetDays()) + (b.GetTime().AsDuration()+8*time.Hour-1)/(8*time.Hour)
	return (days + 2*((days+4)/5)) * day
}

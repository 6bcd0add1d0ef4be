package feedback

import (
	"context"
	"time"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/period"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

const (
	usualPeriod = 7 * 24 * time.Hour // how long the period of a report is when its start is not given
	remembered  = 8                  // periods with a name whose figures a report shows
)

// span is a stretch of time [from, to).
type span struct{ from, to time.Time }

// outlook is what somebody asks a report of.
type outlook struct {
	name        string   // of the period; empty if it was asked for by its ends
	history     []string // the names of the spans; none if it was asked for by its ends
	spans       []span   // the oldest first: at least the period before, and the period
	zone        *time.Location
	now         time.Time
	playbook    string        // by name
	disposition time.Duration // how long sales has for a disposition
	rep         *string       // whose answers alone are counted, by id; nil for everybody's
}

func (a outlook) last() span   { return a.spans[len(a.spans)-1] }
func (a outlook) before() span { return a.spans[len(a.spans)-2] }

// asks reads which stretch of time a caller asks for, in the zone of the playbook's report.
func (s *Service) asks(ctx context.Context, q sqldb.Querier, req *feedbackv1.GetRejectionReportRequest) (a outlook, err error) {
	now := s.cfg.Now()
	playbook, err := s.inForce(ctx, q, now)
	if err != nil {
		return a, err
	}
	a = outlook{now: now, zone: playbook.Policy.report.Zone(), playbook: playbook.Name(), disposition: playbook.Policy.disposition}
	name := req.GetPeriod()
	if req.GetName() != "" {
		name = reportPeriod(req.GetName())
	}
	switch ends := req.GetStartTime() != nil || req.GetEndTime() != nil; {
	case name == "":
		a.spans, err = between(req, now)
		return a, err
	case ends, req.GetName() != "" && req.GetPeriod() != "":
		return a, fault.Field("period", "is given by a report's name, by its own or by its ends, and only once")
	}
	p, err := period.Parse(name, now, a.zone)
	if err != nil {
		return a, fault.Field("period", "%v", err)
	}
	a.of(p)
	return a, nil
}

// of asks for a period, and for those before it.
func (a *outlook) of(p period.Period) {
	a.name = p.Name()
	a.spans, a.history = make([]span, remembered), make([]string, remembered)
	for i := range remembered {
		a.spans[remembered-1-i], a.history[remembered-1-i] = span{p.Start(), p.End()}, p.Name()
		p = p.Before()
	}
}

// between is the stretch that a report is asked for, after one of the same length, in whole microseconds.
func between(req *feedbackv1.GetRejectionReportRequest, now time.Time) ([]span, error) {
	to := now
	if req.GetEndTime() != nil {
		to = req.GetEndTime().AsTime().Truncate(time.Microsecond)
	}
	from := to.Add(-usualPeriod)
	if req.GetStartTime() != nil {
		from = req.GetStartTime().AsTime().Truncate(time.Microsecond)
	}
	if !from.Before(to) {
		return nil, fault.Field("start_time", "must be before end_time")
	}
	return []span{{from.Add(-to.Sub(from)), from}, {from, to}}, nil
}

package feedback

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	moneypb "google.golang.org/genproto/googleapis/type/money"

	errorsv1 "github.com/handoffhq/handoff/gen/go/handoff/errors/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/money"
	calendar "github.com/handoffhq/handoff/services/internal/period"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// payTerms are what a statement takes of a playbook.
type payTerms struct {
	zone *time.Location // of the month
	fee  money.Amount   // for a meeting that sales takes; the zero amount if none is agreed
}

// compilePayTerms reads what a playbook says of statements.
func compilePayTerms(signed *playbookv1.Document) (payTerms, error) {
	zone, err := time.LoadLocation(signed.GetFeedback().GetReport().GetZone())
	if err != nil {
		return payTerms{}, fmt.Errorf("read zone of report: %w", err)
	}
	return payTerms{zone: zone, fee: feeOf(signed.GetMeetings().GetFee())}, nil
}

// feeOf reads a fee such as `250 USD`; there is none in anything else.
func feeOf(text string) money.Amount {
	number, currency, _ := strings.Cut(text, " ")
	units, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return money.Amount{}
	}
	fee, err := money.Parse(&moneypb.Money{CurrencyCode: currency, Units: units})
	if err != nil {
		return money.Amount{}
	}
	return fee
}

// month is a calendar month of which there are statements.
type month struct {
	name       string
	start, end time.Time
	zone       *time.Location
	closed     bool // its statements are archived
	next       bool // its statements are archived next; they hold what is not stated yet, and the corrections
}

// month is the month of a name as of now. Months follow each other without a gap: one begins where the one before it was closed,
// also if the zone has changed since.
func (s *Service) month(ctx context.Context, q sqldb.Querier, name string, now time.Time) (month, error) {
	zone, err := s.zone(ctx, q, now)
	if err != nil {
		return month{}, err
	}
	p, err := calendar.Parse(name, now, zone)
	if err != nil {
		return month{}, fault.Field("name", "%v", err)
	}
	last, err := store.LastMonth(ctx, q)
	if err != nil {
		return month{}, err
	}
	m := month{name: p.Name(), start: p.Start(), end: p.End(), zone: zone, closed: p.Name() <= last.Name, next: p.Before().Name() == last.Name}
	if m.next {
		m.start = last.End
	}
	if last.Name == "" {
		first, err := s.first(ctx, q, zone)
		m.next = err == nil && first.Name() == m.name
		return m, err
	}
	return m, nil
}

// first is the month in which the first meeting was brought; the zero period if there is none.
func (s *Service) first(ctx context.Context, q sqldb.Querier, zone *time.Location) (calendar.Period, error) {
	at, err := store.FirstBrought(ctx, q)
	if err != nil || at.IsZero() {
		return calendar.Period{}, err
	}
	return calendar.Parse("this-month", at, zone)
}

// toClose is the month whose statements are archived next; not ok while no meeting was ever brought.
func (s *Service) toClose(ctx context.Context, q sqldb.Querier, now time.Time) (m month, ok bool, err error) {
	last, err := store.LastMonth(ctx, q)
	if err != nil {
		return month{}, false, err
	}
	zone, err := s.zone(ctx, q, now)
	if err != nil {
		return month{}, false, err
	}
	p, err := s.first(ctx, q, zone)
	if last.Name != "" && err == nil {
		p, err = calendar.Parse(last.Name, now, zone)
		p = p.After()
	}
	if err != nil || p.Name() == "" {
		return month{}, false, err
	}
	m, err = s.month(ctx, q, p.Name(), now)
	return m, true, err
}

// zone is the zone of the months: that of the playbook in force, UTC without one.
func (s *Service) zone(ctx context.Context, q sqldb.Querier, now time.Time) (*time.Location, error) {
	active, err := s.payTerms.Active(asItself(ctx), q, now)
	if fault.As(err) != nil && fault.As(err).Reason == errorsv1.ErrorReason_ERROR_REASON_PLAYBOOK_NOT_ACTIVE {
		return time.UTC, nil
	}
	return active.Policy.zone, err
}

// asItself is the context of what is read for the suite's own sake, not for the caller's.
func asItself(ctx context.Context) context.Context {
	return auth.WithActor(ctx, auth.Service(eventlog.Feedback))
}

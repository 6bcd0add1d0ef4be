package feedback

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	scoringv1 "github.com/handoffhq/handoff/gen/go/handoff/scoring/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/statement"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// entry is a meeting as a statement tells of it.
type entry struct {
	*store.Brought
	line statement.Line
}

// draft is the statement of a partner on a month as it would be archived now. Without a line it fails with store.ErrNotFound.
func (s *Service) draft(ctx context.Context, q sqldb.Querier, m month, partner string, now time.Time) (*feedbackv1.PartnerStatement, []*feedbackv1.StatementLine, error) {
	stated, err := s.entries(ctx, q, m, partner)
	if err != nil {
		return nil, nil, err
	}
	if len(stated) == 0 {
		return nil, nil, store.ErrNotFound
	}
	plain := make([]statement.Line, len(stated))
	lines := make([]*feedbackv1.StatementLine, len(stated))
	for i, l := range stated {
		plain[i] = l.line
		if lines[i], err = toLine(l); err != nil {
			return nil, nil, err
		}
	}
	sum, err := statement.Of(plain)
	if err != nil {
		return nil, nil, fmt.Errorf("add up statement of %s on %s: %w", partner, m.name, err)
	}
	told := toStatement(sum)
	told.Name, told.TimeZone, told.LineCount = statementName(partner, m.name), m.zone.String(), int64(len(lines))
	told.StartTime, told.EndTime, told.AsOfTime = timestamppb.New(m.start), timestamppb.New(m.end), timestamppb.New(now)
	return told, lines, nil
}

// entries reads what a statement tells: the meetings of the month, and in the one that is archived next those that were never
// stated, and those of which something else became than is stated.
func (s *Service) entries(ctx context.Context, q sqldb.Querier, m month, partner string) ([]entry, error) {
	from := m.start
	if m.next {
		from = time.UnixMicro(0)
	}
	var all []entry
	for b, err := range store.Broughts(ctx, q, partner, from, m.end) {
		if err != nil {
			return nil, err
		}
		l := entry{b, statement.Line{Campaign: b.Campaign, Is: b.Facts.Result()}}
		if b.Said != "" {
			l.line.Was = &b.Was
		}
		if b.Said != "" && (!m.next || b.Was == l.line.Is) {
			continue
		}
		if all = append(all, l); len(all) == statement.MaxLines {
			break
		}
	}
	for i := range all {
		agreed, err := s.payTerms.Get(asItself(ctx), q, all[i].Playbook)
		if err != nil {
			return nil, err
		}
		all[i].line.Fee = agreed.Policy.fee
	}
	return all, nil
}

// toStatement is what the lines of a statement amount to, as the API shows it.
func toStatement(sum statement.Sum) *feedbackv1.PartnerStatement {
	out := &feedbackv1.PartnerStatement{Counts: toCounts(sum.Counts), CorrectionCount: sum.Corrections}
	for _, c := range sum.Campaigns {
		out.Campaigns = append(out.Campaigns, &feedbackv1.CampaignMeetings{Campaign: c.Name, Counts: toCounts(c.Counts)})
	}
	for _, total := range sum.Totals {
		out.Totals = append(out.Totals, total.Proto())
	}
	return out
}

func toCounts(c statement.Counts) *feedbackv1.MeetingCounts {
	acceptance := c.Acceptance()
	return &feedbackv1.MeetingCounts{BroughtCount: c.Brought, AcceptedCount: c.By[statement.Accepted], RejectedCount: c.By[statement.Rejected],
		DisputedCount: c.By[statement.Disputed], PendingCount: c.By[statement.Pending], RecycledCount: c.By[statement.Recycled],
		DuplicateCount: c.By[statement.Duplicate], WithdrawnCount: c.By[statement.Withdrawn],
		Acceptance: toProportion(acceptance)}
}

// toLine is a line of a statement as the API shows it to whoever sees everything.
func toLine(l entry) (*feedbackv1.StatementLine, error) {
	out := &feedbackv1.StatementLine{Meeting: l.Name, Handoff: ident.Name("handoffs", l.Handoff), Campaign: l.Campaign,
		BringTime: timestamppb.New(time.UnixMicro(l.BroughtAt)), Added: l.Added, Rubric: &scoringv1.Rubric{},
		State: feedbackv1.StatementLine_State(l.line.Is.State), Reason: playbookv1.RejectionReason(l.line.Is.Reason)}
	if err := proto.Unmarshal(l.Checks, out.GetRubric()); err != nil {
		return nil, fmt.Errorf("read rubric of %s: %w", l.Name, err)
	}
	if was := l.line.Was; was != nil {
		out.Corrects, out.StateBefore = statementName(l.Partner, l.Said), feedbackv1.StatementLine_State(was.State)
	}
	if due := l.line.Amount(); due.Currency != "" {
		out.Amount = due.Proto()
	}
	if out.GetState() == feedbackv1.StatementLine_STATE_DUPLICATE || l.AnsweredAt == 0 {
		return out, nil
	}
	out.AnswerTime, out.Rating = timestamppb.New(time.UnixMicro(l.AnsweredAt)), int32(l.Rating)
	out.Verdict = verdictName(l.Handoff, l.Assignment, l.Facts.Step)
	out.MessageMatch = feedbackv1.Verdict_MessageMatch(l.Match)
	if l.line.Is.Reason == 0 {
		return out, nil
	}
	proofs, err := l.Proofs()
	for _, e := range proofs {
		if !told(e.Field) {
			e.Observed = ""
		}
		out.Evidence = append(out.Evidence, &feedbackv1.Evidence{Criterion: e.Criterion, Field: e.Field, ObservedValue: e.Observed})
	}
	return out, err
}

// told says whether a partner is told what sales found in a field: what anybody may know of a company, and nothing of a person or
// of whom the company deals with.
func told(field string) bool {
	switch name, ok := strings.CutPrefix(field, "account."); {
	case !ok:
		return false
	default:
		return name == "domain" || name == "domains" || name == "employees" || name == "annual_revenue" || name == "industry" ||
			name == "country" || name == "technologies"
	}
}

// resultOf is what a line says became of a meeting.
func resultOf(l *feedbackv1.StatementLine) statement.Result {
	return statement.Result{State: statement.State(l.GetState()), Reason: verdict.Reason(l.GetReason())}
}

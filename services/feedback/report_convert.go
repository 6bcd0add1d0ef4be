package feedback

import (
	"math"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/rejection"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/proportion"
)

func reportName(period string) string { return ident.Name("rejectionReports", period) }

// reportPeriod is the name of the period of a report that came out.
func reportPeriod(name string) string { return ident.ID(name, "rejectionReports") }

// toReport is a report as the API shows it.
func toReport(r rejection.Report, a outlook) *feedbackv1.RejectionReport {
	out := &feedbackv1.RejectionReport{
		Period:            a.name,
		StartTime:         timestamppb.New(a.last().from),
		EndTime:           timestamppb.New(a.last().to),
		PreviousStartTime: timestamppb.New(a.before().from),
		TimeZone:          a.zone.String(),
		AsOfTime:          timestamppb.New(a.now),
		Playbook:          a.playbook,
		HistoryPeriods:    a.history,
		All:               toSlice(r.All, a),
	}
	for _, s := range r.Slices {
		out.Slices = append(out.Slices, toSlice(s, a))
	}
	for _, p := range r.Top {
		out.TopPatterns = append(out.TopPatterns, toTopPattern(p))
	}
	return out
}

func toSlice(s rejection.Slice, a outlook) *feedbackv1.RejectionSlice {
	out := &feedbackv1.RejectionSlice{Kind: feedbackv1.RejectionSlice_Kind(s.Kind), Slice: sliceName(s.Part),
		Rejected: toProportion(s.Rejected), PreviousRejected: toProportion(s.Before), Trend: feedbackv1.RejectionSlice_Trend(s.Trend),
		DisputedCount: s.Disputed, OverturnedCount: s.Overturned}
	if change, _, _, ok := proportion.Difference(s.Rejected, s.Before); ok {
		out.ChangePerMille = proto.Int32(int32(math.Round(change * 1000)))
	}
	for _, r := range s.Reasons {
		out.Reasons = append(out.Reasons, &feedbackv1.ReasonCount{Reason: playbookv1.RejectionReason(r.Reason), Count: r.Count})
	}
	if len(a.history) > 0 {
		for _, h := range s.History {
			out.History = append(out.History, &feedbackv1.RejectionCount{AnsweredCount: h.Whole, RejectedCount: h.Part})
		}
	}
	return out
}

// sliceName is the name of a part as the API spells it.
func sliceName(p rejection.Part) string {
	switch {
	case p.Name == "":
		return ""
	case p.Kind == rejection.Rep:
		return ident.Name("reps", p.Name)
	case p.Kind == rejection.Pool:
		return ident.Name("pools", p.Name)
	default:
		return p.Name
	}
}

func toTopPattern(p rejection.Pattern) *feedbackv1.RejectionPattern {
	out := &feedbackv1.RejectionPattern{Reason: playbookv1.RejectionReason(p.Reason), There: toProportion(p.There),
		Elsewhere: toProportion(p.Elsewhere), StandsOut: p.StandsOut}
	for _, part := range p.Parts {
		out.Parts = append(out.Parts, &feedbackv1.RejectionPattern_Part{Kind: feedbackv1.RejectionSlice_Kind(part.Kind), Slice: sliceName(part)})
	}
	return out
}

// toMatches gathers what was said of the messages of each campaign. The matches are ordered by campaign.
func toMatches(matches []store.Match) []*feedbackv1.MessageMatchCount {
	var all []*feedbackv1.MessageMatchCount
	for _, m := range matches {
		if len(all) == 0 || all[len(all)-1].GetCampaign() != m.Campaign {
			all = append(all, &feedbackv1.MessageMatchCount{Campaign: m.Campaign})
		}
		of := all[len(all)-1]
		switch feedbackv1.Verdict_MessageMatch(m.Match) {
		case feedbackv1.Verdict_MESSAGE_MATCH_ACCURATE:
			of.AccurateCount += m.Count
		case feedbackv1.Verdict_MESSAGE_MATCH_OVERSTATED:
			of.OverstatedCount += m.Count
		case feedbackv1.Verdict_MESSAGE_MATCH_UNCLEAR:
			of.UnclearCount += m.Count
		}
	}
	return all
}

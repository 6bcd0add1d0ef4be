package feedback

import (
	"context"
	"fmt"

	"google.golang.org/protobuf/proto"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// ListRejectionReports implements FeedbackService.
func (s *Service) ListRejectionReports(ctx context.Context, req *feedbackv1.ListRejectionReportsRequest) (*feedbackv1.ListRejectionReportsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	rows, err := store.Reports(ctx, s.cfg.DB, store.Rejections, page.Key.Text, page.Limit())
	if err != nil {
		return nil, err
	}
	rows, next := paging.Cut(page, rows, func(r *store.Report) paging.Key { return paging.Key{Text: r.Period} })
	resp := &feedbackv1.ListRejectionReportsResponse{NextPageToken: next}
	for _, r := range rows {
		report, err := decodeReport(r)
		if err != nil {
			return nil, err
		}
		report.Slices = nil
		resp.RejectionReports = append(resp.RejectionReports, report)
	}
	return resp, nil
}

// cameOut is the report of a period as it came out.
func cameOut(ctx context.Context, q sqldb.Querier, name string) (*feedbackv1.RejectionReport, error) {
	r, err := store.GetReport(ctx, q, store.Rejections, name)
	if err != nil {
		return nil, err
	}
	return decodeReport(r)
}

func decodeReport(r *store.Report) (*feedbackv1.RejectionReport, error) {
	report := &feedbackv1.RejectionReport{}
	if err := proto.Unmarshal(r.Body, report); err != nil {
		return nil, fmt.Errorf("decode report: %w", err)
	}
	return report, nil
}

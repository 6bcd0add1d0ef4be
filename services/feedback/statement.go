package feedback

import (
	"context"
	"errors"
	"strings"

	"google.golang.org/genproto/googleapis/api/httpbody"
	"google.golang.org/protobuf/proto"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/auth"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/paging"
	"github.com/handoffhq/handoff/services/internal/scope"
)

// shownLines is how many lines of a statement are shown with it.
const shownLines = 1000

// GetPartnerStatement implements FeedbackService.
func (s *Service) GetPartnerStatement(ctx context.Context, req *feedbackv1.GetPartnerStatementRequest) (*feedbackv1.PartnerStatement, error) {
	told, lines, err := s.statement(ctx, req.GetName())
	if err != nil {
		return nil, err
	}
	told.Lines = lines[:min(len(lines), shownLines)]
	return told, nil
}

// ExportPartnerStatement implements FeedbackService.
func (s *Service) ExportPartnerStatement(ctx context.Context, req *feedbackv1.ExportPartnerStatementRequest) (*httpbody.HttpBody, error) {
	told, lines, err := s.statement(ctx, req.GetName())
	if err != nil {
		return nil, err
	}
	table, err := statementCSV(told, lines)
	return &httpbody.HttpBody{ContentType: "text/csv; charset=utf-8", Data: table}, err
}

// ListPartnerStatements implements FeedbackService.
func (s *Service) ListPartnerStatements(ctx context.Context, req *feedbackv1.ListPartnerStatementsRequest) (*feedbackv1.ListPartnerStatementsResponse, error) {
	page, err := paging.Parse(ctx, req)
	if err != nil {
		return nil, err
	}
	resp := &feedbackv1.ListPartnerStatementsResponse{}
	partner, ok := s.visible(ctx, partnerOf(ident.ID(req.GetParent(), "partners")))
	if !ok {
		return resp, nil
	}
	var after store.Filed
	after.Month, after.Partner, _ = strings.Cut(page.Key.Text, "/")
	rows, err := store.Statements(ctx, s.cfg.DB, partner, after, page.Limit())
	if err != nil {
		return nil, err
	}
	rows, resp.NextPageToken = paging.Cut(page, rows, func(r *store.Statement) paging.Key { return paging.Key{Text: r.Month + "/" + r.Partner} })
	for _, r := range rows {
		told := &feedbackv1.PartnerStatement{}
		if err := proto.Unmarshal(r.Summary, told); err != nil {
			return nil, err
		}
		resp.Statements = append(resp.Statements, told)
	}
	return resp, nil
}

// visible is the partner whose statements a list shows, empty for those of all. It is not ok if the caller may see none of them.
func (s *Service) visible(ctx context.Context, asked string) (partner string, ok bool) {
	own := scope.Partner(auth.ActorFrom(ctx))
	switch {
	case asked == all:
		return own, true
	case own == "":
		return asked, true
	default:
		return asked, asked == own
	}
}

// all stands for every partner in the name of a list.
const all = "-"

// statement is the statement of a name, with all its lines, as far as the caller may see it. One of somebody else's answers like
// one that does not exist.
func (s *Service) statement(ctx context.Context, name string) (*feedbackv1.PartnerStatement, []*feedbackv1.StatementLine, error) {
	parts := ident.Parse(name, "partners", "statements")
	if len(parts) != 2 {
		return nil, nil, fault.Missing(name)
	}
	partner, own := partnerOf(parts[0]), scope.Partner(auth.ActorFrom(ctx))
	if own != "" && own != partner {
		return nil, nil, fault.Missing(name)
	}
	told, lines, err := s.filed(ctx, partner, parts[1])
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, fault.Missing(name)
	}
	for _, l := range lines {
		l.Rubric = scope.Rubric(own, l.GetRubric())
	}
	return told, lines, err
}

// filed is a statement as it is archived, or as it would be now.
func (s *Service) filed(ctx context.Context, partner, month string) (*feedbackv1.PartnerStatement, []*feedbackv1.StatementLine, error) {
	now := s.cfg.Now()
	m, err := s.month(ctx, s.cfg.DB, month, now)
	if err != nil {
		return nil, nil, err
	}
	if !m.closed {
		return s.draft(ctx, s.cfg.DB, m, partner, now)
	}
	row, err := store.GetStatement(ctx, s.cfg.DB, partner, m.name)
	if err != nil {
		return nil, nil, err
	}
	told, lines := &feedbackv1.PartnerStatement{}, &feedbackv1.StatementLines{}
	if err := errors.Join(proto.Unmarshal(row.Summary, told), proto.Unmarshal(row.Lines, lines)); err != nil {
		return nil, nil, err
	}
	return told, lines.GetLines(), nil
}

// The id of a partner in the name of a statement has no slash.
var (
	slashed   = strings.NewReplacer("%2F", "/", "%25", "%")
	unslashed = strings.NewReplacer("/", "%2F", "%", "%25")
)

func partnerOf(id string) string { return slashed.Replace(id) }

func statementName(partner, month string) string {
	return ident.Name("partners", unslashed.Replace(partner), "statements", month)
}

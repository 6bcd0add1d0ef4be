package playbook

import (
	"context"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/idempotency"
	"github.com/handoffhq/handoff/services/internal/shelf"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/playbook/internal/agreement"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
	"github.com/handoffhq/handoff/services/playbook/internal/store"
)

// RefusePlaybook implements PlaybookService.
func (s *Service) RefusePlaybook(ctx context.Context, req *playbookv1.RefusePlaybookRequest) (*playbookv1.Playbook, error) {
	team, by := agreement.Team(req.GetTeam()), person(ctx)
	return s.change(ctx, req, "RefusePlaybook", func(ctx context.Context, tx *sqldb.Tx, p *store.Playbook, now time.Time) (err error) {
		if p.Agreement, err = p.Agreement.Refuse(by, team); err != nil {
			return err
		}
		p.Refusal = &store.Refusal{Team: team, Issuer: by.Issuer, Refuser: by.Subject, Comment: req.GetComment(), At: now.UnixMicro()}
		return s.log.Emit(ctx, tx, eventlog.Key{Name: p.Name(), Seq: &p.Events}, &eventv1.Event{Playbook: p.Name(), Time: timestamppb.New(now),
			Payload: &eventv1.Event_PlaybookRefused{PlaybookRefused: &eventv1.PlaybookRefused{Playbook: p.Name(), Hash: p.Agreement.Hash,
				Team: req.GetTeam()}}})
	})
}

// RollbackPlaybook implements PlaybookService.
func (s *Service) RollbackPlaybook(ctx context.Context, req *playbookv1.RollbackPlaybookRequest) (*playbookv1.Playbook, error) {
	now := s.cfg.Now()
	return idempotency.Do(ctx, s.requests, req, func(ctx context.Context, tx *sqldb.Tx) (*playbookv1.Playbook, error) {
		earlier, err := store.Get(ctx, tx, shelf.Number(req.GetName()))
		if err != nil {
			return nil, missing(err, req.GetName())
		}
		if state := earlier.Agreement.State; state != agreement.Retired {
			return nil, fault.Refused(earlier.Name(), state.String(), "%s is %s: only what was in force before and is not now can be brought back", earlier.Name(), state)
		}
		text, err := reread(earlier)
		if err != nil {
			return nil, err
		}
		return s.store(ctx, tx, text, earlier.Version, "RollbackPlaybook", now)
	})
}

// reread is the document of an earlier version as it would be stored today. It is held against today's rules: what they
// refuse is not brought back. The authors' text stays as it is, unless it would be read as something else today.
func reread(p *store.Playbook) (text, error) {
	doc, err := documentOf(p)
	if err != nil {
		return text{}, err
	}
	if problems := document.Lint(doc, nil, checkExpressions); document.HasErrors(problems) {
		return text{}, unsound(problems)
	}
	source := p.YAML
	if today, _, _ := document.Parse([]byte(source)); !proto.Equal(today, doc) {
		written, err := document.ToYAML(doc)
		if err != nil {
			return text{}, err
		}
		source = string(written)
	}
	return settle(doc, source)
}

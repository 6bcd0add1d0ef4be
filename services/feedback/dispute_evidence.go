package feedback

import (
	"context"
	"time"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/store"
	"github.com/handoffhq/handoff/services/internal/sqldb"
)

// disputed opens a dispute over a complete verdict which its own evidence speaks against, if the playbook of the handoff wants
// that. The dispute begins with the answer.
func (s *Service) disputed(ctx context.Context, tx *sqldb.Tx, h *store.Handoff, v *store.Verdict) error {
	if v.Disputed || !dispute.Contradicts(v.Answer) {
		return nil
	}
	policy, err := s.disputing(ctx, tx, h)
	if err != nil || !policy.Opens(v.Answer) {
		return err
	}
	_, err = s.open(ctx, tx, h, v, dispute.OpenByEvidence(v.Answer, time.UnixMicro(v.AnsweredAt), policy), "")
	return err
}

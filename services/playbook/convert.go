package playbook

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/etag"
	"github.com/handoffhq/handoff/services/playbook/internal/store"
)

// toProto is a version as the API shows it.
func toProto(p *store.Playbook) (*playbookv1.Playbook, error) {
	out := summary(p)
	out.Yaml = p.YAML
	out.Document = &playbookv1.Document{}
	if err := proto.Unmarshal(p.Document, out.GetDocument()); err != nil {
		return nil, fmt.Errorf("decode document of %s: %w", p.Name(), err)
	}
	return out, nil
}

// summary is a version without its document.
func summary(p *store.Playbook) *playbookv1.Playbook {
	out := &playbookv1.Playbook{
		Name:          p.Name(),
		State:         playbookv1.Playbook_State(p.Agreement.State),
		Origin:        playbookv1.Origin(p.Origin),
		Hash:          p.Agreement.Hash,
		CreateTime:    instant(p.CreatedAt),
		UpdateTime:    instant(p.UpdatedAt),
		ActivateTime:  instant(p.ActivatedAt),
		ReviewDueTime: instant(p.ReviewDueAt),
		Etag:          etag.Of(p.RowVersion),
	}
	for _, s := range p.Agreement.Signatures {
		out.Signatures = append(out.Signatures, &playbookv1.Signature{
			Team:     playbookv1.Team(s.Team),
			Signer:   s.Issuer + "|" + s.Signer,
			SignTime: instant(p.SignedAt[s.Team]),
			Hash:     p.Agreement.Hash,
		})
	}
	if p.RolledBackFrom > 0 {
		out.RolledBackFrom = (&store.Playbook{Version: p.RolledBackFrom}).Name()
	}
	if r := p.Refusal; r != nil {
		out.Refusal = &playbookv1.Refusal{Team: playbookv1.Team(r.Team), Refuser: r.Issuer + "|" + r.Refuser, RefuseTime: instant(r.At), Comment: r.Comment}
	}
	for _, r := range p.Reviews {
		out.Reviews = append(out.Reviews, toReview(r))
	}
	return out
}

func toReview(r store.Review) *playbookv1.Review {
	return &playbookv1.Review{Cause: playbookv1.Review_Cause(r.Cause), DueTime: instant(r.DueAt), Recent: r.Recent, Baseline: r.Baseline}
}

// instant is a time of the store; missing for none.
func instant(micros int64) *timestamppb.Timestamp {
	if micros == 0 {
		return nil
	}
	return timestamppb.New(time.UnixMicro(micros))
}

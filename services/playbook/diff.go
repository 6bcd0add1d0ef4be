package playbook

import (
	"context"
	"errors"

	"google.golang.org/protobuf/proto"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/internal/fault"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/playbook/internal/difference"
	"github.com/handoffhq/handoff/services/playbook/internal/document"
	"github.com/handoffhq/handoff/services/playbook/internal/store"
)

// mostChanges is how many changes an answer holds.
const mostChanges = 1000

// DiffPlaybooks implements PlaybookService.
func (s *Service) DiffPlaybooks(ctx context.Context, req *playbookv1.DiffPlaybooksRequest) (*playbookv1.PlaybookDiff, error) {
	if (req.GetTo() == "") == (req.GetYaml() == "") {
		return nil, fault.Field("to", "give either the newer version or its YAML")
	}
	resp := &playbookv1.PlaybookDiff{}
	var from, to *playbookv1.Document
	err := s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) (err error) {
		if from, resp.From, resp.FromHash, err = older(ctx, tx, req.GetFrom()); err != nil || req.GetTo() == "" {
			return err
		}
		to, resp.To, resp.ToHash, err = open(ctx, tx, req.GetTo())
		return err
	})
	if err != nil {
		return nil, err
	}
	if req.GetTo() == "" {
		if to, resp.ToHash, err = unstored(req.GetYaml()); err != nil {
			return nil, err
		}
	}
	tell(resp, from, to)
	return resp, nil
}

// tell adds what differs.
func tell(diff *playbookv1.PlaybookDiff, from, to *playbookv1.Document) {
	diff.Changes = toChanges(difference.Changes(from, to))
	if more := len(diff.GetChanges()) - mostChanges; more > 0 {
		diff.Changes, diff.LeftOutCount = diff.GetChanges()[:mostChanges], int32(more)
	}
}

// older is the version that another one is compared with: without a name the one in force, or the empty document before
// there is one.
func older(ctx context.Context, tx *sqldb.Tx, name string) (*playbookv1.Document, string, string, error) {
	if name != "" {
		return open(ctx, tx, name)
	}
	_, err := store.Active(ctx, tx)
	if errors.Is(err, store.ErrNotFound) {
		return &playbookv1.Document{}, "", "", nil
	}
	if err != nil {
		return nil, "", "", err
	}
	return open(ctx, tx, activePlaybooks)
}

// open reads the document of a version, its name and its hash.
func open(ctx context.Context, tx *sqldb.Tx, name string) (*playbookv1.Document, string, string, error) {
	p, err := find(ctx, tx, name)
	if err != nil {
		return nil, "", "", err
	}
	doc, err := documentOf(p)
	return doc, p.Name(), p.Agreement.Hash, err
}

func documentOf(p *store.Playbook) (*playbookv1.Document, error) {
	doc := &playbookv1.Document{}
	return doc, proto.Unmarshal(p.Document, doc)
}

// unstored reads a document that is not stored, and refuses one that could not be.
func unstored(yaml string) (*playbookv1.Document, string, error) {
	doc, problems := document.Check([]byte(yaml), checkExpressions)
	if document.HasErrors(problems) {
		return nil, "", unsound(problems)
	}
	hash, err := document.Hash(doc)
	return doc, hash, err
}

func toChanges(all []difference.Change) []*playbookv1.PlaybookChange {
	out := make([]*playbookv1.PlaybookChange, len(all))
	for i, c := range all {
		out[i] = &playbookv1.PlaybookChange{Path: c.Path, Kind: playbookv1.PlaybookChange_Kind(c.Kind), Effect: playbookv1.PlaybookChange_Effect(c.Effect),
			Old: c.Old, New: c.New, Sentence: c.Sentence}
	}
	return out
}

// Diff says what differs between two playbooks without a server, as DiffPlaybooks does. The texts must be sound.
func Diff(from, to []byte) (*playbookv1.PlaybookDiff, error) {
	diff := &playbookv1.PlaybookDiff{}
	var before, after *playbookv1.Document
	var err error
	if before, diff.FromHash, err = unstored(string(from)); err != nil {
		return nil, err
	}
	if after, diff.ToHash, err = unstored(string(to)); err != nil {
		return nil, err
	}
	tell(diff, before, after)
	return diff, nil
}

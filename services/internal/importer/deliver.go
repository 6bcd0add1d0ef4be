package importer

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	"github.com/handoffhq/handoff/services/internal/importer/mapping"
)

// row is a row that is on its way.
type row struct {
	line     int
	drafts   []*mapping.Draft // by the resources of the step; nil for a row that could not be read
	rejected bool
}

// noResource stands for the resource of a row that could not become any.
const noResource = -1

// maxBatchBytes keeps a batch well below the largest message that the suite takes in, 1 MiB.
const maxBatchBytes = 768 << 10

// deliver sends what rows became of one of the resources of the step, and counts it.
func (r *run) deliver(ctx context.Context, rows []*row, resource int) error {
	t := &r.figures().Resources[resource]
	var batch []*row
	size := 0
	for _, w := range rows {
		switch {
		case w.drafts == nil:
			t.Rejected++
			continue
		case w.drafts[resource] == nil:
			t.Skipped++
			continue
		case w.rejected:
			t.Rejected++
			continue
		}
		bytes, ok := r.complete(w, resource)
		if !ok {
			continue
		}
		if t.Kind.Chosen() || size+bytes > maxBatchBytes {
			if err := r.send(ctx, batch, resource); err != nil {
				return err
			}
			batch, size = nil, 0
		}
		batch, size = append(batch, w), size+bytes
	}
	return r.send(ctx, batch, resource)
}

// complete fills in what a draft refers to, and says how large it is. A row that refers to what is not known is rejected.
func (r *run) complete(w *row, resource int) (size int, ok bool) {
	d := w.drafts[resource]
	if err := d.Resolve(r.space.known.lookup); err != nil {
		r.reject(w, resource, rejectionOf(err))
		return 0, false
	}
	return proto.Size(d.Message), true
}

// send sends a batch of one kind. A batch that is refused is parted, until what is refused is one row.
func (r *run) send(ctx context.Context, batch []*row, resource int) error {
	if len(batch) == 0 {
		return nil
	}
	t := &r.figures().Resources[resource]
	drafts := make([]*mapping.Draft, len(batch))
	for i, w := range batch {
		drafts[i] = w.drafts[resource]
	}
	if t.Kind.Chosen() && r.space.known.has(drafts[0].Key) {
		t.Repeated++
		return nil
	}
	id, err := requestID(r.cfg.Mapping.Digest, r.sources[r.state.Step].mark, drafts)
	if err != nil {
		return err
	}
	got, err := r.suite.take(ctx, drafts, id)
	if err != nil && judge(err) != refused {
		return fmt.Errorf("%s, line %d: %w", r.figures().File, batch[0].line, err)
	}
	if err == nil {
		return r.accept(t, drafts, got)
	}
	why := refusalOf(err)
	if len(batch) == 1 {
		r.reject(batch[0], resource, rejection{kind: t.Kind, key: drafts[0].Key.ID, reason: why.reason, field: why.field, message: why.message})
		return nil
	}
	from := 0
	for _, to := range why.parts(len(batch)) {
		if err := r.send(ctx, batch[from:to], resource); err != nil {
			return err
		}
		from = to
	}
	return nil
}

// accept counts a batch that the suite took in, and remembers what later resources refer to.
func (r *run) accept(t *Tally, drafts []*mapping.Draft, got taking) error {
	t.Accepted += int64(len(drafts))
	t.Waiting += got.waiting
	if t.Kind == mapping.Engagement {
		return nil
	}
	if len(got.names) != len(drafts) {
		return fmt.Errorf("the suite answered %d %s with %d", len(drafts), t.Kind.Collection(), len(got.names))
	}
	if witnessed(t.Kind) {
		r.state.Witness = got.names[len(drafts)-1].Name
	}
	if !t.Kind.Chosen() && !r.cfg.Mapping.Refers(t.Kind) {
		return nil
	}
	for i, d := range drafts {
		if err := r.space.known.learn(d.Key, got.names[i]); err != nil {
			return err
		}
	}
	return nil
}

// reject lists a row that could not become a resource of the step. What it might have become after that is not sent.
func (r *run) reject(w *row, resource int, why rejection) {
	w.rejected = true
	r.figures().Rejected++
	if resource != noResource {
		r.figures().Resources[resource].Rejected++
	}
	why.file, why.line = r.figures().File, w.line
	r.space.rejects.add(why)
}

// rejectionOf is why a row was rejected before the suite saw it.
func rejectionOf(err error) rejection {
	var bad *mapping.RowError
	if !errors.As(err, &bad) {
		return rejection{reason: reasonMalformed, message: err.Error()}
	}
	why := rejection{kind: bad.Kind, key: bad.Key, reason: reasonField, field: bad.Field, message: bad.Message}
	if bad.Unknown {
		why.reason = reasonReference
	}
	return why
}

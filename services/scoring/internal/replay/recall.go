package replay

import (
	"fmt"
	"time"

	"github.com/handoffhq/handoff/services/scoring/internal/qualify"
)

// Recall is the person behind a lead as it was known at an instant; nil if the lead was not there yet. When it qualified is
// left to the caller: without versions nobody does.
func (w *World) Recall(past *Past, lead string, at time.Time) (*qualify.Subject, error) {
	r, err := w.run(past, at)
	if err != nil {
		return nil, err
	}
	p := r.by[lead]
	if p == nil {
		return nil, nil
	}
	if err := p.look(w, at); err != nil {
		return nil, fmt.Errorf("read lead %s as of %v: %w", lead, at, err)
	}
	return &p.subject, nil
}

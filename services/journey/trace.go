package journey

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"go.opentelemetry.io/otel/attribute"

	eventv1 "github.com/handoffhq/handoff/gen/go/handoff/event/v1"
	"github.com/handoffhq/handoff/services/internal/eventlog"
	"github.com/handoffhq/handoff/services/internal/ident"
	"github.com/handoffhq/handoff/services/internal/sqldb"
	"github.com/handoffhq/handoff/services/internal/telemetry"
	"github.com/handoffhq/handoff/services/journey/internal/passage"
	"github.com/handoffhq/handoff/services/journey/internal/spans"
	"github.com/handoffhq/handoff/services/journey/internal/store"
)

// How traces are written. The settling time lets what belongs to a stage arrive from the other services before the stage
// is written for good.
const (
	settle       = 2 * time.Second
	traceBatch   = 100
	traceTimeout = 10 * time.Second
	longestRetry = 5 * time.Minute
	idle         = time.Second
	maxEntries   = 5000 // of one handoff
)

// planTraces plans the writing of the traces that events add to.
func (s *Service) planTraces(ctx context.Context, tx *sqldb.Tx, now time.Time, events []*eventv1.Event) error {
	planned := map[string]bool{}
	for _, e := range events {
		handoff := handoffOf(e)
		if handoff == "" || planned[handoff] {
			continue
		}
		planned[handoff] = true
		if err := store.Mark(ctx, tx, handoff, now.Add(settle)); err != nil {
			return err
		}
	}
	return nil
}

// NextDue is when the next trace is to be written.
func (s *Service) NextDue(ctx context.Context) (time.Time, bool, error) {
	if s.writer == nil {
		return time.Time{}, false, nil
	}
	return store.NextJob(ctx, s.cfg.DB)
}

// Fire writes the traces that are due. A tracing system that does not answer puts them off; it is never an error.
func (s *Service) Fire(ctx context.Context) error {
	_, err := s.writeTraces(ctx)
	return err
}

// Run writes traces until the context ends.
func (s *Service) Run(ctx context.Context) error {
	if s.writer == nil {
		<-ctx.Done()
		return nil
	}
	for ctx.Err() == nil {
		n, err := s.writeTraces(ctx)
		if err != nil && ctx.Err() == nil {
			s.cfg.Logger.WarnContext(ctx, "journey traces", slog.String("cause", err.Error()))
		}
		if n < traceBatch {
			select {
			case <-ctx.Done():
			case <-time.After(idle):
			}
		}
	}
	return nil
}

// writeTraces writes what is due and says how many traces that was.
func (s *Service) writeTraces(ctx context.Context) (int, error) {
	if s.writer == nil {
		return 0, nil
	}
	now := s.cfg.Now()
	jobs, err := store.Due(ctx, s.cfg.DB, now, traceBatch)
	if err != nil {
		return 0, err
	}
	for _, j := range jobs {
		if err := s.writeTrace(ctx, j, now); err != nil {
			return 0, err
		}
	}
	return len(jobs), nil
}

// writeTrace writes the finished stages of one handoff that are not written yet.
func (s *Service) writeTrace(ctx context.Context, j store.Job, now time.Time) error {
	id, err := spans.Parse(j.Handoff)
	if err != nil { // an id of somebody else's making has no trace
		return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error { return store.Done(ctx, tx, j, nil) })
	}
	var events []*eventv1.Event
	var written map[string]bool
	err = s.cfg.DB.Read(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		entries, err := store.OfHandoff(ctx, tx, ident.Name("handoffs", j.Handoff), maxEntries)
		if err != nil {
			return err
		}
		for _, e := range entries {
			events = append(events, e.Event)
		}
		written, err = store.Written(ctx, tx, j.Handoff)
		return err
	})
	if err != nil {
		return err
	}
	stages, keys := unwritten(id, events, written)
	if err := s.export(ctx, id, stages, !written[""], common(events)); err != nil {
		s.cfg.Logger.DebugContext(ctx, "journey trace is put off", slog.String("handoff.id", j.Handoff), slog.String("cause", err.Error()))
		return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
			return store.Later(ctx, tx, j, now.Add(putOff(j.Attempts)))
		})
	}
	return s.cfg.DB.InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		return store.Done(ctx, tx, j, append(keys, ""))
	})
}

func (s *Service) export(ctx context.Context, id spans.Handoff, stages []spans.Span, root bool, attributes []attribute.KeyValue) error {
	if len(stages) == 0 && !root {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, traceTimeout)
	defer cancel()
	return s.writer.Write(ctx, id, root, attributes, stages...)
}

// putOff is how long to wait after a number of failures.
func putOff(attempts int64) time.Duration {
	d := min(time.Second<<min(attempts, 9), longestRetry)
	return d/2 + rand.N(d/2)
}

// unwritten are the spans of the finished stages that are not written yet, and their keys.
func unwritten(id spans.Handoff, events []*eventv1.Event, written map[string]bool) (out []spans.Span, keys []string) {
	for _, stage := range passage.Stages(id.Born(), events) {
		if stage.End.IsZero() || written[stage.Key] {
			continue
		}
		span := spans.Span{Key: stage.Key, Name: stage.Name, Start: stage.Start, End: stage.End, Link: eventlog.Cause(stage.EndsBy)}
		if stage.Tier != "" {
			span.Attributes = append(span.Attributes, telemetry.Tier.String(stage.Tier))
		}
		if stage.Rep != "" {
			span.Attributes = append(span.Attributes, attribute.String("handoff.rep", stage.Rep))
		}
		for _, m := range stage.Marks {
			span.Events = append(span.Events, spans.Event{Name: m.Name, At: m.At})
			if m.Breach() {
				span.Failed = m.Name
			}
		}
		out, keys = append(out, span), append(keys, stage.Key)
	}
	return out, keys
}

// common are the attributes of every span of a handoff.
func common(events []*eventv1.Event) []attribute.KeyValue {
	for _, e := range events {
		if q := e.GetLeadQualified(); q != nil {
			return []attribute.KeyValue{telemetry.LeadID.String(ident.ID(q.GetLead(), "leads")), telemetry.PlaybookVersion.String(e.GetPlaybook())}
		}
	}
	return nil
}

package telemetry

import (
	"cmp"
	"context"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"
)

// The attributes of every span and log line about a handoff. Their values are ids, never personal data.
const (
	HandoffID       = attribute.Key("handoff.id")               // 32 hex digits, also the id of the handoff's own trace
	LeadID          = attribute.Key("handoff.lead.id")          // 32 hex digits
	Tier            = attribute.Key("handoff.tier")             // the tier's name in the playbook
	PlaybookVersion = attribute.Key("handoff.playbook.version") // the playbook that was applied
)

// Subject says what a piece of work is about. Empty fields say nothing.
type Subject struct {
	Handoff         string
	Lead            string
	Tier            string
	PlaybookVersion string
}

type subjectKey struct{}

// WithSubject says what the work under the returned context is about and marks the current span with it. Fields that s
// leaves empty keep what ctx says already.
func WithSubject(ctx context.Context, s Subject) context.Context {
	was := SubjectFrom(ctx)
	s = Subject{
		Handoff:         cmp.Or(s.Handoff, was.Handoff),
		Lead:            cmp.Or(s.Lead, was.Lead),
		Tier:            cmp.Or(s.Tier, was.Tier),
		PlaybookVersion: cmp.Or(s.PlaybookVersion, was.PlaybookVersion),
	}
	if s == was {
		return ctx
	}
	if span := trace.SpanFromContext(ctx); span.IsRecording() {
		span.SetAttributes(s.Attributes()...)
	}
	return context.WithValue(ctx, subjectKey{}, s)
}

// WithHandoff says that the work under the returned context is about a handoff, by its 32 hex digits.
func WithHandoff(ctx context.Context, id string) context.Context {
	return WithSubject(ctx, Subject{Handoff: id})
}

// SubjectFrom says what the work under ctx is about.
func SubjectFrom(ctx context.Context) Subject {
	s, _ := ctx.Value(subjectKey{}).(Subject)
	return s
}

// Attributes are the fields that are not empty, for a span.
func (s Subject) Attributes() []attribute.KeyValue {
	all := [...]attribute.KeyValue{
		HandoffID.String(s.Handoff), LeadID.String(s.Lead),
		Tier.String(s.Tier), PlaybookVersion.String(s.PlaybookVersion),
	}
	known := make([]attribute.KeyValue, 0, len(all))
	for _, a := range all {
		if a.Value.AsString() != "" {
			known = append(known, a)
		}
	}
	return known
}

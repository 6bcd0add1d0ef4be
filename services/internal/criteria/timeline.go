package criteria

import (
	"slices"
	"time"
)

// timeline is the engagement history seen from one instant: what happens after it
// does not exist.
type timeline struct {
	events []Event
	asOf   time.Time
}

// filter is what an event must match: every property must be there and be one of
// its values.
type filter []wanted

type wanted struct {
	property property
	values   []string
}

// property reads one property of an event; the result is "" if it is not there.
type property func(*Event) string

// propertyNames are what a filter can ask for.
func propertyNames() []string {
	return []string{"page", "form", "asset", "campaign", "channel", "source"}
}

// propertyOf returns the property of that name, or nil if there is none.
func propertyOf(name string) property {
	switch name {
	case "page":
		return func(e *Event) string { return e.Page }
	case "form":
		return func(e *Event) string { return e.Form }
	case "asset":
		return func(e *Event) string { return e.Asset }
	case "campaign":
		return func(e *Event) string { return e.Campaign }
	case "channel":
		return func(e *Event) string { return e.Channel }
	case "source":
		return func(e *Event) string { return e.Source }
	default:
		return nil
	}
}

// count returns how many events of a type match the filter and are not older than
// the window; a window of zero looks back for ever. An event whose age is exactly
// the window counts, and so does one at asOf.
func (t *timeline) count(kind string, only filter, window time.Duration) int64 {
	var n int64
	for i := range t.events {
		event := &t.events[i]
		if event.Type != kind || event.OccurredAt.After(t.asOf) {
			continue
		}
		if window > 0 && t.asOf.Sub(event.OccurredAt) > window {
			continue
		}
		if only.admits(event) {
			n++
		}
	}
	return n
}

// last returns when an event of the type happened last, or 1970 if it never did.
// That makes both questions right for "never": it is not within any window, and
// it is longer ago than any window.
func (t *timeline) last(kind string) time.Time {
	latest := time.Unix(0, 0).UTC()
	for i := range t.events {
		event := &t.events[i]
		if event.Type == kind && !event.OccurredAt.After(t.asOf) && event.OccurredAt.After(latest) {
			latest = event.OccurredAt
		}
	}
	return latest
}

func (f filter) admits(event *Event) bool {
	for i := range f {
		value := f[i].property(event)
		if value == "" || !slices.Contains(f[i].values, value) {
			return false
		}
	}
	return true
}

// Package journey keeps the journal of everything that happens in the suite, shows each handoff as one timeline to both
// teams, feeds whoever watches, and writes the journey trace.
//
//	events of all services --> journal (numbered without a gap) --> timeline, feed
//	                                  \--> trace job --> finished stages --> tracing system
//
// The journal is append-only. A trace job is stored with the events that make it necessary and is dropped when the spans
// have arrived: a crash or a collector that is away loses nothing and delays nobody.
//
// How soon the feed tells of a handoff after a rep got it is measured, as handoff.journey.notice.latency.
//
// It is also where people find the events that a service could not apply, whichever service that is: it asks them all, in
// the caller's name, and keeps nothing of it. A service that does not answer is named in the list, which shows the others.
//
// Invariants: an event is in the journal once; numbers are dense; a span, once written, would be written again in the
// same bytes.
package journey

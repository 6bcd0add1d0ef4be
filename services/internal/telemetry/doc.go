// Package telemetry makes a process observable: traces, metrics and logs that name the handoff which they are about.
//
// It promises:
//
//   - No global state. [Setup] returns providers; whoever needs one is given it. Nothing is installed in package otel.
//   - A dead collector slows nobody. Spans and metrics leave through bounded queues; without an endpoint nothing leaves,
//     and metrics can still be scraped.
//   - A [Subject] that stands in a context is on every span that starts under it and on every log line written with it.
//     It holds ids only.
//   - No secret and no personal data in a log line, even by mistake: values of keys such as `token` or `email` are
//     replaced, and so is whatever looks like a bearer token, an e-mail address or a telephone number in a text. This is a
//     net under the rule, not the rule: code logs ids.
//
// The way of a subject:
//
//	request message ──▶ WithSubject(ctx) ──▶ current span
//	                          │
//	                          ├──▶ spans that start under ctx   (span processor)
//	                          └──▶ log lines written with ctx   (log handler)
package telemetry

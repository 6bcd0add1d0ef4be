// Package fault holds the errors that leave Handoff.
//
// A service's domain returns typed values of its own. Where they become an answer to a caller, they become a fault: a
// [Kind] that says what the caller may conclude, a reason from the published list, metadata, and field violations. One
// interceptor turns a fault into a gRPC status with [google.rpc.ErrorInfo] and [google.rpc.BadRequest]; handlers never
// build a status.
//
// What a caller may conclude from a kind is a promise:
//
//	Unavailable, Deadline, Internal   it may have happened; retry with the same request id
//	every other kind                  nothing was changed
//
// Whatever is not a fault is Internal: its cause is logged once, under the trace id, and hidden from the caller.
package fault

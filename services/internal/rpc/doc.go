// Package rpc is how Handoff speaks gRPC: the server that stands in front of every service, and the connections between
// services. Nothing else in the suite makes a gRPC server or connection.
//
// One chain stands in front of every method, unary and streaming alike:
//
//	recover ─▶ fault to status ─▶ deadline ─▶ admission ─▶ authenticate ─▶ authorise ─▶ share
//	    ─▶ read the message ─▶ well-formed ─▶ attributes ─▶ validate ─▶ handler
//
// Up to `share` it runs once a call; from there on once a message. The handlers are wrapped where they are registered,
// not by gRPC's interceptors, because an interceptor runs after the request has been read: whoever has no credentials
// would make us take in and decode a megabyte to be refused. It also lets a message that cannot be decoded be answered as
// the caller's mistake, where gRPC says INTERNAL.
//
// What the chain promises:
//
//   - Closed by default. Only the health service answers without credentials; reflection needs some; a method whose
//     roles are not known keeps the server from starting.
//   - Honest errors. Handlers return faults, the caller gets a status. A cause of ours is logged once, with the trace and
//     the method, and stays hidden; a database that is away is UNAVAILABLE. No request content is logged.
//   - Bounded. Messages, headers, streams, connections, running calls and waiting calls have limits ([Limits]); a call too
//     many is refused within 50 ms and told when to come back, and so is a caller with too many streams. Every unary call
//     ends: after ten seconds if it says nothing, after sixty at most, counted from its headers, whether its request comes
//     or not.
//   - Deadlines shrink on the way. Each hop takes 20 ms off, so that the caller hears from us and not from its own timer,
//     and a call with less than 100 ms left is refused before it does anything.
//   - A stop is graceful: health says NOT_SERVING, watch streams end, running calls may finish,
//     and after fifteen seconds it is over, whatever a handler does.
//
// The life of a server:
//
//	NewServer ─▶ RegisterService… ─▶ Serve ──ctx ends──▶ draining ──calls done, or 15 s──▶ stopped
package rpc

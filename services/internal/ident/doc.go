// Package ident makes ids and resource names.
//
// An id is a UUIDv7 (RFC 9562) in 32 lower-case hex digits: 48 bits of Unix milliseconds, then random bits. Its order is
// the order of creation to the millisecond. A handoff's id is at the same time the id of its trace.
//
// A resource name is a path of collections and ids: `handoffs/0192…/clocks/accept-1`. Services store ids and speak
// names.
package ident

package rpc

import (
	"cmp"
	"time"
)

// Limits bounds what callers can make a server do. A zero field takes its default.
type Limits struct {
	ReceiveBytes      int           // one message; default 1 MiB
	HeaderBytes       uint32        // the headers of one call; default 8 KiB
	ConcurrentStreams uint32        // calls at once on one connection; default 128
	Connections       int           // connections at once of one listener; default 10,000
	Handshake         time.Duration // until a new connection speaks gRPC; default 10 s
	Idle              time.Duration // until a connection without calls is closed; default 5 min
	Running           int           // unary calls at once; default 1,024
	Waiting           int           // unary calls that wait for their turn; default 1,024
	Wait              time.Duration // how long they wait; default 25 ms
	Watching          int           // streams at once, and as many health watches; default 1,024
	WatchingEach      int           // streams at once of one caller; default 32
	Drain             time.Duration // how long a stop may take; default 15 s
}

func (l Limits) withDefaults() Limits {
	return Limits{
		ReceiveBytes:      cmp.Or(l.ReceiveBytes, 1<<20),
		HeaderBytes:       cmp.Or(l.HeaderBytes, 8<<10),
		ConcurrentStreams: cmp.Or(l.ConcurrentStreams, 128),
		Connections:       cmp.Or(l.Connections, 10_000),
		Handshake:         cmp.Or(l.Handshake, 10*time.Second),
		Idle:              cmp.Or(l.Idle, 5*time.Minute),
		Running:           cmp.Or(l.Running, 1024),
		Waiting:           cmp.Or(l.Waiting, 1024),
		Wait:              cmp.Or(l.Wait, 25*time.Millisecond),
		Watching:          cmp.Or(l.Watching, 1024),
		WatchingEach:      cmp.Or(l.WatchingEach, 32),
		Drain:             cmp.Or(l.Drain, 15*time.Second),
	}
}

// Both ends of a connection agree on these, or one would close it on the other.
const (
	pingAfter   = 30 * time.Second // of silence
	pingTimeout = 10 * time.Second
	pingAtLeast = 10 * time.Second // between a client's pings; faster ones are a flood

	// A connection is renewed now and then, so that callers find replicas that were added.
	connectionAge   = 30 * time.Minute
	connectionGrace = maxDeadline
)

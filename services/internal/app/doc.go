// Package app is the composition root: it makes a running suite, or a part of one, from a configuration. It is the only
// place that knows every service.
//
//	one process, everything in it               one process a service
//
//	public gRPC ─┐        ┌─ gateway (REST)      public gRPC ─── scoring ─── internal gRPC (mTLS)
//	             └ public ┘                                        │
//	        playbook … journey                                  its database
//	        │  in-memory gRPC │
//	        a database each
//
// Services call each other over gRPC in both cases, through the same chain; only the listener differs. People and
// platforms come in by the public door with a token; the internal door is for services alone, which hand on who is
// behind a call.
//
// Order of a start: telemetry, databases and their migrations, services, listeners, then the loops that deliver events
// and fire timers. Order of a stop: the public doors first, running calls have their time, then the loops, then the
// databases.
package app

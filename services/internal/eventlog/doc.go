// Package eventlog carries events from service to service: at least once on the wire, exactly one effect.
//
// # The log
//
// Each service has one append-only log in its own database. [Log.Emit] adds events to the transaction that changes the
// state they tell of; both commit or neither does. Positions are dense: the last statements before the commit take them
// from the head row, whose lock lasts to the commit. So position p+1 cannot be seen before p, a rollback leaves no gap,
// and a reader of everything after its mark misses nothing. A database sequence would hand numbers out of commit order
// and lose rows.
//
// # Delivery
//
//	sender                                    receiver
//	log: 1 2 3 4 5 6                          mark[sender] = 3
//	relay --- Deliver(after 3, upto 6) -----> one transaction:
//	                                            mark 3 -> 6, if it is still 3
//	                                            apply the events
//	      <-- mark 6 ------------------------   emit what follows
//
// The receiver's mark is the truth. It moves by compare and set in the transaction of the effects: what lies behind it
// was done already, what lies beyond it is a gap, and the sender goes back. Two relays of one log do no harm; the lease
// among replicas only saves duplicate work.
//
// # Order
//
// The events of one sender and key arrive in the order of their seq, without a gap. Across senders there is no order: a
// receiver stores the facts that an event carries and derives its state from the set of facts.
//
// # Poison
//
// An event that cannot be applied is parked, with the later events of its key, in the transaction that moves the mark
// on: it delays no other key. An error or a panic that nobody is blamed for has the events applied one by one, so that it
// is found whose it is.
//
//	           fails               5 times more
//	delivered ───────▶ RETRYING ──────────────────▶ STUCK
//	    │                 │  ▲                        │
//	    │ its key         │  └───────replayed─────────┤
//	    │ is parked       ▼                           ▼
//	    └──▶ QUEUED ──▶ applied                    skipped
//	          first of the line: tried at once
//
// A line is tried from its first event on, so the order of a key stays, whatever is skipped. Who replays or skips is in
// the audit; the journey service is where people do it. When many keys fail at once the fault is not theirs: the delivery
// stops and is repeated.
//
// # Restores
//
// Mark and delivery carry the fingerprint of the log's row at the mark. If they differ, one of the two databases was
// restored from another past: that delivery stops, loudly, instead of skipping events for ever.
package eventlog

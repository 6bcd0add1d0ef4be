// Package surge decides when an account becomes hot, so that whoever owns it is told once and not with each click.
//
//	     points ≥ enter, a target, the cooldown is over
//	  ┌──────────────────────────────────────────────────┐  one alert
//	  │                                                  ▼
//	CALM                                              SURGING
//	  ▲                                                  │
//	  └──────────────────────────────────────────────────┘
//	     points < leave, or no target any more
//
// Between the two thresholds an account stays what it is. The cooldown counts from the last alert: within it an account
// that fell and rose again is not told of. If it is still hot when the cooldown ends, it surges then.
//
// # What an instant knows
//
// A state is looked at whenever something happened at the account, and when it was said to be due. What counts are the
// points of everything that is known at that instant, each event decayed from when it occurred. So the order in which
// events of one look arrive does not matter, and one that arrives late counts what is left of it: it can begin a surge
// now, never one in the past.
//
// # Invariants
//
//   - Look is pure. Points only fall until the next event, so the instant at which a surge ends is known in advance.
//   - However often and whenever an account is looked at, two alerts are at least a cooldown apart, and between them
//     the account was calm.
//   - Looking again at the same instant with the same points changes nothing.
package surge

// Package auth says who calls.
//
// A caller is an [Actor]: an issuer and a subject that one of two doors has verified.
//
//	              public listener                      internal listener
//	              ───────────────                      ─────────────────
//	people,   ──▶ bearer token ──▶ Verifier ──┐        peer's identity (mTLS or in memory)
//	platforms                                 │                 │ on the allow list?
//	                                          ▼                 ▼
//	                                        Actor ──Forward──▶ Peers.Actor ──▶ Actor
//	                                          │                                 │
//	                                          └────────── Policy.Allows ────────┘
//
// It promises:
//
//   - One answer for every refusal. [Refused] has one text; the cause goes to the debug log, without the token.
//   - A token names its method, audience, issuer, expiry and subject, or it is refused; so is a token that brings its own
//     key, an unknown role, and a second Authorization header. Clocks may differ by [Leeway].
//   - A forwarded Actor counts only from an allow-listed peer on an internal listener. Elsewhere its header is not read.
//   - A method without a role option does not start: [Methods] refuses it.
//
// Tokens live on the real clock, also where the suite rehearses on another one. A verified token is remembered for up to a
// minute, so a key that its issuer withdraws counts for at most that long.
package auth

// Package alarm does what a service has to do at instants that it knows in advance: it sleeps until the next one, is woken
// when an earlier one is planned, and looks now and then whether another replica planned one.
//
//	Watch: NextDue ──▶ sleep until then, at most longestSleep ──▶ due: Fire ──▶ NextDue …
//	                     ▲ Ring: it may be sooner than was known
//
// # Invariants
//
//   - A ring while nobody sleeps is not lost: the next sleep ends at once.
//   - What fails is tried again after a moment, whoever rings meanwhile, and told each time. Nothing ends the watch but its
//     context.
//   - Once the machine's clock was set, nothing is done until it is steady again; see package steady. What had become due
//     by then is done late.
package alarm

// Package dedupe tells by which keys a lead may be one that is already known, and what leads that are one person show
// together.
//
// # Which lead it is
//
// Two leads are compared by keys, the strongest first:
//
//	SOURCE         same source and id there        merged by itself
//	EMAIL          same e-mail key                 merged by itself
//	PHONE_SURNAME  same phone and surname          for a person to review
//	NAME_DOMAIN    same name and company domain    for a person to review
//
// # What a merge keeps
//
// A merge never copies: every lead keeps its own fields, and what is shown is computed from all of them. So a merge that is
// taken back leaves both sides as they were, also after later edits.
//
// # Invariants
//
//   - Of each field the manual value is shown before the verified one, that before any other, and among equals the newest;
//     of one instant the oldest lead's. A value that is not there never hides one that is.
//   - What is shown depends on the leads and not on the order in which they met.
//   - Nothing here changes its arguments.
package dedupe

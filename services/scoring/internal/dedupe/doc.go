// Package dedupe tells whether a lead is one that is already known, and merges
// leads that are one person so that the merge can be taken back.
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
// A merge is an edge between leads, never a copy: every lead keeps its own
// fields, and what is shown of the group is computed from all of them.
//
//	Single(a)   Single(b)
//	    └─ Merge ─┘            Group{a, b}, Edge{survivor a, absorbed b}
//	        │    Single(c)
//	        └─ Merge ─┘        Group{a, b, c}, Edge{survivor a, absorbed c}
//	              │
//	           Unmerge         by either edge, in any order
//
// # Invariants
//
//   - The survivor is the oldest lead of the group.
//   - Of each field the group shows the manual value before the verified one,
//     that before any other, and among equals the newest. A value that is not
//     there never hides one that is.
//   - Merging is commutative and associative: the group depends on the leads in
//     it and not on the order in which they met.
//   - Unmerge restores both sides to the field, also after later edits.
//   - Nothing here changes its arguments.
package dedupe

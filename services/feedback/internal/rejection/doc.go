// Package rejection works out what sales rejects, and where it comes from.
//
// The store counts answers in cells, by source, campaign, rep, reason and all else that they have in common. This package adds the
// cells of a period up by each of these alone, and compares every part with itself in the periods before:
//
//	{web, spring, accepted}  40 ─┐      source web      9 of 49
//	{web, spring, bad_data}   9 ─┼──▶   source email    1 of  1      ──▶ against the week before ──▶ up, down, level
//	{email, none, bad_data}   1 ─┘      reason bad_data 10 of 50     ──▶ against the other parts ──▶ patterns
//
// A part moved when the 95 % interval of the difference of its shares excludes 0 (Newcombe, 1998), and a reason stands out in a
// part when the interval of the difference to all others does. Looking at many parts this way, one in forty stands out by chance.
//
// # Invariants
//
//   - The parts of a kind add up to all; of reasons and details, what they reject does.
//   - The reasons of a part add up to its rejections.
//   - What was overturned is answered and not rejected.
//   - The result does not depend on the order of the cells.
package rejection

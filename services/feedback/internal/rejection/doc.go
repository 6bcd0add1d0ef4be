// Package rejection works out what sales rejects, and where it comes from.
//
// The store counts answers in cells, by source, campaign, reason and all else that they have in common; this package adds the cells up: all, by source
// and by campaign.
//
//	{web, spring, accepted}  40 ─┐      web      40 + 9 answered,  9 rejected
//	{web, spring, bad_data}   9 ─┼──▶   email     1     answered,  1 rejected
//	{email, none, bad_data}   1 ─┘      all      50     answered, 10 rejected = 200 per mille
//
// # Invariants
//
//   - The sources add up to all, and so do the campaigns.
//   - The reasons of a slice add up to its rejections.
//   - The result does not depend on the order of the cells.
package rejection

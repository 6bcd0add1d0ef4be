// Package burst says which activities come too fast for a person: bulk mails and scripts that claim to be somebody's work.
//
//	              ◀── within ──▶
//	──●────────●●●●●●●●●●●●●●────────●──▶ what one rep did, whatever the handoffs
//	           └── suspect ─┘
//
// An activity is suspect iff more than a count of its actor's, itself among them, happened within a length of time. Nothing but
// when they happened matters: not when they were recorded, in what order, or which of them was first thought suspect. So the
// first ten of a burst are as suspect as the eleventh: if nobody can do eleven in a minute, nobody can say which ten were real.
//
// # Why there is no time after which an activity is safe
//
// A late record can make older activities suspect. They are flagged however old they are: a cutoff would leave it to the sender's
// timing which of two equal bursts counts, and whoever games a clock would only have to send the last of it late. Neither team is
// wronged by that, for a flag is no verdict: somebody who answers for the reps confirms what was real, and it counts at the time
// it happened, as if it had never been flagged. To confirm it before it is flagged does the same.
//
// Nothing is ever unflagged by itself: more activities only make more of them suspect.
//
// # What a later activity can change
//
// Those that one more activity makes suspect were in a window of at most the count before it came. They lie within MaxWithin of it,
// and no more than MaxCount of them on either side. So to judge anew takes a bounded look around it.
package burst

package recalibrate_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/recalibrate"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
)

func TestWhatAnAnswerSaysOfALead(t *testing.T) {
	const out, good, bad, notReady = "says nothing", "good", "bad", "bad if not ready counts"
	for _, c := range []struct {
		what   string
		answer recalibrate.Answer
		want   string
	}{
		{"accepted, and not yet disposed of", recalibrate.Answer{Step: verdict.Accept}, out},
		{"accepted and rated 3", recalibrate.Answer{Step: verdict.Accept, Rating: 3}, out},
		{"accepted and rated 4", recalibrate.Answer{Step: verdict.Accept, Rating: 4}, good},
		{"declined", recalibrate.Answer{Step: verdict.Decline}, out},
		{"wrong company", recalibrate.Answer{Step: verdict.Reject, Reason: verdict.BadFitFirmographic}, bad},
		{"no budget", recalibrate.Answer{Step: verdict.Reject, Reason: verdict.BadFitBudget}, bad},
		{"bad data", recalibrate.Answer{Step: verdict.Reject, Reason: verdict.BadData}, bad},
		{"a competitor", recalibrate.Answer{Step: verdict.Reject, Reason: verdict.Competitor}, bad},
		{"rejected as not ready", recalibrate.Answer{Step: verdict.Reject, Reason: verdict.NotReady}, notReady},
		{"a duplicate", recalibrate.Answer{Step: verdict.Reject, Reason: verdict.Duplicate}, out},
		{"disputed", recalibrate.Answer{Step: verdict.Reject, Reason: verdict.BadData, Standing: dispute.Disputed}, out},
		{"overturned", recalibrate.Answer{Step: verdict.Reject, Standing: dispute.Overturned}, out},
		{"reclassified", recalibrate.Answer{Step: verdict.Reject, Reason: verdict.BadData, Standing: dispute.Reclassified}, bad},
		{"recycled", recalibrate.Answer{Step: verdict.Recycle}, notReady},
		{"an SQL", recalibrate.Answer{Step: verdict.Dispose, Outcome: verdict.SQL, Rating: 2}, good},
		{"disqualified", recalibrate.Answer{Step: verdict.Dispose, Outcome: verdict.Disqualified, Rating: 5}, bad},
		{"nurture, rated 4", recalibrate.Answer{Step: verdict.Dispose, Outcome: verdict.Nurture, Rating: 4}, good},
		{"nurture, rated 3", recalibrate.Answer{Step: verdict.Dispose, Outcome: verdict.Nurture, Rating: 3}, notReady},
	} {
		if c.answer.Standing == 0 {
			c.answer.Standing = dispute.Stands
		}
		usual, counted := c.answer.Label(false), c.answer.Label(true)
		got := out
		switch {
		case usual.Counts && usual.Good && counted == usual:
			got = good
		case usual.Counts && !usual.Good && counted == usual:
			got = bad
		case !usual.Counts && counted.Counts && !counted.Good:
			got = notReady
		case usual.Counts || counted.Counts:
			got = "something else"
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.what, diff)
		}
	}
}

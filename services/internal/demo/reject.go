package demo

import (
	"context"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// objection is a reason to reject a lead, and what a rep saw that proves it.
type objection struct {
	weight   float64
	reason   playbookv1.RejectionReason
	detail   string
	evidence []*feedbackv1.Evidence // one of them is given
	rival    string
}

// objections are what the reps reject leads for: each of the six reasons.
func objections() []objection {
	saw := func(criterion, field string, values ...string) (all []*feedbackv1.Evidence) {
		for _, v := range values {
			all = append(all, &feedbackv1.Evidence{Criterion: criterion, Field: field, ObservedValue: v})
		}
		return all
	}
	return []objection{
		{4, playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC, "",
			saw("size_fit", "account.employees", "40", "12", "about 90", "8,000 since the merger"), ""},
		{2, playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET, "", saw("revenue_fit", "account.annual_revenue", "3 million", "no budget before 2027"), ""},
		{3, playbookv1.RejectionReason_REJECTION_REASON_NOT_READY, "poor_timing", saw("", "engagement.form_submit", "wants a call in September", "collects prices"), ""},
		{2, playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA, "bounced", saw("", "lead.email", "mailbox is closed", "left the company"), ""},
		{1, playbookv1.RejectionReason_REJECTION_REASON_COMPETITOR, "", saw("", "account.domain", "sells the same"), "Rival Corp"},
		{1, playbookv1.RejectionReason_REJECTION_REASON_DUPLICATE, "", saw("", "lead.email", "same person, private address"), ""},
	}
}

func (t task) reject(ctx context.Context) error {
	l, all := luck(t.cfg.Seed, "reason", t.handoff), objections()
	weights := make([]float64, len(all))
	for i, o := range all {
		weights[i] = o.weight
	}
	o := all[l.weighted(weights...)]
	_, err := t.feedback().RejectHandoff(ctx, &feedbackv1.RejectHandoffRequest{Name: t.handoff, Assignment: t.n, Reason: o.reason, Detail: o.detail,
		Evidence: []*feedbackv1.Evidence{pick(l, o.evidence)}, Competitor: o.rival, RequestId: t.id("reject")})
	return unlessOver(err)
}

package demo

import (
	"context"
	"fmt"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
)

// objection is a reason to reject a lead, and what a rep saw that proves it.
type objection struct {
	reason   playbookv1.RejectionReason
	detail   string
	evidence *feedbackv1.Evidence // nil for none
	rival    string
}

// objects reports whether the rep rejects the lead, and with what.
func (t task) objects() (objection, bool) {
	switch {
	case t.size() < tooFew && t.luck.happens(noCustomer):
		return t.tooSmall(), true
	case t.luck.happens(t.rep.rejects): // whatever the lead is worth
		return t.excuse(), true
	case t.good:
		return objection{}, false
	case t.size() < small && t.luck.happens(0.15): // the playbook says that such a company fits
		return t.tooSmall(), true
	case t.campaign.id == "social" && t.luck.happens(0.6), !t.ready && t.luck.happens(0.2):
		return objection{reason: playbookv1.RejectionReason_REJECTION_REASON_NOT_READY, detail: "poor_timing"}, true
	}
	return objection{}, false
}

// tooSmall names how many people work at the company, or what it earns.
func (t task) tooSmall() objection {
	if t.account.size == t.account.employees && t.luck.happens(0.2) {
		return objection{reason: playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_BUDGET,
			evidence: saw("revenue_fit", "account.annual_revenue", fmt.Sprintf("%d USD", t.account.revenue))}
	}
	return objection{reason: playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC,
		evidence: saw("size_fit", "account.employees", fmt.Sprint(t.size()))}
}

// excuse is what a rep says who does not want a lead. Some have one for everything.
func (t task) excuse() objection {
	if t.rep.id == hasty {
		return objection{reason: playbookv1.RejectionReason_REJECTION_REASON_NOT_READY, detail: "poor_timing"}
	}
	all := []objection{ // in words that nobody can check
		{reason: playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA, detail: "bounced", evidence: saw("", "lead.email", "mailbox is closed")},
		{reason: playbookv1.RejectionReason_REJECTION_REASON_BAD_DATA, evidence: saw("", "lead.email", "left the company")},
		{reason: playbookv1.RejectionReason_REJECTION_REASON_NOT_READY},
		{reason: playbookv1.RejectionReason_REJECTION_REASON_COMPETITOR, rival: "Rival Corp"},
		{reason: playbookv1.RejectionReason_REJECTION_REASON_DUPLICATE, evidence: saw("", "lead.email", "same person, private address")},
		{reason: playbookv1.RejectionReason_REJECTION_REASON_BAD_FIT_FIRMOGRAPHIC, evidence: saw("size_fit", "account.employees", "about 90")},
	}
	return pick(t.luck, all)
}

func saw(criterion, field, value string) *feedbackv1.Evidence {
	return &feedbackv1.Evidence{Criterion: criterion, Field: field, ObservedValue: value}
}

func (t task) reject(no objection) func(ctx context.Context) error {
	req := &feedbackv1.RejectHandoffRequest{Name: t.handoff, Assignment: t.n, Reason: no.reason, Detail: no.detail, Competitor: no.rival,
		RequestId: t.id("reject")}
	if no.evidence != nil {
		req.Evidence = []*feedbackv1.Evidence{no.evidence}
	}
	return func(ctx context.Context) error {
		_, err := t.feedback().RejectHandoff(ctx, req)
		return unlessOver(err)
	}
}

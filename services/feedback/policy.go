package feedback

import (
	"maps"
	"slices"
	"time"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
	"github.com/handoffhq/handoff/services/feedback/internal/weekly"
	"github.com/handoffhq/handoff/services/internal/criteria"
	"github.com/handoffhq/handoff/services/internal/policy"
)

// agreed is what a playbook says of answers, of what becomes of them, and of what is looked for in them.
type agreed struct {
	verdict.Policy
	disputes    dispute.Policy
	watching    watching
	report      weekly.Schedule
	disposition time.Duration // how long sales has at the most to say what became of a lead that it took
}

// compile reads what a playbook says of answers.
func compile(signed *playbookv1.Document) (agreed, error) {
	doc := policy.WithDefaults(signed)
	feedback := doc.GetFeedback()
	p := verdict.Policy{
		Reasons:        toReasons(feedback.GetReasons()),
		Details:        make(map[string]verdict.Reason, len(feedback.GetDetails())),
		EvidenceFor:    toReasons(feedback.GetEvidenceRequiredFor()),
		Criteria:       slices.AppendSeq(slices.Collect(maps.Keys(doc.GetCriteria())), maps.Keys(doc.GetDisqualify())),
		Fields:         append(criteria.Fields(), "lead.email", "lead.phone", "lead.name", "lead.attributes", "account.attributes", "engagement"),
		Grounds:        make(map[string]verdict.Reason, len(feedback.GetGrounds())),
		RatingOptional: feedback.GetRating() == playbookv1.Requirement_REQUIREMENT_OPTIONAL,
		Checklist:      verdict.Checklist(doc.GetStages().GetSql().GetChecklist()),
	}
	p.Confirmable = verdict.Checklist(slices.Concat(p.Checklist, doc.GetStages().GetOpportunity().GetChecklist(), []string{"bant", "meddic"}))
	p.RefuseContradicted = feedback.GetContradicted() == playbookv1.Contradiction_CONTRADICTION_REFUSE
	for word, reason := range feedback.GetDetails() {
		p.Details[word] = verdict.Reason(reason)
	}
	for criterion, reason := range feedback.GetGrounds() {
		p.Grounds[criterion] = verdict.Reason(reason)
	}
	w, err := toWatching(feedback)
	if err != nil {
		return agreed{}, err
	}
	report, err := schedule(feedback.GetReport())
	return agreed{p, toDisputes(feedback.GetDisputes()), w, report, disposition(doc.GetSla().GetClocks()["disposition"])}, err
}

func toDisputes(disputes *playbookv1.DisputePolicy) dispute.Policy {
	return dispute.Policy{Automatic: dispute.Automatic(disputes.GetAutomatic()), OpenWithin: disputes.GetOpenWithin().AsDuration(),
		Within: disputes.GetWithin().AsDuration()}
}

func toReasons(reasons []playbookv1.RejectionReason) []verdict.Reason {
	all := make([]verdict.Reason, len(reasons))
	for i, r := range reasons {
		all[i] = verdict.Reason(r)
	}
	return all
}

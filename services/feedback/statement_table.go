package feedback

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	feedbackv1 "github.com/handoffhq/handoff/gen/go/handoff/feedback/v1"
	"github.com/handoffhq/handoff/services/internal/money"
	"github.com/handoffhq/handoff/services/internal/rubric"
)

// statementColumns are the columns of a statement as a table. What there is nothing to say of is empty.
var statementColumns = []string{"statement", "archived", "meeting", "handoff", "campaign", "bring_time", "added", "checks", "state", "answer_time",
	"reason", "evidence", "rating", "message_match", "amount", "currency", "corrects", "state_before"}

// statementCSV is a statement as a table.
func statementCSV(s *feedbackv1.PartnerStatement, lines []*feedbackv1.StatementLine) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	_ = w.Write(statementColumns) // the writer tells of it in the end
	for _, l := range lines {
		amount, currency := figure(l)
		row := []string{s.GetName(), strconv.FormatBool(s.GetArchived()), l.GetMeeting(), l.GetHandoff(), inert(l.GetCampaign()),
			dated(l.GetBringTime()), strconv.FormatBool(l.GetAdded()), rubric.Words(l.GetRubric()), word(l.GetState().String(), "STATE_"),
			dated(l.GetAnswerTime()), word(l.GetReason().String(), "REJECTION_REASON_"), inert(proofs(l)), rating(l),
			word(l.GetMessageMatch().String(), "MESSAGE_MATCH_"), amount, currency, l.GetCorrects(), word(l.GetStateBefore().String(), "STATE_")}
		_ = w.Write(row)
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

// proofs are what proves the reason, in words.
func proofs(l *feedbackv1.StatementLine) string {
	var all []string
	for _, e := range l.GetEvidence() {
		proof := e.GetField()
		if e.GetObservedValue() != "" {
			proof += " is " + e.GetObservedValue()
		}
		if e.GetCriterion() != "" {
			proof = e.GetCriterion() + ": " + proof
		}
		all = append(all, proof)
	}
	return strings.Join(all, "; ")
}

// figure is the amount of a line and its currency, as spreadsheets read it.
func figure(l *feedbackv1.StatementLine) (amount, currency string) {
	a, err := money.Parse(l.GetAmount())
	if err != nil { // there is none
		return "", ""
	}
	return a.Decimal(), a.Currency
}

func rating(l *feedbackv1.StatementLine) string {
	if l.GetRating() == 0 {
		return ""
	}
	return strconv.Itoa(int(l.GetRating()))
}

// word is the value of an enum as a spreadsheet shows it; empty if it was not said.
func word(value, prefix string) string {
	value = strings.ToLower(strings.TrimPrefix(value, prefix))
	if value == "unspecified" {
		return ""
	}
	return value
}

func dated(t *timestamppb.Timestamp) string {
	if t == nil {
		return ""
	}
	return t.AsTime().Format(time.RFC3339)
}

// inert keeps a spreadsheet from reckoning a text as a formula.
func inert(text string) string {
	if strings.IndexAny(text, "=+-@\t\r") == 0 {
		return "'" + text
	}
	return text
}

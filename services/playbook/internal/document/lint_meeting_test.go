package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/handoffhq/handoff/services/playbook/internal/document"
)

// meeting is base with what a partner's meeting must be.
const meeting = base + `meetings:
  buyer_role: lead.seniority in ["vp", "c_level"]
  company_fit: size_fit
  use_case: 'meeting.use_case in ["routing", "scoring"]'
  geography: account.country == "US"
`

func TestLintLooksAtMeetings(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, from, to string
		want           []string // besides few
	}{
		{"nothing to say", "", "", nil},
		{"a destination of its own", `"US"`, "\"US\"\n  otherwise: {pool: velocity}", nil},
		{"a fact that is not of meetings", "meeting.use_case in", "meeting.usecase in",
			[]string{`44:21: meetings.use_case: undefined field 'usecase' (did you mean use_case?)`}},
		{"a fact of another type", "company_fit: size_fit", "company_fit: meeting.agreed_purpose > 3",
			[]string{`43:39: meetings.company_fit: found no matching overload for '_>_' applied to '(bool, int)'`}},
		{"a score", "company_fit: size_fit", "company_fit: fit > 70", []string{`43:16: meetings.company_fit: 'fit' is a score; only gates look at scores`}},
		{"a criterion that does not exist", "company_fit: size_fit", "company_fit: size_fits",
			[]string{`43:16: meetings.company_fit: undeclared reference to 'size_fits' (did you mean 'size_fit'?)`}},
		{"the meeting in a criterion", "size_fit: account.employees >= 200", "size_fit: meeting.agreed_purpose",
			[]string{`4:13: criteria.size_fit: 'meeting' is known only where meetings are checked: in buyer_role, company_fit, use_case and geography of meetings`}},
		{"a criterion called meeting", "criteria:\n", "criteria:\n  meeting: 'true'\n",
			[]string{`4:3: criteria.meeting: a name has 1 to 63 lower-case letters, digits and _, starts with a letter, and is not a word of the language`}},
		{"a check that is missing", "  geography: account.country == \"US\"\n", "", []string{`41:1: meetings.geography: is required`}},
		{"a check that never holds", "company_fit: size_fit", "company_fit: size_fit && !size_fit",
			[]string{`43:16: advice: meetings.company_fit: no meeting passes: its conditions exclude each other`}},
		{"checks that exclude each other", `account.country == "US"`, `'!size_fit'`,
			[]string{`41:1: advice: meetings: no meeting passes: the four conditions exclude each other`}},
		{"checks of people who are disqualified", "company_fit: size_fit", `company_fit: lead.email_domain_kind == "education"`,
			[]string{`41:1: advice: meetings: no meeting passes: whoever meets the four conditions is disqualified`}},
		{"a model that does not exist", "company_fit: size_fit", "company_fit: predicted.win > 0.5",
			[]string{`43:16: meetings.company_fit: there is no model "win": there are none here`}},
		{"those that do not pass are gone for good", `"US"`, "\"US\"\n  otherwise: disqualify",
			[]string{"46:14: advice: meetings.otherwise: a lead whose meeting does not pass never comes back: have people look, as with `otherwise: {queue: partner-review}`"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(meeting, tt.from) {
				t.Fatalf("%q is not in the playbook", tt.from)
			}
			_, problems := document.Check([]byte(strings.Replace(meeting, tt.from, tt.to, 1)), compile)
			if diff := cmp.Diff(tt.want, besidesFew(problems)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

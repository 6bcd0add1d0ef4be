package dispute_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/handoffhq/handoff/services/feedback/internal/dispute"
	"github.com/handoffhq/handoff/services/feedback/internal/verdict"
)

var (
	answered = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	policy   = dispute.Policy{OpenWithin: 14 * 24 * time.Hour, Within: 5 * 24 * time.Hour}
	rejected = verdict.Answer{Step: verdict.Reject, Reason: verdict.BadData}

	mia  = dispute.Person{Principal: "idp|mia", Human: true, Leads: dispute.Marketing}
	sam  = dispute.Person{Principal: "idp|sam", Human: true, Leads: dispute.Sales}
	both = dispute.Person{Principal: "idp|bo", Human: true, LeadsBoth: true}
	bot  = dispute.Person{Principal: "idp|bot", Leads: dispute.Sales}
	ops  = dispute.Person{Principal: "idp|ops", Human: true}

	uphold   = dispute.Position{Ruling: dispute.Uphold}
	overturn = dispute.Position{Ruling: dispute.Overturn}
	notReady = dispute.Position{Ruling: dispute.Reclassify, Reason: verdict.NotReady}
	rival    = dispute.Position{Ruling: dispute.Reclassify, Reason: verdict.Competitor}
)

// opened is a dispute that marketing opened as sales answered.
func opened(t *testing.T) dispute.Dispute {
	t.Helper()
	d, err := dispute.Open(rejected, answered, dispute.ByMarketing, answered, policy)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// act is something that somebody does.
type act struct {
	by       dispute.Person
	team     dispute.Team // 0 to settle
	position dispute.Position
	after    time.Duration
}

// do does things one after the other, and gives the last error.
func do(d dispute.Dispute, acts ...act) (_ dispute.Dispute, err error) {
	for _, a := range acts {
		now := answered.Add(a.after)
		if a.team == 0 {
			d, err = d.Settle(a.by, a.position, now)
		} else {
			d, err = d.Say(a.by, a.team, a.position, "", now)
		}
	}
	return d, err
}

func TestHowDisputesEnd(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		acts     []act
		state    dispute.State
		standing dispute.Standing
		counted  verdict.Reason
	}{
		"nobody says anything":         {nil, dispute.Opened, dispute.Disputed, verdict.BadData},
		"marketing gives in":           {[]act{{mia, dispute.Marketing, uphold, 0}}, dispute.Resolved, dispute.Stands, verdict.BadData},
		"sales gives in":               {[]act{{sam, dispute.Sales, overturn, 0}}, dispute.Resolved, dispute.Overturned, 0},
		"marketing only says what for": {[]act{{mia, dispute.Marketing, overturn, 0}}, dispute.Opened, dispute.Disputed, verdict.BadData},
		"sales only says what for":     {[]act{{sam, dispute.Sales, uphold, 0}}, dispute.Opened, dispute.Disputed, verdict.BadData},
		"both hold another reason": {[]act{{mia, dispute.Marketing, notReady, 0}, {sam, dispute.Sales, notReady, 1}},
			dispute.Resolved, dispute.Reclassified, verdict.NotReady},
		"two other reasons differ": {[]act{{mia, dispute.Marketing, notReady, 0}, {sam, dispute.Sales, rival, 1}}, dispute.Opened, dispute.Disputed, verdict.BadData},
		"a team changes its mind": {[]act{{mia, dispute.Marketing, notReady, 0}, {sam, dispute.Sales, rival, 1}, {mia, dispute.Marketing, rival, 2}},
			dispute.Resolved, dispute.Reclassified, verdict.Competitor},
		"they differ and it is settled": {[]act{{mia, dispute.Marketing, overturn, 0}, {sam, dispute.Sales, uphold, 1}, {ops, 0, notReady, 2}},
			dispute.Resolved, dispute.Reclassified, verdict.NotReady},
		"one is silent, and it is settled at the term": {[]act{{mia, dispute.Marketing, overturn, 0}, {ops, 0, overturn, policy.Within}},
			dispute.Resolved, dispute.Overturned, 0},
		"one speaks in time, and the other late": {[]act{{mia, dispute.Marketing, notReady, 0}, {sam, dispute.Sales, notReady, 2 * policy.Within}},
			dispute.Resolved, dispute.Reclassified, verdict.NotReady},
	} {
		d, err := do(opened(t), test.acts...)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		standing, counted := d.Standing()
		if d.State != test.state || standing != test.standing || counted != test.counted {
			t.Errorf("%s: got %v, standing %d and reason %v; want %v, %d and %v", name, d.State, standing, counted, test.state, test.standing, test.counted)
		}
		if over := d.State != dispute.Opened; over == d.EndedAt.IsZero() {
			t.Errorf("%s: %v, ended at %v", name, d.State, d.EndedAt)
		}
	}
}

func TestWhatIsRefusedInADisputeAndWhy(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		acts []act
		want error
	}{
		"one person for both teams":       {[]act{{both, dispute.Marketing, overturn, 0}, {both, dispute.Sales, overturn, 1}}, dispute.ErrNotDistinct},
		"an AI for a team":                {[]act{{bot, dispute.Sales, overturn, 0}}, dispute.ErrNotAllowed},
		"sales for marketing":             {[]act{{sam, dispute.Marketing, uphold, 0}}, dispute.ErrNotAllowed},
		"an administrator for a team":     {[]act{{ops, dispute.Sales, overturn, 0}}, dispute.ErrNotAllowed},
		"nobody's team":                   {[]act{{ops, 3, overturn, 0}}, dispute.ErrNotAllowed},
		"an AI settles":                   {[]act{{mia, dispute.Marketing, overturn, 0}, {sam, dispute.Sales, uphold, 1}, {bot, 0, uphold, 2}}, dispute.ErrNotHuman},
		"settled before anybody spoke":    {[]act{{ops, 0, uphold, 0}}, dispute.ErrEarly},
		"settled while one has the word":  {[]act{{mia, dispute.Marketing, overturn, 0}, {ops, 0, uphold, policy.Within - 1}}, dispute.ErrEarly},
		"settled again":                   {[]act{{sam, dispute.Sales, overturn, 0}, {ops, 0, uphold, 1}}, dispute.ErrState},
		"a word after the end":            {[]act{{sam, dispute.Sales, overturn, 0}, {mia, dispute.Marketing, uphold, 1}}, dispute.ErrState},
		"a first word at the term":        {[]act{{mia, dispute.Marketing, overturn, policy.Within}}, dispute.ErrState},
		"settled when it has lapsed":      {[]act{{ops, 0, uphold, policy.Within}}, dispute.ErrState},
		"reclassified without a reason":   {[]act{{mia, dispute.Marketing, dispute.Position{Ruling: dispute.Reclassify}, 0}}, dispute.ErrNoReason},
		"reclassified to the same reason": {[]act{{mia, dispute.Marketing, dispute.Position{Ruling: dispute.Reclassify, Reason: verdict.BadData}, 0}}, dispute.ErrSameReason},
		"upheld with a reason":            {[]act{{mia, dispute.Marketing, dispute.Position{Ruling: dispute.Uphold, Reason: verdict.BadData}, 0}}, dispute.ErrReason},
	} {
		if _, err := do(opened(t), test.acts...); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

func TestAVerdictCanBeDisputedInTime(t *testing.T) {
	t.Parallel()
	disqualified := verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Disqualified}
	for name, test := range map[string]struct {
		of    verdict.Answer
		after time.Duration
		want  error
	}{
		"a rejection":               {rejected, 0, nil},
		"in the last microsecond":   {rejected, policy.OpenWithin - time.Microsecond, nil},
		"at the very end":           {rejected, policy.OpenWithin, dispute.ErrLate},
		"a disqualification":        {disqualified, 0, nil},
		"an SQL":                    {verdict.Answer{Step: verdict.Dispose, Outcome: verdict.SQL}, 0, dispute.ErrLasting},
		"an accept":                 {verdict.Answer{Step: verdict.Accept}, 0, dispute.ErrLasting},
		"a recycle":                 {verdict.Answer{Step: verdict.Recycle}, 0, dispute.ErrLasting},
		"a lead given to marketing": {verdict.Answer{Step: verdict.Dispose, Outcome: verdict.Nurture}, 0, dispute.ErrLasting},
	} {
		if _, err := dispute.Open(test.of, answered, dispute.ByPartner, answered.Add(test.after), policy); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, want %v", name, err, test.want)
		}
	}
}

func TestASilentDisputeLapsesAtItsVeryTerm(t *testing.T) {
	t.Parallel()
	d := dispute.OpenByEvidence(rejected, answered, policy)
	if !d.Due().Equal(answered.Add(policy.Within)) {
		t.Fatalf("due at %v", d.Due())
	}
	if early := d.Lapse(d.Term.Add(-time.Microsecond)); early.State != dispute.Opened {
		t.Errorf("a microsecond before its term it is %v", early.State)
	}
	lapsed := d.Lapse(d.Term.Add(time.Hour)) // noticed late
	standing, counted := lapsed.Standing()
	if lapsed.State != dispute.Lapsed || !lapsed.EndedAt.Equal(d.Term) || standing != dispute.Stands || counted != verdict.BadData || !lapsed.Due().IsZero() {
		t.Errorf("got %+v", lapsed)
	}
	spoken, err := d.Say(mia, dispute.Marketing, overturn, "", answered)
	if err != nil || spoken.Lapse(d.Term).State != dispute.Opened || !spoken.Due().IsZero() {
		t.Errorf("after a word it lapses: %+v, %v", spoken, err)
	}
}

func TestWhateverIsDoneTheRulesHold(t *testing.T) {
	t.Parallel()
	people := []dispute.Person{mia, sam, both, bot, ops}
	positions := []dispute.Position{uphold, overturn, notReady, rival}
	rapid.Check(t, func(t *rapid.T) {
		d := dispute.OpenByEvidence(rejected, answered, policy)
		now := answered
		for range rapid.IntRange(1, 12).Draw(t, "acts") {
			now = now.Add(time.Duration(rapid.Int64Range(0, int64(2*policy.Within)).Draw(t, "pause")))
			before := d
			before.Statements = slices.Clone(d.Statements)
			by, position := rapid.SampledFrom(people).Draw(t, "by"), rapid.SampledFrom(positions).Draw(t, "position")
			var err error
			var next dispute.Dispute
			switch rapid.IntRange(0, 3).Draw(t, "act") {
			case 0:
				next, err = d.Settle(by, position, now)
			case 1:
				next = d.Lapse(now)
			default:
				next, err = d.Say(by, dispute.Team(rapid.IntRange(1, 2).Draw(t, "team")), position, "", now)
			}
			if diff := cmp.Diff(before, d); diff != "" {
				t.Fatalf("it wrote to what it was given:\n%s", diff)
			}
			if over := before.Over(now) && before.State != dispute.Opened; (err != nil || over) && !cmp.Equal(before, next) {
				t.Fatalf("refused, or over, and changed: %+v to %+v", before, next)
			}
			d = next
			check(t, d)
		}
	})
}

// check fails the test unless what always holds of a dispute holds.
func check(t *rapid.T, d dispute.Dispute) {
	if (d.State == dispute.Opened) != d.EndedAt.IsZero() || (d.State == dispute.Opened) != (d.Decided == dispute.Position{}) {
		t.Fatalf("neither open nor over: %+v", d)
	}
	if d.State == dispute.Lapsed && (len(d.Statements) > 0 || d.Decided != uphold) {
		t.Fatalf("lapsed after a word, or against the verdict: %+v", d)
	}
	if len(d.Statements) == 2 && (d.Statements[0].Team != dispute.Marketing || d.Statements[1].Team != dispute.Sales || d.Statements[0].By == d.Statements[1].By) {
		t.Fatalf("not two people for two teams: %+v", d.Statements)
	}
	for _, s := range d.Statements {
		if s.By == bot.Principal || s.By == ops.Principal {
			t.Fatalf("%s speaks for %d", s.By, s.Team)
		}
	}
}

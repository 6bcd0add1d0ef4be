package difference_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.einride.tech/aip/fieldbehavior"
	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"pgregory.net/rapid"

	playbookv1 "github.com/handoffhq/handoff/gen/go/handoff/playbook/v1"
	"github.com/handoffhq/handoff/services/playbook/internal/difference"
	"github.com/handoffhq/handoff/services/playbook/internal/document/documenttest"
)

const who, whom, when, how = difference.Qualification, difference.Assignment, difference.Timing, difference.Counting

// reading is one change, what it touches and how it reads.
type reading struct {
	from, to string
	effect   difference.Effect
	want     string
}

func read(t *testing.T, base string, tests []reading) {
	t.Helper()
	for _, tt := range tests {
		got := differences(t, base, tt.from, tt.to)
		if len(got) != 1 || got[0].Sentence != tt.want || got[0].Effect != tt.effect {
			t.Errorf("%q to %q: got %+v\nwant %d %q", tt.from, tt.to, got, tt.effect, tt.want)
		}
	}
}

func TestAChangeReadsAsASalesLeaderWouldSayIt(t *testing.T) {
	t.Parallel()
	read(t, base, []reading{
		{"{T1: {within: 24h}}", "{T1: {within: 4h}}", when, "First touch for T1 leads: 4 hours instead of 24 hours"},
		{"within: 4h, unit: business", "within: 2h, unit: business", when, "Acceptance: 2 business hours instead of 4 business hours"},
		{"    accept: {within", "    second_call: {within: 2d, unit: business, from: first_touch, met_by: [call_attempt, meeting_held], cancelled_by: [reject, sql]}\n    accept: {within", when,
			"New clock, Second call: 2 business days, from the first touch, warning at 75%, met by a call and a meeting, cancelled by a reject and an SQL"},
		{"calendar: us-east", "calendar: us-east\n  attempts: {unit: business, plan: [{channel: call, within: 1d}, {channel: any, within: 2d, after_previous: 4h}]}", when,
			"Reps now try to reach a lead by a plan: a call, within 1 business day and a call, a mail or a message, within 2 business days, at the earliest 4 business hours after the one before, from the acceptance, warning at 75%"},
		{"first_touch: {within", "first_touch: {on_reassign: restart, within", when, "First touch, when another rep gets the lead: it restarts, where it carries on before"},
		{"{T1: {within: 24h}}", "{T1: {within: 24h, goal: 4h}}", how, "First touch for T1 leads is wanted within 4 hours"},
		{"calendar: us-east", "calendar: us-east\n  trusted_sources: [dialer, phone]", how, "Both teams trust dialer and phone about when something happened"},
		{"at_risk: 75%", "at_risk: 1h", when, "Acceptance warns after 1 business hour instead of at 75%"},
		{"within: 24h, unit: wall,", "within: 24h, unit: wall, from: mql,", when, "First touch counts from the MQL instead of from the assignment"},
		{"    accept: {within", "    disposition: {within: 5d, unit: business}\n    accept: {within", when,
			"New clock, Disposition: 5 business days, from the acceptance, warning at 75%"},
		{"    first_touch: {within: 24h, unit: wall, tiers: {T1: {within: 24h}}}\n", "", when,
			"First touch has no clock any more; it was 24 hours, from the assignment, warning at 75%, T1 24 hours, warning at 75%"},
		{"notify: rep", "notify: [rep, manager]", when, "Acceptance at 50% tells rep and manager instead of rep"},
		{"do: reassign}", "do: reassign}, {at: 200%, notify: manager}", when, "Acceptance at 200% now tells manager"},
		{"  escalate:\n    accept: [{at: 50%, notify: rep}, {at: 150%, do: reassign}]\n", "", when,
			"Acceptance has no ladder any more; it was at 50% it tells rep, at 150% it gives the lead to another rep"},
		{"calendar: us-east", "calendar: berlin", whom, "Business time is that of berlin instead of us-east"},
		{"playbook: acme", "playbook: acme\nreview_every: 30d", when, "Both teams review the playbook every 30 days instead of every 90 days"},

		{"account.employees >= 200", "account.employees >= 500", who, "size_fit means account.employees >= 500, instead of account.employees >= 200"},
		{"fit > 70 && high_intent", "fit > 70", who, "A lead is an MQL when fit > 70, instead of when fit > 70 && high_intent"},
		{"points: 25", "points: 30", who, "Fit points for size: 30 instead of 25"},
		{"page_view: {points: 2, half_life: 14d, ", "form_submit: {points: 30, half_life: 60d, cap: 60, bonus: {demo: 10}}, page_view: {points: 2, half_life: 14d, ", whom,
			"form_submit now gives 30 points, half as many after 60 days, at most 60 points in all, on top 10 at demo"},
		{"  student:", "  competitor: account.domain in lists.competitors\n  student:", who,
			"Leads are now disqualified as competitor when account.domain in lists.competitors"},

		{"otherwise: nurture", "otherwise: {pool: velocity}", whom, "All other leads go to the pool velocity instead of marketing, who nurtures them"},
		{"{owner_or_pool: enterprise}", "{pool: enterprise}", whom, "T1 leads go to the pool enterprise instead of the account's owner, else the pool enterprise"},
		{"target: false, ", "", whom, "T2 takes all accounts, instead of only other accounts"},
		{"intent: [high, medium]", "intent: high", whom, "T1 takes high intent instead of high and medium"},
		{"    otherwise: nurture\n", "    T3: {intent: low, assign: {pool: velocity}, nurture: warm}\n    otherwise: nurture\n", whom,
			"New tier T3: with low intent, go to the pool velocity, nurtured by warm"},
		{"  - {domain: globex.example}\n", "", whom, "globex.example leaves the target accounts"},
		{"owner: jane-doe", "owner: sam-lee", whom, "initech.example is sam-lee's account instead of jane-doe's"},
		{"intent: {high: high_intent}", "intent: {high: high_intent, medium: size_fit}", whom, "Intent is now medium when size_fit"},
		{"to: {queue: customer-success}", "to: nurture", whom, "Leads with account.is_customer go to marketing, who nurtures them instead of the queue customer-success"},
		{"routing:\n", "routing:\n  fallback: {pool: spare}\n", whom, "What nobody else could take goes to the pool spare"},
		{"routing:\n", "routing:\n  requirements: [{when: size_fit, needs: {languages: [de, fr], skills: [api]}}]\n", whom,
			"Pools give leads with size_fit only to reps who cover the skills api, the languages de and fr"},
		{"routing:\n", "routing:\n  held_ladder: [overflow, fallback, stay_held]\n", whom, "When nobody is available: the overflow pool is tried, the fallback is asked and the lead waits, visibly, instead of the lead waits, visibly"},
		{"to: {queue: customer-success}", "to: disqualify", whom, "Leads with account.is_customer go to nobody, for they are disqualified instead of the queue customer-success"},
		{"to: {queue: customer-success}", "to: {rep: jane}", whom, "Leads with account.is_customer go to the rep jane instead of the queue customer-success"},
		{"    - {when: account.is_customer, to: {queue: customer-success}}\n", "", whom,
			"Leads with account.is_customer no longer go to the queue customer-success before the tiers are asked"},

		{"    accept: {within", "    disposition: {within: 5d, unit: wall, only: ent_emea, tiers: {abm_sql: {within: 1d}}}\n    accept: {within", when,
			"New clock, Disposition: 5 days, from the acceptance, warning at 75%, abm_sql 1 day, warning at 75%, for ent_emea alone"},
		{"  calendar: us-east\n", "  calendar: us-east\n  bursts: {count: 30}\n", when, "Activities of one rep at once that are not too many: 30 instead of 10"},
		{"  calendar: us-east\n", "  calendar: us-east\n  bursts: {within: 5m}\n", when, "Activities are too many at once within 5 minutes instead of 1 minute"},
		{"  calendar: us-east\n", "  calendar: us-east\n  bursts: {count_them: true}\n", when, "Activities that are too many at once now count all the same"},
		{"  calendar: us-east\n", "  calendar: us-east\n  pauses: {per_handoff: 1}\n", when, "Pauses that a handoff may have: 1 instead of 2"},
		{"feedback:", "feedback:\n  disputes: {automatic: claim}", how, "Disputes open by themselves when what sales itself says speaks against the reason, " +
			"instead of when what is on record, or what sales itself says, speaks against the reason"},
		{"feedback:", "feedback:\n  disputes: {open_within: 3d}", how, "A verdict can be disputed for 3 days instead of 14 days"},
		{"feedback:", "feedback:\n  disputes: {automatic: none}", how, "Disputes open by themselves never, " +
			"instead of when what is on record, or what sales itself says, speaks against the reason"},
		{"feedback:", "feedback:\n  disputes: {within: 36h}", how, "In a dispute the teams have the word for 36 hours instead of 5 days"},
		{"campaigns: [abm-q4]", "campaigns: [abm_sql]", how, "initech.example is worked by abm_sql instead of abm-q4"},
		{"feedback:", "feedback:\n  details: {went_sql: bad_data}", how, "Reps may now say went_sql, which is bad data"},
		{"feedback:", "feedback:\n  grounds: {size_fit: bad_fit_firmographic}", how, "size_fit is now evidence for bad fit firmographic alone"},
		{"feedback:", "feedback:\n  contradicted: refuse", how, "An answer that the record contradicts is refused; before it is taken and settled by both teams"},
		{"checklist: [need, timing]", "checklist: bant", how, "An SQL needs BANT instead of need and timing"},
		{"not_ready, bad_data, ", "bad_data, ", how, "Reps can give these reasons: bad fit firmographic, bad fit budget, bad data, competitor and duplicate, " +
			"instead of bad fit firmographic, bad fit budget, not ready, bad data, competitor and duplicate"},
		{"120/month", "150/month", how, "Marketing promises MQL volume: 150 a month instead of 120 a month"},
		{`"> 90%"`, `">= 90%"`, how, "Sales promises first touch in time: at least 90% instead of more than 90%"},
		{"w_shaped", "linear", how, "Both teams quote linear attribution instead of w shaped"},
		{"[20%, 30%]", "[25%, 30%]", how, "Wanted of lead to MQL: 25% to 30% instead of 20% to 30%"},
	})
}

// committed is base with a section of each kind that says what makes a company buy.
const committed = base + `models:
  win: {model: models/00000000000000000000000000000001, hash: 0000000000000000000000000000000000000000000000000000000000000001}
triggers:
  new_executive: {points: 20, half_life: 30d}
personas:
  buyer: {when: lead.seniority == "c_level", role: driver, required: true}
surge: {enter: 30, events: {page_view: {bonus: {/pricing: 10}}}}
matching: {name_only: review}
review: {win_rate_drop: 10%}
`

func TestChangesOfWhatMakesACompanyBuyReadAsPlainly(t *testing.T) {
	t.Parallel()
	const surge = "surge: {enter: 30, events: {page_view: {bonus: {/pricing: 10}}}}\n"
	read(t, committed, []reading{
		{"triggers:\n", "triggers:\n  hiring: {events: [job_ad, job_fair], points: 5, cap: 15}\n", how,
			"New trigger at accounts, hiring: 5 points an event, counting job_ad and job_fair, for 90 days, at most 15 points in all"},
		{"  new_executive: {points: 20, half_life: 30d}\n", "  {}\n", how,
			"The trigger new_executive is gone; it gave 20 points an event, counting new_executive, half as many after 30 days, for 90 days"},
		{"points: 20", "points: 10", how, "Each event of the trigger new_executive gives the account 10 points instead of 20"},
		{"half_life: 30d", "half_life: 60d", how, "The trigger new_executive loses half its points in 60 days instead of 30 days"},
		{", half_life: 30d", "", how, "The trigger new_executive no longer fades; it lost half its points in 30 days"},
		{"{points: 20,", "{points: 20, window: 30d,", how, "The trigger new_executive is active for 30 days after an event instead of 90 days"},
		{"{points: 20,", "{points: 20, cap: 40,", how, "The trigger new_executive gives at most 40 points instead of 100"},
		{"{points: 20,", "{points: 20, events: [new_executive, funding],", how, "The trigger new_executive counts new_executive and funding, instead of new_executive"},

		{"  buyer:", "  user: {when: size_fit, role: user}\n  buyer:", how,
			"New persona in the buying committee, user: whoever meets size_fit, as a user, who will work with it, engaged for 90 days after an activity"},
		{`lead.seniority == "c_level"`, `lead.function == "sales"`, how, `In the buying committee, buyer is whoever meets lead.function == "sales", instead of lead.seniority == "c_level"`},
		{"role: driver", "role: blocker", how, "In the buying committee, buyer is a blocker, who can stop it instead of a driver, who wants it"},
		{", required: true", "", how, "A buying committee may be complete without buyer now"},
		{", required: true", ", required: true, window: 30d", how, "In the buying committee, buyer counts as engaged for 30 days after an activity instead of 90 days"},

		{surge, "", whom, "Owners are no longer told when an account surges; it was from 30 points, until they fall below 15, counted over 14 days, " +
			"half as many after 7 days, told once in 7 days, page_view 10 at /pricing, of target accounts only"},
		{"enter: 30", "enter: 30, leave: 10", whom, "A surge ends below 10 points instead of 15"},
		{"enter: 30", "enter: 30, cooldown: 14d", whom, "An owner is told of a surge once in 14 days instead of 7 days"},
		{"enter: 30", "enter: 30, only_targets: false", whom, "Whether only target accounts surge: no instead of yes"},
		{"{/pricing: 10}", "{/pricing: 15}", whom, "page_view at /pricing gives 15 points on top to a surge instead of 10"},
		{"enter: 30, events: {", "enter: 30, events: {webinar: {points: 5}, ", whom, "webinar now counts for a surge: 5 points"},

		{"name_only: review", "name_only: match", who, "When only the company's name is equal, the lead belongs to the account, instead of: a person decides"},
		{"name_only: review", "name_only: review, on_change: reroute_if_unaccepted", whom,
			"When a lead turns out to belong to another account, its open handoff goes where it belongs now, unless somebody accepted it, instead of: its open handoff stays where it is"},
		{"name_only: review", "name_only: review, target_inherits: false", whom, "Whether an account below a target account is a target too: no instead of yes"},

		{"hash: 0", "hash: 1", how, "The model behind predicted.win is another one: its hash is " +
			"1" + strings.Repeat("0", 62) + "1 instead of " + strings.Repeat("0", 63) + "1"},
		{"models:\n", "models:\n  fast: {model: models/00000000000000000000000000000002, hash: 0000000000000000000000000000000000000000000000000000000000000002}\n", how,
			"New model, which criteria ask as predicted.fast: models/00000000000000000000000000000002, with the hash " + strings.Repeat("0", 63) + "2"},

		{"  weights: {", "  fit_groups: {firm: {cap: 40}}\n  weights: {", who, "New group of fit points, firm: at most 40 points"},

		{"win_rate_drop: 10%", "win_rate_drop: 15%", when, "Both teams look again when the win rate falls by 15% of what it was, instead of 10%"},
		{"win_rate_drop: 10%", "win_rate_drop: 10%, window: 30d", when, "A fall that asks for a review is looked for in the last 30 days instead of 90 days"},
		{"win_rate_drop: 10%", "win_rate_drop: 10%, min_cases: 50", when, "A fall asks for a review from 50 cases on instead of 20"},
	})
}

func TestAChangeTouchesWhatTheExpressionsLookAt(t *testing.T) {
	t.Parallel()
	gated := func(gate string) string { return strings.Replace(committed, "fit > 70 && high_intent", gate, 1) }
	routed := strings.Replace(committed, "when: account.is_customer", "when: account.is_surging && account.committee_coverage > 50", 1)
	tests := []struct {
		name, base, from, to string
		want                 difference.Effect
	}{
		{"a criterion that a gate names", committed, "account.employees >= 200", "account.employees >= 300", who}, // by way of a fit rule
		{"a criterion of fit points that no gate asks for", gated("high_intent"), "account.employees >= 200", "account.employees >= 300", whom},
		{"fit points that no gate asks for", gated("high_intent"), "points: 25", "points: 30", whom},
		{"fit points of a mixed gate", gated("combined > 50"), "points: 25", "points: 30", who},
		{"engagement that no gate asks for", committed, "cap: 30", "cap: 20", whom},
		{"engagement that a gate asks for", gated("engagement > 50"), "cap: 30", "cap: 20", who},
		{"weights that order queues", committed, "{fit: 50%, engagement: 50%}", "{fit: 60%, engagement: 40%}", whom},
		{"weights that a gate asks for", gated("combined > 50"), "{fit: 50%, engagement: 50%}", "{fit: 60%, engagement: 40%}", who},
		{"a trigger that a gate asks for", gated("account.trigger_points > 10"), "points: 20", "points: 10", who},
		{"a trigger that a gate asks for by name", gated(`'"new_executive" in account.triggers'`), "points: 20", "points: 10", who},
		{"a committee that a rule asks for", routed, "role: driver, required: true", "role: driver", whom},
		{"a surge that a gate asks for", gated("account.is_surging"), "enter: 30", "enter: 20", who},
		{"a model that a gate asks", gated("predicted.win > 0.5"), "hash: 0", "hash: 1", who},
		{"target accounts that a gate asks for", gated("account.is_target"), "  - {domain: globex.example}\n", "", who},
		{"an owner of a target that a gate asks for", gated("account.has_owner"), "{domain: globex.example}", "{domain: globex.example, owner: sam-lee}", who},
		{"a target's owner that a gate asks for", gated("account.has_owner"), "  - {domain: initech.example, owner: jane-doe, campaigns: [abm-q4]}\n", "", who},
		{"an owner of a target, where the gate asks for the target alone", gated("account.is_target"), "owner: jane-doe", "owner: sam-lee", whom},
		{"campaigns of a target", gated("account.is_target && account.has_owner"), "campaigns: [abm-q4]", "campaigns: [abm-q5]", how},
		{"target accounts that alone can surge", gated("account.is_surging"), "  - {domain: globex.example}\n", "", who},
		{"target accounts, where all accounts can surge", strings.Replace(gated("account.is_surging"), "enter: 30", "enter: 30, only_targets: false", 1),
			"  - {domain: globex.example}\n", "", whom},
		{"the calendar of reps without their own", committed, "calendar: us-east", "calendar: berlin", whom},
		{"a rest before a lead comes back", committed, "feedback:", "feedback:\n  recycle: {cooldown: 10d}", who},
		{"who does not get a lead that comes back", committed, "feedback:", "feedback:\n  recycle: {exclude_rejecting_rep: false}", whom},
		{"a criterion that nothing asks", strings.Replace(committed, "criteria:", "criteria:\n  idle: account.employees > 1", 1), "> 1\n", "> 2\n", how},
	}
	for _, tt := range tests {
		got := differences(t, tt.base, tt.from, tt.to)
		for _, c := range got {
			if c.Effect != tt.want {
				t.Errorf("%s: %q touches %d, want %d", tt.name, c.Sentence, c.Effect, tt.want)
			}
		}
		if len(got) == 0 {
			t.Errorf("%s: nothing changed", tt.name)
		}
	}
}

// Whatever the schema lets people change, there is a sentence for it; none is made up of the names of fields.
func TestEachFieldOfTheSchemaHasItsSentence(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc := documenttest.Documents().Draw(t, "document")
		without := proto.CloneOf(doc)
		forget(t, without.ProtoReflect())
		for _, pair := range [][2]*playbookv1.Document{{doc, without}, {without, doc}, {doc, documenttest.Documents().Draw(t, "other")}} {
			if got := difference.Unphrased(pair[0], pair[1]); len(got) > 0 {
				t.Fatalf("no sentence for %q", got)
			}
		}
	})
}

// forget takes about half of what a message holds out of it, at any depth.
func forget(t *rapid.T, m protoreflect.Message) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		field := fields.Get(i)
		switch {
		case !m.Has(field) || fieldbehavior.Has(field, annotations.FieldBehavior_REQUIRED) && field.Message() == nil:
		case field.Message() == nil && !field.IsMap() || rapid.Bool().Draw(t, "whole"):
			if !fieldbehavior.Has(field, annotations.FieldBehavior_REQUIRED) && rapid.Bool().Draw(t, string(field.Name())) {
				m.Clear(field)
			}
		case field.IsMap() && field.MapValue().Message() != nil:
			m.Get(field).Map().Range(func(_ protoreflect.MapKey, value protoreflect.Value) bool {
				forget(t, value.Message())
				return true
			})
		case field.IsList():
			for i := range m.Get(field).List().Len() {
				forget(t, m.Get(field).List().Get(i).Message())
			}
		case field.Message() != nil && !field.IsMap():
			forget(t, m.Get(field).Message())
		}
	}
}

func TestTheFirstAgreementReadsAsOne(t *testing.T) {
	t.Parallel()
	var got []string
	for _, c := range difference.Changes(&playbookv1.Document{}, parse(t, base)) {
		if c.Kind != difference.Added || c.Old != "" {
			t.Errorf("got %+v, want it added", c)
		}
		got = append(got, fmt.Sprint(c.Effect, " ", c.Sentence))
	}
	want := []string{
		`1 New criterion high_intent: engagement.count("form_submit", {"form": ["pricing"]}) >= 1`,
		`1 New criterion size_fit: account.employees >= 200`,
		`1 Leads are now disqualified as student when lead.email_domain_kind == "education"`,
		`1 New fit points for size: 25 points, for size_fit`,
		`1 A lead is an MQL when fit > 70 && high_intent`,
		`2 New group of engagement web: at most 30 points in all, page_view 2 points, half as many after 14 days, on top 8 at /pricing`,
		"2 The share of fit in the order of queues: 50%",
		"2 The share of engagement in the order of queues: 50%",
		"2 initech.example joins the target accounts",
		"2 globex.example joins the target accounts",
		"2 Intent is now high when high_intent",
		"2 New tier T1: target accounts, with high and medium intent, go to the account's owner, else the pool enterprise",
		"2 New tier T2: other accounts, with high intent, go to the pool velocity",
		"2 All other leads go to marketing, who nurtures them",
		"2 Before the tiers are asked, leads with account.has_open_opportunity now go to the owner of the open opportunity",
		"2 Before the tiers are asked, leads with account.is_customer now go to the queue customer-success",
		"2 Business time is that of us-east",
		"3 New clock, Acceptance: 4 business hours, warning at 75%",
		"3 New clock, First touch: 24 hours, T1 24 hours",
		"3 New ladder for Acceptance: at 50% it tells rep, at 150% it gives the lead to another rep",
		"4 An SQL is confirmed by sales",
		"4 An SQL now needs need and timing",
		"4 The teams now promise each other something: marketing MQL volume 120 a month, sales first touch in time more than 90%",
		"4 Reps can give these reasons: bad fit firmographic, bad fit budget, not ready, bad data, competitor and duplicate",
		"4 Both teams quote w shaped attribution",
		"4 Wanted of lead to MQL: 20% to 30%",
		"5 The playbook is called acme",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("changes (-want +got):\n%s", diff)
	}
}

func TestManyTargetAccountsThatComeOrGoAreOneChange(t *testing.T) {
	t.Parallel()
	var rows, shorts, names []string
	for i := range 12 {
		names = append(names, fmt.Sprintf("a%02d.example", i))
		shorts = append(shorts, fmt.Sprintf("{domain: %s, owner: jane-doe}", names[i]))
		rows = append(rows, "  - "+shorts[i]+"\n")
	}
	const last = "  - {domain: globex.example}\n"
	many := strings.Replace(base, last, last+strings.Join(rows, ""), 1)
	sentence := func(verb string) string {
		return fmt.Sprintf("12 accounts %s the target accounts: %s and 2 more", verb, strings.Join(names[:10], ", "))
	}
	list := "[" + strings.Join(shorts, ", ") + "]"
	came := difference.Change{Path: "target_accounts", Kind: difference.Added, Effect: whom, New: list, Sentence: sentence("join")}
	if diff := cmp.Diff([]difference.Change{came}, difference.Changes(parse(t, base), parse(t, many))); diff != "" {
		t.Errorf("that come (-want +got):\n%s", diff)
	}
	gone := difference.Change{Path: "target_accounts", Kind: difference.Removed, Effect: whom, Old: list, Sentence: sentence("leave")}
	if diff := cmp.Diff([]difference.Change{gone}, difference.Changes(parse(t, many), parse(t, base))); diff != "" {
		t.Errorf("that go (-want +got):\n%s", diff)
	}
	ten := strings.Replace(base, last, last+strings.Join(rows[:10], ""), 1)
	if got := difference.Changes(parse(t, base), parse(t, ten)); len(got) != 10 {
		t.Errorf("ten that come are %d changes, want each one of its own", len(got))
	}
}

func TestChangesOfWhatLeadsAskForReadAsPlainly(t *testing.T) {
	t.Parallel()
	const one = "  requirements:\n    - {when: size_fit, needs: {languages: [de, fr]}}\n    - {when: account.is_customer, needs: {skills: [api]}}\n  fallback: {pool: spare}\n"
	read(t, strings.Replace(base, "routing:\n", "routing:\n"+one, 1), []reading{
		{"languages: [de, fr]", "languages: [de]", whom, "Leads with size_fit ask for the languages de instead of de and fr"},
		{"languages: [de, fr]", "languages: [de, fr], regions: [dach]", whom, "Leads with size_fit also ask for the regions dach"},
		{"languages: [de, fr]", "skills: [api], languages: [de, fr]", whom, "Leads with size_fit also ask for the skills api"},
		{"{languages: [de, fr]}", "{languages: [de, fr], segments: [smb]}", whom, "Leads with size_fit also ask for the segments smb"},
		{"    - {when: account.is_customer, needs: {skills: [api]}}\n", "", whom, "Pools give leads with account.is_customer to any rep again; it was the skills api"},
		{"{pool: spare}", "{rep: jane}", whom, "What nobody else could take goes to the rep jane instead of the pool spare"},
		{"  fallback: {pool: spare}\n", "", whom, "What nobody else could take goes to no fallback any more; it was the pool spare"},
	})
	reordered := []string{"[de, fr]", "[fr, de]"}
	if got := differences(t, strings.Replace(base, "routing:\n", "routing:\n"+one, 1), reordered[0], reordered[1]); len(got) > 0 && got[0].Effect != difference.Wording {
		t.Errorf("another order of languages is told as %+v", got)
	}
}

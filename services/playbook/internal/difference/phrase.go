package difference

import (
	"strconv"
	"strings"
)

// phrase is how a sales leader reads the change of a field. In the pattern, * is any name; {1}, {2}, ... are those names,
// {clock}, {stage} and {Team} the first of them in words, {words} the last; {old} and {new} what the field said and says.
type phrase struct {
	pattern, changed, added, removed string
}

// phrases are those that say more than the name of a field would. The first pattern that fits is taken.
func phrases() []phrase {
	return []phrase{
		{"playbook", "The playbook is called {new} instead of {old}", "", ""},
		{"review_every", "Both teams review the playbook every {new} instead of every {old}", "", ""},

		{"criteria.*", "{1} means {new}, instead of {old}", "New criterion {1}: {new}", "Criterion {1} is gone; it was {old}"},
		{"disqualify.*", "Leads are disqualified as {1} when {new}, instead of when {old}", "Leads are now disqualified as {1} when {new}",
			"Leads are no longer disqualified as {1}; it was {old}"},
		{"scoring.fit.*", "", "New fit points for {1}: {new}", "No fit points for {1} any more; it was {old}"},
		{"scoring.fit.*.points", "Fit points for {1}: {new} instead of {old}", "Fit points for {1}: {new} instead of 0", "Fit points for {1}: 0 instead of {old}"},
		{"scoring.fit.*.when", "Fit points for {1} go to {new} instead of {old}", "", ""},
		{"scoring.engagement.*", "", "New group of engagement {1}: {new}", "Engagement of the group {1} counts no more; it was {old}"},
		{"scoring.engagement.*.cap", "All of {1} gives at most {new} points instead of {old}", "", ""},
		{"scoring.engagement.*.events.*", "", "{2} now gives points: {new}", "{2} gives no points any more; it was {old}"},
		{"scoring.engagement.*.events.*.points", "{2} gives {new} points instead of {old}", "{2} gives {new} points instead of 0", "{2} gives 0 points instead of {old}"},
		{"scoring.engagement.*.events.*.cap", "{2} gives at most {new} points instead of {old}", "", ""},
		{"scoring.engagement.*.events.*.half_life", "{2} loses half its points in {new} instead of {old}", "{2} now loses half its points in {new}",
			"{2} no longer fades; it lost half its points in {old}"},
		{"scoring.engagement.*.events.*.window", "{2} counts for {new} instead of {old}", "{2} now counts for {new} and no longer",
			"{2} counts for ever; it counted for {old}"},
		{"scoring.engagement.*.events.*.bonus.*", "{2} at {3} gives {new} points on top instead of {old}", "{2} at {3} now gives {new} points on top",
			"{2} at {3} gives nothing on top any more; it gave {old} points"},
		{"scoring.weights.*", "The share of {1} in the order of queues: {new} instead of {old}", "The share of {1} in the order of queues: {new} instead of 0",
			"The share of {1} in the order of queues: 0 instead of {old}"},

		{"stages.mql", "A lead is an MQL when {new}, instead of when {old}", "", ""},
		{"stages.order", "The stages are {new}, instead of {old}", "", ""},
		{"stages.*.checklist", "{stage} needs {new} instead of {old}", "{stage} now needs {new}", "{stage} needs nothing any more; it was {old}"},
		{"stages.*.confirmed_by", "{stage} is confirmed by {new} instead of {old}", "", ""},
		{"intent.*", "Intent is {1} when {new}, instead of when {old}", "Intent is now {1} when {new}", "Intent is never {1} any more; it was when {old}"},

		{"target_accounts.*", "", "{1} joins the target accounts", "{1} leaves the target accounts"},
		{"target_accounts.*.owner", "{1} is {new}'s account instead of {old}'s", "{1} is now {new}'s account", "{1} is nobody's account any more; it was {old}'s"},
		{"target_accounts.*.campaigns", "{1} is worked by {new} instead of {old}", "{1} is now worked by {new}", "No campaign works {1} any more; it was {old}"},

		{"routing.tiers.*", "", "New tier {1}: {new}", "Tier {1} is gone; it was {old}"},
		{"routing.tiers.*.assign", "{1} leads go to {new} instead of {old}", "", ""},
		{"routing.tiers.*.intent", "{1} takes {new} intent instead of {old}", "{1} takes only {new} intent, instead of any", "{1} takes any intent, instead of only {old}"},
		{"routing.tiers.*.target", "{1} takes {new} instead of {old}", "{1} takes only {new}, instead of all", "{1} takes all accounts, instead of only {old}"},
		{"routing.tiers.*.nurture", "{1} leads are nurtured by {new} instead of {old}", "{1} leads are now nurtured by {new}", "{1} leads are nurtured no more; it was {old}"},
		{"routing.otherwise", "All other leads go to {new} instead of {old}", "", ""},
		{"routing.first_match.*", "", "Before the tiers are asked, leads with {1} now go their own way: {new}", "Leads with {1} no longer go their own way; it was {old}"},
		{"routing.first_match.*.to", "Leads with {1} go to {new} instead of {old}", "", ""},
		{"routing.first_match", "The rules before the tiers are asked in another order: {new}, instead of {old}", "", ""},
		{"routing.required_context", "Marketing hands over {new}, instead of {old}", "Marketing must now hand over {new}", "Marketing need not hand anything over any more; it was {old}"},
		{"routing.held_ladder", "When nobody is available: {new}, instead of {old}", "", ""},

		{"sla.calendar", "Business time is that of {new} instead of {old}", "", ""},
		{"sla.clocks.*", "", "New clock, {clock}: {new}", "{clock} has no clock any more; it was {old}"},
		{"sla.clocks.*.within", "{clock}: {new} instead of {old}", "", ""},
		{"sla.clocks.*.unit", "{clock} counts {new} time instead of {old} time", "", ""},
		{"sla.clocks.*.from", "{clock} counts from {new} instead of from {old}", "", ""},
		{"sla.clocks.*.at_risk", "{clock} warns {new} instead of {old}", "", ""},
		{"sla.clocks.*.only", "{clock} has a clock for {new} leads instead of {old}", "{clock} has a clock for {new} leads only", "{clock} has a clock for all leads, instead of {old}"},
		{"sla.clocks.*.strict", "{clock}: an answer at the very deadline is late: {new} instead of {old}", "{clock}: an answer at the very deadline is late now",
			"{clock}: an answer at the very deadline is in time now"},
		{"sla.clocks.*.tiers.*", "", "{clock} for {2} leads has terms of its own: {new}", "{clock} for {2} leads is as for all; it was {old}"},
		{"sla.clocks.*.tiers.*.within", "{clock} for {2} leads: {new} instead of {old}", "", ""},
		{"sla.clocks.*.tiers.*.at_risk", "{clock} for {2} leads warns {new} instead of {old}", "", ""},
		{"sla.escalate.*", "", "New ladder for {clock}: {new}", "{clock} has no ladder any more; it was {old}"},
		{"sla.escalate.*.steps.*", "", "{clock} at {2}: now {new}", "{clock} at {2}: nothing any more; it was {old}"},
		{"sla.escalate.*.steps.*.notify", "{clock} at {2} tells {new} instead of {old}", "{clock} at {2} now tells {new}", "{clock} at {2} tells nobody any more; it was {old}"},
		{"sla.escalate.*.steps.*.do", "{clock} at {2}: {new} instead of {old}", "{clock} at {2}: now {new}", "{clock} at {2}: no longer {old}"},
		{"sla.commitments.*.*", "{Team} promises {words}: {new} instead of {old}", "{Team} now promises {words}: {new}", "{Team} no longer promises {words}; it was {old}"},
		{"sla.late_logging", "An activity may be logged {new} late instead of {old}", "", ""},

		{"feedback.reasons", "Reps can give these reasons: {new}, instead of {old}", "", ""},
		{"feedback.rating", "A rating is {new} instead of {old}", "", ""},
		{"feedback.recycle.cooldown", "A closed lead rests {new} instead of {old}", "", ""},
		{"attribution.primary_model", "Both teams quote {new} attribution instead of {old}", "", ""},
		{"attribution.targets.*", "Wanted of {1}: {new} instead of {old}", "Wanted of {1}: {new}", "Nothing is wanted of {1} any more; it was {old}"},
	}
}

// book is phrases by the section that their pattern begins with.
type book map[string][]spoken

// spoken is a phrase and the parts of its pattern.
type spoken struct {
	phrase
	parts []string
}

func newBook() book {
	b := book{}
	for _, p := range phrases() {
		parts := strings.Split(p.pattern, ".")
		b[parts[0]] = append(b[parts[0]], spoken{p, parts})
	}
	return b
}

// find is the text for what happened to a field, and the names that stand for the stars of its pattern.
func (b book) find(steps []string, kind Kind) (text string, names []string, ok bool) {
	for _, s := range b[steps[0]] {
		if names, fits := s.fits(steps); fits && s.of(kind) != "" {
			return s.of(kind), names, true
		}
	}
	return "", nil, false
}

// fits says which names the stars of a pattern stand for.
func (s spoken) fits(steps []string) (names []string, ok bool) {
	if len(s.parts) != len(steps) {
		return nil, false
	}
	for i, part := range s.parts {
		switch part {
		case "*":
			names = append(names, steps[i])
		case steps[i]:
		default:
			return nil, false
		}
	}
	return names, true
}

// of is the phrase's text for what happened.
func (p phrase) of(kind Kind) string {
	switch kind {
	case Added:
		return p.added
	case Removed:
		return p.removed
	default:
		return p.changed
	}
}

// fill puts names and values into a text.
func fill(text string, names []string, before, after string) string {
	pairs := []string{"{old}", before, "{new}", after}
	for i, name := range names {
		pairs = append(pairs, "{"+strconv.Itoa(i+1)+"}", name)
	}
	if len(names) > 0 {
		pairs = append(pairs, "{clock}", clockName(names[0]), "{stage}", stageName(names[0]), "{Team}", capital(names[0]),
			"{words}", plain(names[len(names)-1]))
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

package difference

// term says one field of something that came or went as a whole. {} is the field in words. Of a flag, not says that it is
// off; what is as in unless goes without saying.
type term struct {
	field, text string
	not, unless string
}

// terms are how messages of the schema are said, by their names: what stands first is said first. A field that is not
// listed is said by its name.
func terms() map[string][]term {
	return map[string][]term{
		"FitRule":         {{field: "points", text: "{} points"}, {field: "when", text: "for {}"}, {field: "group", text: "in the group {}"}},
		"FitGroup":        {{field: "cap", text: "at most {} points"}},
		"EngagementGroup": {{field: "cap", text: "at most {} points in all", unless: "100"}, {field: "events", text: "{}"}},
		"EngagementRule": {{field: "points", text: "{} points"}, {field: "half_life", text: "half as many after {}"}, {field: "window", text: "for {}"},
			{field: "cap", text: "at most {} points in all", unless: "100"}, {field: "bonus", text: "on top {}"}},
		"SurgeRule": {{field: "points", text: "{} points"}, {field: "bonus", text: "{}"}},
		"Trigger": {{field: "points", text: "{} points an event"}, {field: "events", text: "counting {}"}, {field: "half_life", text: "half as many after {}"},
			{field: "window", text: "for {}"}, {field: "cap", text: "at most {} points in all", unless: "100"}},
		"Persona": {{field: "when", text: "whoever meets {}"}, {field: "role", text: "as {}"}, {field: "required", text: "without whom it is not complete"},
			{field: "window", text: "engaged for {} after an activity"}},
		"ModelReference": {{field: "model", text: "{}"}, {field: "hash", text: "with the hash {}"}},
		"SurgePolicy": {{field: "enter", text: "from {} points"}, {field: "leave", text: "until they fall below {}"}, {field: "window", text: "counted over {}"},
			{field: "half_life", text: "half as many after {}"}, {field: "cooldown", text: "told once in {}"}, {field: "events", text: "{}"},
			{field: "only_targets", text: "of target accounts only", not: "of all accounts"}},
		"MeetingPolicy": {{field: "buyer_role", text: "the right person when {}"}, {field: "company_fit", text: "the right company when {}"},
			{field: "use_case", text: "the right use case when {}"}, {field: "geography", text: "in the right place when {}"},
			{field: "otherwise", text: "any other goes to {}"}, {field: "fee", text: "{} for each that sales takes"}},
		"TierRule":           {{field: "target", text: "{}"}, {field: "intent", text: "with {} intent"}, {field: "assign", text: "go to {}"}, {field: "nurture", text: "nurtured by {}"}},
		"RoutingRule":        {{field: "when", text: ""}, {field: "to", text: "{}"}},
		"RoutingRequirement": {{field: "when", text: ""}, {field: "needs", text: "{}"}},
		"Coverage": {{field: "segments", text: "the segments {}"}, {field: "regions", text: "the regions {}"}, {field: "skills", text: "the skills {}"},
			{field: "languages", text: "the languages {}"}},
		"ClockPolicy": {{field: "within", text: "{}"}, {field: "unit", text: ""}, {field: "from", text: "from {}"}, {field: "at_risk", text: "warning {}"},
			{field: "tiers", text: "{}"}, {field: "only", text: "for {} alone"}, {field: "strict", text: "late at the very deadline"},
			{field: "met_by", text: "met by {}"}, {field: "cancelled_by", text: "cancelled by {}"},
			{field: "goal", text: "wanted within {}"}, {field: "on_reassign", text: "it {} when another rep gets the lead", unless: "carries on"}},
		"AttemptPlan": {{field: "plan", text: "{}"}, {field: "unit", text: ""}, {field: "from", text: "from {}"}, {field: "only", text: "for {} alone"},
			{field: "at_risk", text: "warning {}"}},
		"Attempt":        {{field: "channel", text: "{}"}, {field: "within", text: "within {}"}, {field: "after_previous", text: "at the earliest {} after the one before"}},
		"TierClock":      {{field: "within", text: "{}"}, {field: "at_risk", text: "warning {}"}, {field: "goal", text: "wanted within {}"}},
		"EscalationStep": {{field: "at", text: ""}, {field: "notify", text: "tells {}"}, {field: "do", text: "{}"}},
		"PauseTerms":     {{field: "at_most", text: "at most {}"}},
		"ReportSchedule": {{field: "every", text: "every {}"}, {field: "zone", text: "by the clocks of {}"}},
	}
}

package difference

import "strings"

// vocabulary spells the words of an enum that are not English as they stand.
func vocabulary(enum, word string) string {
	if said := spelt()[enum][word]; said != "" {
		return said
	}
	return plain(word)
}

func spelt() map[string]map[string]string {
	return map[string]map[string]string{
		"ClockAnchor": {"mql": "the MQL", "assigned": "the assignment", "accepted": "the acceptance", "first_touch": "the first touch",
			"meeting_booked": "the booking of a meeting", "meeting_held": "the meeting", "sql": "the SQL"},
		"ClockAnswer": {"call": "a call that reaches somebody", "call_attempt": "a call", "email": "a mail", "message": "a message",
			"meeting_booked": "a booked meeting", "meeting_held": "a meeting", "reply": "a reply", "touch": "a touch", "accept": "an acceptance",
			"disposition": "a disposition", "opportunity_created": "an opportunity"},
		"AttemptChannel": {"call": "a call", "email": "a mail", "message": "a message", "any": "a call, a mail or a message"},
		"OnReassign":     {"carry": "carries on", "restart": "restarts"},
		"HandoffEnd": {"reject": "a reject", "recycle": "a recycle", "sql": "an SQL", "nurture": "nurture", "disqualified": "a disqualification",
			"withdrawal": "a withdrawal"},
		"EscalationAction": {"reassign": "gives the lead to another rep", "take_offline": "takes the rep offline"},
		"Role": {"driver": "a driver, who wants it", "blocker": "a blocker, who can stop it", "influencer": "an influencer, who is asked",
			"user": "a user, who will work with it"},
		"HeldStep":       {"overflow": "the overflow pool is tried", "fallback": "the fallback is asked", "stay_held": "the lead waits, visibly"},
		"WeakMatch":      {"review": "a person decides", "match": "the lead belongs to the account", "ignore": "that counts for nothing"},
		"MatchHierarchy": {"review": "a person decides", "child_by_geo": "the lead belongs to the one in its country", "ultimate_parent": "the lead belongs to the one at the top"},
		"MatchChange": {"notify": "its open handoff stays where it is",
			"reroute_if_unaccepted": "its open handoff goes where it belongs now, unless somebody accepted it"},
		"Automatic": {"record": "when what is on record, or what sales itself says, speaks against the reason",
			"claim": "when what sales itself says speaks against the reason", "none": "never"},
		"Contradiction":  {"dispute": "is taken and settled by both teams", "refuse": "is refused"},
		"EligiblePeople": {"account": "everybody of the account", "contact_roles": "people with a role in the opportunity", "primary": "the primary contact alone"},
	}
}

// clockName is a clock as people call it.
func clockName(kind string) string {
	switch kind {
	case "assign":
		return "Assignment"
	case "accept":
		return "Acceptance"
	case "speed_to_lead":
		return "Speed to lead"
	case "demo_booked":
		return "Booking a demo"
	default:
		return capital(plain(kind))
	}
}

func stageName(stage string) string {
	if stage == "sql" {
		return "An SQL"
	}
	return "An " + plain(stage)
}

// plain is a name of the schema in words.
func plain(name string) string {
	words := strings.Split(name, "_")
	for i, word := range words {
		switch word {
		case "mql", "sal", "sql", "bant", "meddic":
			words[i] = strings.ToUpper(word)
		}
	}
	return strings.Join(words, " ")
}

func capital(text string) string {
	if text == "" || text[0] < 'a' || text[0] > 'z' {
		return text
	}
	return strings.ToUpper(text[:1]) + text[1:]
}

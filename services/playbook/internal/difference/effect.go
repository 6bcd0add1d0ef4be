package difference

// effectOf says what a field touches, by its names from the section on.
func effectOf(steps []string) Effect {
	switch section := steps[0]; section {
	case "playbook":
		return Wording
	case "criteria", "disqualify", "models", "triggers", "personas":
		return Qualification
	case "scoring":
		if has(steps, "weights") {
			return Assignment // it orders queues and never gates
		}
		return Qualification
	case "stages":
		if has(steps, "mql") {
			return Qualification
		}
		return Counting
	case "target_accounts", "intent", "matching", "surge":
		return Assignment
	case "routing":
		if has(steps, "required_context") {
			return Counting
		}
		return Assignment
	case "review_every":
		return Timing
	case "sla":
		if has(steps, "commitments") || has(steps, "late_logging") {
			return Counting
		}
		return Timing
	case "feedback":
		if has(steps, "recycle") {
			return Assignment
		}
		return Counting
	case "attribution", "review":
		return Counting
	default:
		return Unknown
	}
}

// has says whether a path goes on from its section with a name.
func has(steps []string, name string) bool { return len(steps) > 1 && steps[1] == name }

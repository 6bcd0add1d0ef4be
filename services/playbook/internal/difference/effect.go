package difference

// effectOf says what a field touches, by its names from the section on.
func effectOf(steps []string) Effect {
	switch section := steps[0]; section {
	case "playbook":
		return Wording
	case "criteria", "disqualify", "models", "triggers", "personas":
		return Qualification
	case "scoring":
		if has(steps, 1, "weights") {
			return Assignment // it orders queues and never gates
		}
		return Qualification
	case "stages":
		if has(steps, 1, "mql") {
			return Qualification
		}
		return Counting
	case "target_accounts", "intent", "matching", "surge":
		return Assignment
	case "routing":
		if has(steps, 1, "required_context") {
			return Counting
		}
		return Assignment
	case "review_every":
		return Timing
	case "sla":
		if has(steps, 1, "commitments") || has(steps, 1, "late_logging") {
			return Counting
		}
		return Timing
	case "feedback":
		if has(steps, 1, "recycle") {
			return Assignment
		}
		return Counting
	case "attribution", "review":
		return Counting
	default:
		return Unknown
	}
}

func has(steps []string, i int, name string) bool { return len(steps) > i && steps[i] == name }

package difference

// effect says what a field touches, by its names from the section on.
func (r reach) effect(steps []string) Effect {
	switch section := steps[0]; section {
	case "playbook":
		return Wording
	case "criteria":
		return r.of(steps[1])
	case "disqualify":
		return Qualification
	case "scoring":
		return r.scoring(steps)
	case "stages":
		if has(steps, "mql") {
			return Qualification
		}
		return Counting
	case "models":
		return r.of("predicted." + steps[1])
	case "triggers":
		return r.of("account.triggers", "account.trigger_points")
	case "personas":
		return r.of(committee()...)
	case "surge":
		return min(r.of("account.is_surging"), Assignment) // at least its owner is told
	case "meetings":
		if len(steps) == 1 {
			return Qualification // a meeting qualifies its lead
		}
		if has(steps, "fee") {
			return Counting
		}
		return Assignment
	case "target_accounts":
		return r.target(steps)
	case "matching":
		return r.matching(steps)
	case "intent":
		return Assignment
	case "routing":
		if has(steps, "required_context") {
			return Counting
		}
		return Assignment
	case "sla":
		if has(steps, "commitments") || has(steps, "late_logging") || has(steps, "trusted_sources") || steps[len(steps)-1] == "goal" {
			return Counting
		}
		if has(steps, "calendar") {
			return Assignment // it also says when reps are there who have none of their own
		}
		return Timing
	case "feedback":
		return feedback(steps)
	case "review_every", "review":
		return Timing
	case "attribution":
		return Counting
	default:
		return Unknown
	}
}

// scoring gates where the gate looks at scores, and orders queues everywhere.
func (r reach) scoring(steps []string) Effect {
	switch {
	case has(steps, "weights"):
		return min(r.of("combined"), Assignment)
	case has(steps, "engagement"):
		return min(r.of("engagement", "combined"), Assignment)
	default:
		return min(r.of("fit", "combined"), Assignment)
	}
}

// target touches what is asked of an account on the list: whether it is, whose it is, and whether it may surge.
func (r reach) target(steps []string) Effect {
	switch {
	case len(steps) > 2 && steps[2] == "owner":
		return min(r.of("account.has_owner"), Assignment)
	case len(steps) > 2 && steps[2] == "campaigns":
		return Counting
	case r.targetsSurge:
		return min(r.of("account.is_target", "account.has_owner", "account.is_surging"), Assignment)
	default:
		return min(r.of("account.is_target", "account.has_owner"), Assignment)
	}
}

// matching decides which account a lead has, and so whatever is asked of accounts.
func (r reach) matching(steps []string) Effect {
	switch {
	case has(steps, "on_change"):
		return Assignment
	case has(steps, "target_inherits"):
		return min(r.of("account.is_target"), Assignment)
	default:
		return min(r.of("account"), Assignment)
	}
}

// feedback counts answers; but a lead that rests is not handed over, and whom it is kept from does not get it.
func feedback(steps []string) Effect {
	switch {
	case !has(steps, "recycle"):
		return Counting
	case len(steps) > 2 && steps[2] == "exclude_rejecting_rep":
		return Assignment
	default:
		return Qualification
	}
}

// has says whether a path goes on from its section with a name.
func has(steps []string, name string) bool { return len(steps) > 1 && steps[1] == name }
